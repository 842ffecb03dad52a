//! Rows about what comes after: refunds without an answer, cancellations while nobody knows, mail that is not taken.

use std::time::Duration;

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::buyer::{Buyer, Checkout, Money, NO_MONEY, pieces_are};
use super::http::Reply;
use super::lab::{Lab, equal};
use super::{DELIVERY, MOMENT, PAST_EXPIRY};

pub(super) async fn refund_ambiguous(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let checkout = buyer.begin(lab, Some("pm_success"), "completed").await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;

    lab.step("Staff refund 9.00; the provider does it, and its answer is lost");
    lab.provider.mode("normal", "drop").await?;
    lab.provider.inject("refund", "break_off", 1).await?;
    let key = lab.name("refund");
    let refund = || refund(lab, &checkout, &key, 900);
    let first = refund().await?.expect(202)?;
    equal(
        "status of the refund",
        &first.body["status"],
        &json!("unknown"),
    )?;

    lab.step("A second click is the same refund");
    let second = refund().await?.expect(202)?;
    equal("id of the refund", &second.body["id"], &first.body["id"])?;

    lab.step("Another one beyond what is neither refunded nor in doubt is refused");
    let left = 1_000 + DELIVERY - 900;
    let beyond = self::refund(lab, &checkout, &lab.name("refund"), left + 1).await?;
    let code = beyond.expect(422)?.body["code"].clone();
    equal("code", &code, &json!("payments.refund_exceeds_captured"))?;

    lab.step("Asked again under its key, the provider says that it is done");
    lab.advance(MOMENT).await?;
    let path = format!("/v1/refunds/{}", first.text("/id")?);
    lab.until("status of the refund", json!("succeeded"), async || {
        Ok(lab.read(&path).await?["status"].clone())
    })
    .await?;
    let partly = Money {
        taken: left,
        returned: 900,
        ..NO_MONEY
    };
    checkout.provider_has(lab, partly).await?;
    checkout
        .ledger_has(lab, &["authorization", "capture", "refund"])
        .await?;
    let third = refund().await?;
    equal("id of the refund", &third.body["id"], &first.body["id"])?;
    buyer.gets_mails(lab, &["placed", "refund"]).await
}

async fn refund(lab: &Lab, checkout: &Checkout, key: &str, amount: i64) -> Result<Reply> {
    let body = json!({
        "amount": { "amount": amount, "currency": "EUR" }, "reason": "a broken cup",
    });
    let path = format!("/v1/payments/{}/refunds", checkout.payment);
    let headers = [("idempotency-key", key)];
    lab.staff(Method::POST, &path, &headers, Some(&body)).await
}

pub(super) async fn cancel_while_unknown(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    lab.step("The provider's answer is lost; the buyer cancels the order");
    let (paid, checkout) = unknown(lab, &Buyer::with(lab, &goods, 1).await?, "break_off").await?;
    cancel(lab, &paid, &checkout).await?;
    pieces_are(lab, &goods, 5, 0).await?;

    lab.step("It turns out that the money was promised: it is let go");
    lab.advance(MOMENT).await?;
    checkout.attempts_are(lab, &["voided"]).await?;
    checkout.provider_has(lab, NO_MONEY).await?;
    let intent = lab.provider.intent(&checkout.attempt(lab).await?).await?;
    equal("the intent", &intent["status"], &json!("canceled"))?;
    checkout.ledger_has(lab, &["authorization", "void"]).await?;
    checkout.order_is(lab, "cancelled", "voided").await?;

    lab.step("Another buyer's request never arrived, and that one is cancelled too");
    let (gone, checkout) =
        unknown(lab, &Buyer::with(lab, &goods, 1).await?, "lose_request").await?;
    cancel(lab, &gone, &checkout).await?;

    lab.step("There is nothing to undo: it is not sent again, and nothing is held");
    // The provider may have it on its way for a while; then it is closed.
    lab.advance(PAST_EXPIRY).await?;
    checkout.attempts_are(lab, &["voided"]).await?;
    let attempt = checkout.attempt(lab).await?;
    equal(
        "the intent",
        &lab.provider.intent(&attempt).await?,
        &Value::Null,
    )?;
    checkout.ledger_has(lab, &[]).await?;
    checkout.order_is(lab, "cancelled", "voided").await?;
    pieces_are(lab, &goods, 5, 0).await?;
    for buyer in [paid, gone] {
        buyer.gets_mails(lab, &[]).await?;
    }
    Ok(())
}

/// A checkout whose payment nobody knows anything about.
async fn unknown(lab: &Lab, buyer: &Buyer, fault: &str) -> Result<(Buyer, Checkout)> {
    lab.provider.mode("normal", "drop").await?;
    lab.provider.inject("create", fault, 1).await?;
    let checkout = buyer.begin(lab, Some("pm_success"), "processing").await?;
    checkout.attempts_are(lab, &["unknown"]).await?;
    Ok((buyer.clone(), checkout))
}

async fn cancel(lab: &Lab, buyer: &Buyer, checkout: &Checkout) -> Result<()> {
    let key = lab.name("cancel");
    let path = format!("/v1/orders/{}/cancellations", checkout.order);
    let nothing = json!({});
    let ask = || buyer.ask(lab, Method::POST, &path, Some(&key), &nothing);
    let accepted = ask().await?.expect(202)?;
    equal(
        "status of the order",
        &accepted.body["status"],
        &json!("cancelled"),
    )?;
    ask().await?.expect(202)?;
    buyer.sees(lab, checkout, "cancelled").await?;
    let payment = lab.payment(&checkout.payment).await?;
    equal(
        "whether it is to be undone",
        &payment["void_requested"],
        &json!(true),
    )
}

pub(super) async fn mail_down(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    lab.step("The mail server takes nothing: 451");
    lab.mail_faults("temp_fail", 3).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let checkout = buyer.begin(lab, Some("pm_success"), "completed").await?;

    lab.step("The order is placed and paid all the same");
    checkout.order_is(lab, "placed", "captured").await?;
    pieces_are(lab, &goods, 4, 0).await?;
    let message = async || {
        let path = format!("/v1/messages?subject={}", checkout.order);
        let messages = lab.read(&path).await?;
        Ok::<_, anyhow::Error>(messages["data"][0].clone())
    };
    lab.until(
        "the attempt that failed",
        json!("deferred 451"),
        async || Ok(message().await?["last_error"].clone()),
    )
    .await?;
    equal("mails", &lab.mails(&buyer.email).await?, &vec![])?;

    lab.step("The mail is tried again, and comes once");
    // One pause after the other: the time does not move while a mail is being handed over.
    'tries: for _ in 0..10 {
        lab.advance(Duration::from_mins(1)).await?;
        for _ in 0..40 {
            if message().await?["status"] == "sent" {
                break 'tries;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
    equal(
        "status of the message",
        &message().await?["status"],
        &json!("sent"),
    )?;
    // Mails of other rows that were still on their way may have met the bad server too.
    let attempts = message().await?["attempts"].as_i64().unwrap_or_default();
    equal("whether it took several attempts", &(attempts > 1), &true)?;
    buyer.gets_mails(lab, &["placed"]).await?;

    lab.step("The event behind it, told again, sends no second one");
    let attempt = checkout.attempt(lab).await?;
    lab.provider.resend(&attempt, 2).await?;
    lab.advance(MOMENT).await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await
}
