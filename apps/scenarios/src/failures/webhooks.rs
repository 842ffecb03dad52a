//! Rows about the provider's webhooks: their order, their number, strangers and forgers among them.

use std::time::Duration;

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::buyer::{Buyer, NO_MONEY, pieces_are};
use super::http::Reply;
use super::lab::{Lab, equal};
use super::{DELIVERY, MOMENT};

const WEBHOOKS: &str = "/v1/provider-webhooks/simulator";

/// A counter of webhooks by what became of them.
async fn webhooks(lab: &Lab, result: &str) -> Result<i64> {
    let metric = format!("tenon_payments_webhooks_total{{result=\"{result}\"}}");
    lab.counted(&metric).await
}

async fn parked(lab: &Lab) -> Result<i64> {
    lab.counted("tenon_payments_parked_total").await
}

pub(super) async fn webhook_orders(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 10).await?;
    // Each end is the same: one order, and one stored event for the promise and one for the taking.
    for (method, what, copies) in [
        (
            "pm_webhook_before_response",
            "before the answer to the call",
            1,
        ),
        ("pm_success", "after it", 1),
        ("pm_duplicate_webhook", "three times", 3),
    ] {
        lab.step(&format!("The webhook comes {what}"));
        let (stored, again) = (
            webhooks(lab, "stored").await?,
            webhooks(lab, "duplicate").await?,
        );
        let buyer = Buyer::with(lab, &goods, 1).await?;
        let reply = buyer
            .check_out(lab, &lab.name("checkout"), Some(method))
            .await?;
        let checkout = buyer.checkout(lab, &reply.expect(201)?).await?;
        buyer.sees(lab, &checkout, "completed").await?;
        checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
        lab.until("events in the inbox", 2, async || {
            Ok(webhooks(lab, "stored").await? - stored)
        })
        .await?;
        lab.until("repeated events", copies - 1, async || {
            Ok(webhooks(lab, "duplicate").await? - again)
        })
        .await?;
    }

    lab.step("The webhooks are held, and come in the wrong order");
    lab.provider.mode("normal", "hold").await?;
    let stored = webhooks(lab, "stored").await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let checkout = buyer.begin(lab, None, "requires_action").await?;
    let attempt = checkout.attempt(lab).await?;
    lab.provider.choose(&attempt, "pay").await?;
    buyer
        .confirm(lab, &checkout, None, None)
        .await?
        .expect(200)?;
    buyer.sees(lab, &checkout, "completed").await?;
    checkout.order_is(lab, "placed", "captured").await?;
    lab.until("webhooks that are held", 3, async || {
        lab.provider.held().await
    })
    .await?;
    lab.provider.release(true).await?;
    lab.until("events in the inbox", 3, async || {
        Ok(webhooks(lab, "stored").await? - stored)
    })
    .await?;
    lab.advance(MOMENT).await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    checkout.attempts_are(lab, &["authorized"]).await?;
    pieces_are(lab, &goods, 6, 0).await
}

pub(super) async fn webhook_unknown_payment(lab: &Lab) -> Result<()> {
    let (stored, again, alerts) = (
        webhooks(lab, "stored").await?,
        webhooks(lab, "duplicate").await?,
        parked(lab).await?,
    );
    lab.step("A signed event about a payment that is not ours gets 200");
    let body = json!({
        "id": lab.name("evt"), "type": "intent.authorized",
        "data": {
            "id": lab.name("int"), "reference": lab.name("stranger"), "status": "authorized", "amount": 1,
            "currency": "EUR", "captured": 0, "refunded": 0, "revision": 2,
        },
    })
    .to_string();
    let signature = lab.provider.sign(&body).await?;
    deliver(lab, &signature, &body).await?.expect(200)?;
    equal(
        "events in the inbox",
        &(webhooks(lab, "stored").await? - stored),
        &1,
    )?;

    lab.step("It is parked: sent again it is known, and hours later nobody is called");
    deliver(lab, &signature, &body).await?.expect(200)?;
    equal(
        "repeated events",
        &(webhooks(lab, "duplicate").await? - again),
        &1,
    )?;
    for hours in [1, 10, 12] {
        lab.advance(Duration::from_hours(hours)).await?;
        // What is due by then has been looked at once something that is due later has happened.
        let goods = lab.sell(500, 1).await?;
        let buyer = Buyer::with(lab, &goods, 1).await?;
        let checkout = buyer.begin(lab, Some("pm_success"), "completed").await?;
        checkout.order_is(lab, "placed", "captured").await?;
        equal("alerts", &(parked(lab).await? - alerts), &0)?;
    }

    lab.step("A day later it is given up, and a person is called");
    lab.until("alerts", 1, async || {
        lab.advance(Duration::from_hours(2)).await?;
        Ok((parked(lab).await? - alerts).min(1))
    })
    .await?;
    equal("alerts", &(parked(lab).await? - alerts), &1)
}

pub(super) async fn webhook_bad_signature(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let checkout = buyer.begin(lab, None, "requires_action").await?;
    let attempt = checkout.attempt(lab).await?;
    let intent = lab.provider.intent(&attempt).await?;
    let (stored, bad) = (
        webhooks(lab, "stored").await?,
        webhooks(lab, "bad_signature").await?,
    );

    lab.step("Somebody forges the event that the money is promised");
    let forged = json!({
        "id": lab.name("evt"), "type": "intent.authorized",
        "data": {
            "id": intent["id"], "reference": attempt, "status": "authorized", "amount": intent["amount"],
            "currency": "EUR", "captured": 0, "refunded": 0, "revision": 99,
        },
    })
    .to_string();
    let of_other = lab.provider.sign("{}").await?;
    let old = lab.provider.sign(&forged).await?;
    for (what, signature) in [
        ("of another event", of_other.as_str()),
        ("that is none", "t=1,v1=00"),
        ("that is empty", ""),
    ] {
        lab.step(&format!("with a signature {what}: 401"));
        let refused = deliver(lab, signature, &forged).await?.expect(401)?;
        equal(
            "code",
            &refused.body["code"],
            &json!("payments.bad_signature"),
        )?;
    }
    lab.step("with a good one that is ten minutes old: 401");
    lab.advance(Duration::from_mins(10)).await?;
    deliver(lab, &old, &forged).await?.expect(401)?;

    lab.step("Each is counted, none is stored, and nothing has happened");
    equal(
        "refused events",
        &(webhooks(lab, "bad_signature").await? - bad),
        &4,
    )?;
    equal(
        "events in the inbox",
        &(webhooks(lab, "stored").await? - stored),
        &0,
    )?;
    checkout.attempts_are(lab, &["requires_action"]).await?;
    checkout.order_is(lab, "pending_payment", "pending").await?;
    checkout.provider_has(lab, NO_MONEY).await?;
    pieces_are(lab, &goods, 5, 1).await
}

async fn deliver(lab: &Lab, signature: &str, body: &str) -> Result<Reply> {
    let headers = [("simulator-signature", signature)];
    let url = lab.url(WEBHOOKS);
    lab.http
        .send_text(Method::POST, &url, &headers, Some(body))
        .await
}
