//! Rows about money that nobody waits for any more: after the end, and of a second attempt.

use anyhow::Result;
use serde_json::json;

use super::buyer::{Buyer, Checkout, Money, NO_MONEY, pieces_are};
use super::lab::{Lab, equal};
use super::{DELIVERY, MOMENT, PAST_EXPIRY};

pub(super) async fn late_success(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 2).await?;
    lab.step("A buyer leaves the provider's page open until the checkout has expired");
    let late = Buyer::with(lab, &goods, 1).await?;
    let checkout = expired(lab, &late).await?;
    pieces_are(lab, &goods, 2, 0).await?;

    lab.step("The bank says yes after all: the order is placed on new stock");
    let attempt = checkout.attempt(lab).await?;
    lab.provider.choose(&attempt, "succeed_late").await?;
    late.sees(lab, &checkout, "completed").await?;
    checkout.order_is(lab, "placed", "captured").await?;
    let taken = Money {
        taken: 1_000 + DELIVERY,
        ..NO_MONEY
    };
    checkout.provider_has(lab, taken).await?;
    late.gets_mails(lab, &["placed"]).await?;
    pieces_are(lab, &goods, 1, 0).await?;

    lab.step("Another buyer is late too, and meanwhile the last piece is sold");
    let later = Buyer::with(lab, &goods, 1).await?;
    let checkout = expired(lab, &later).await?;
    let quick = Buyer::with(lab, &goods, 1).await?;
    let sold = quick.begin(lab, Some("pm_success"), "completed").await?;
    sold.is_bought(lab, &quick, 1_000 + DELIVERY).await?;
    pieces_are(lab, &goods, 0, 0).await?;

    lab.step("The bank says yes: the money goes back, and the buyer is told once");
    let attempt = checkout.attempt(lab).await?;
    lab.provider.choose(&attempt, "succeed_late").await?;
    later.gets_mails(lab, &["returned"]).await?;
    lab.provider.resend(&attempt, 3).await?;
    lab.advance(MOMENT).await?;
    lab.until("what the provider holds or took", (0, 0), async || {
        let intent = lab.provider.intent(&attempt).await?;
        let number = |name: &str| intent[name].as_i64().unwrap_or_default();
        let held = if intent["status"] == "authorized" {
            number("amount")
        } else {
            0
        };
        Ok((held, number("captured") - number("refunded")))
    })
    .await?;
    later.sees(lab, &checkout, "expired").await?;
    let order = lab.order(&checkout.order).await?;
    equal("status of the order", &order["status"], &json!("cancelled"))?;
    given_back(lab, &checkout).await?;
    pieces_are(lab, &goods, 0, 0).await?;
    later.gets_mails(lab, &["returned"]).await
}

/// A checkout that was left on the provider's page until it ended.
async fn expired(lab: &Lab, buyer: &Buyer) -> Result<Checkout> {
    let checkout = buyer.begin(lab, None, "requires_action").await?;
    lab.advance(PAST_EXPIRY).await?;
    buyer.sees(lab, &checkout, "expired").await?;
    checkout.order_is(lab, "cancelled", "voided").await?;
    checkout.attempts_are(lab, &["voided"]).await?;
    checkout.provider_has(lab, NO_MONEY).await?;
    Ok(checkout)
}

/// Whether it was refunded or never taken: the reason is on record, and the ledger adds up to nothing.
async fn given_back(lab: &Lab, checkout: &Checkout) -> Result<()> {
    let payment = lab.payment(&checkout.payment).await?;
    let refunds = payment["refunds"].as_array().map_or(0, Vec::len);
    if refunds > 0 {
        equal("refunds", &refunds, &1)?;
        equal(
            "its reason",
            &payment["refunds"][0]["reason"],
            &json!("late_success"),
        )?;
        return checkout
            .ledger_has(lab, &["authorization", "capture", "refund"])
            .await;
    }
    checkout.ledger_has(lab, &["authorization", "void"]).await
}

pub(super) async fn two_attempts_succeed(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    lab.step("The bank refuses the first card, and takes the second");
    let checkout = buyer
        .begin(lab, Some("pm_declined"), "payment_declined")
        .await?;
    let key = lab.name("confirm");
    let done = buyer.confirm(lab, &checkout, Some(&key), Some("pm_success"));
    let done = done.await?.expect(200)?;
    equal(
        "status of the checkout",
        &done.body["status"],
        &json!("completed"),
    )?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;

    lab.step("Then the first card's money is promised too");
    let attempts = checkout.attempts(lab).await?;
    lab.provider.choose(&attempts[0], "succeed_late").await?;

    lab.step("It goes back by itself; both stand in the ledger, and the order stays");
    checkout
        .attempts_are(lab, &["voided", "authorized"])
        .await?;
    let only_one = Money {
        taken: 1_000 + DELIVERY,
        ..NO_MONEY
    };
    checkout.provider_has(lab, only_one).await?;
    checkout
        .ledger_has(lab, &["authorization", "capture", "authorization", "void"])
        .await?;
    checkout.order_is(lab, "placed", "captured").await?;
    lab.provider.resend(&attempts[0], 2).await?;
    lab.advance(MOMENT).await?;
    checkout.provider_has(lab, only_one).await?;
    buyer.gets_mails(lab, &["placed"]).await?;
    pieces_are(lab, &goods, 4, 0).await
}
