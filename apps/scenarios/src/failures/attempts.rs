//! Rows about attempts to pay: no answer, a decline, the wrong amount, a buyer who is gone.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::json;

use super::buyer::{Buyer, Checkout, Money, NO_MONEY, pieces_are};
use super::lab::{Lab, equal};
use super::{DELIVERY, PAST_EXPIRY};

/// When the provider is asked about an attempt without an answer: one after the other.
const QUESTIONS: [u64; 8] = [2, 5, 15, 60, 300, 900, 3_600, 3 * 3_600];

pub(super) async fn provider_timeout(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 20).await?;
    for (fault, what) in [
        (
            "lose_answer",
            "the provider takes the money's promise and never answers",
        ),
        ("break_off", "the connection is lost before the answer"),
        ("error", "the provider answers 500"),
        ("lose_request", "the request never arrives"),
    ] {
        lab.step(&format!("A buyer pays; {what}"));
        lab.provider.mode("normal", "drop").await?;
        lab.provider.inject("create", fault, 1).await?;
        let buyer = Buyer::with(lab, &goods, 1).await?;
        let checkout = buyer.begin(lab, Some("pm_success"), "processing").await?;
        checkout.attempts_are(lab, &["unknown"]).await?;
        checkout
            .order_is(lab, "pending_payment", "processing")
            .await?;
        lab.step("The provider is asked two seconds later: the order is placed");
        lab.advance(Duration::from_secs(QUESTIONS[0])).await?;
        buyer.sees(lab, &checkout, "completed").await?;
        checkout.attempts_are(lab, &["authorized"]).await?;
        checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    }
    pieces_are(lab, &goods, 16, 0).await?;
    a_long_outage(lab).await
}

/// Price and stock are held beyond the end while nobody knows.
async fn a_long_outage(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 2).await?;
    lab.step("The provider is down for longer than a checkout lasts");
    let buyer = Buyer::with(lab, &goods, 1).await?;
    lab.provider.inject("create", "lose_answer", 1).await?;
    let checkout = buyer.begin(lab, Some("pm_success"), "processing").await?;
    let end = buyer.look(lab, &checkout).await?["expires_at"].clone();
    lab.provider.mode("down", "drop").await?;
    for pause in &QUESTIONS[..4] {
        lab.advance(Duration::from_secs(*pause)).await?;
    }
    lab.advance(PAST_EXPIRY).await?;
    lab.until(
        "whether price and stock are held longer",
        true,
        async || Ok(buyer.look(lab, &checkout).await?["expires_at"] != end),
    )
    .await?;
    buyer.sees(lab, &checkout, "processing").await?;
    checkout.attempts_are(lab, &["unknown"]).await?;
    pieces_are(lab, &goods, 2, 1).await?;

    lab.step("It comes back: the next question finds the money, and the order is placed");
    lab.provider.mode("normal", "drop").await?;
    ask_until_known(lab, &checkout).await?;
    buyer.sees(lab, &checkout, "completed").await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    pieces_are(lab, &goods, 1, 0).await
}

/// Moves from question to question. One may fall into the pause that the client makes after failures in a row.
async fn ask_until_known(lab: &Lab, checkout: &Checkout) -> Result<()> {
    for pause in QUESTIONS.iter().skip(3).chain([&86_400; 5]) {
        lab.advance(Duration::from_secs(*pause)).await?;
        for _ in 0..20 {
            let payment = lab.payment(&checkout.payment).await?;
            if payment["attempts"][0]["status"] != "unknown" {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
    bail!("status of the attempt: expected an answer, saw unknown for five days")
}

pub(super) async fn provider_declines(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;

    lab.step("The bank refuses the card: the checkout stays open, the stock reserved");
    let checkout = buyer
        .begin(lab, Some("pm_declined"), "payment_declined")
        .await?;
    checkout.attempts_are(lab, &["declined"]).await?;
    let seen = buyer.look(lab, &checkout).await?;
    equal(
        "problem",
        &seen["problems"][0]["code"],
        &json!("payment_declined"),
    )?;
    pieces_are(lab, &goods, 5, 1).await?;

    lab.step("Another card is another attempt, with a key of its own");
    let key = lab.name("confirm");
    let confirm = || buyer.confirm(lab, &checkout, Some(&key), Some("pm_success"));
    let done = confirm().await?.expect(200)?;
    equal(
        "status of the checkout",
        &done.body["status"],
        &json!("completed"),
    )?;
    confirm().await?.expect(200)?;
    checkout
        .attempts_are(lab, &["declined", "authorized"])
        .await?;
    let attempts = checkout.attempts(lab).await?;
    let (first, second) = (
        lab.provider.intent(&attempts[0]).await?,
        lab.provider.intent(&attempts[1]).await?,
    );
    equal("the first intent", &first["status"], &json!("declined"))?;
    equal(
        "whether the second is another one",
        &(first["id"] != second["id"]),
        &true,
    )?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    pieces_are(lab, &goods, 4, 0).await?;

    lab.step("After the end there is no further attempt");
    let late = Buyer::with(lab, &goods, 1).await?;
    let checkout = late
        .begin(lab, Some("pm_declined"), "payment_declined")
        .await?;
    lab.advance(PAST_EXPIRY).await?;
    late.sees(lab, &checkout, "expired").await?;
    let key = lab.name("confirm");
    let refused = late.confirm(lab, &checkout, Some(&key), Some("pm_success"));
    refused.await?.expect(409)?;
    checkout.attempts_are(lab, &["declined"]).await?;
    pieces_are(lab, &goods, 4, 0).await
}

pub(super) async fn amount_differs(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let total = 1_000 + DELIVERY;
    for (method, what, amount, currency) in [
        ("pm_wrong_amount", "a cent too much", total + 1, "EUR"),
        ("pm_wrong_currency", "dollars for euros", total, "USD"),
    ] {
        let buyer = Buyer::with(lab, &goods, 1).await?;
        lab.step(&format!("The provider promises {what}"));
        let key = lab.name("checkout");
        let reply = buyer.check_out(lab, &key, Some(method)).await?;
        let checkout = buyer.checkout(lab, &reply.expect(201)?).await?;
        buyer.sees(lab, &checkout, "failed").await?;

        lab.step("Nothing is placed, the hold is let go, the difference is on record");
        let seen = buyer.look(lab, &checkout).await?;
        equal("reason", &seen["reason"], &json!("payment_failed"))?;
        checkout.order_is(lab, "cancelled", "failed").await?;
        checkout.attempts_are(lab, &["voided"]).await?;
        checkout.provider_has(lab, NO_MONEY).await?;
        let attempt = checkout.attempt(lab).await?;
        let intent = lab.provider.intent(&attempt).await?;
        equal("the intent", &intent["status"], &json!("canceled"))?;
        equal("what it held", &intent["amount"], &json!(amount))?;
        equal("in which currency", &intent["currency"], &json!(currency))?;
        let path = format!("/v1/orders/{}/timeline", checkout.order);
        lab.until(
            "whether the order tells of the difference",
            true,
            async || {
                let timeline = lab.read(&path).await?.to_string();
                Ok(timeline.contains("payment.mismatch"))
            },
        )
        .await?;
        checkout.ledger_has(lab, &[]).await?;
        pieces_are(lab, &goods, 5, 0).await?;
        buyer.gets_mails(lab, &[]).await?;
    }
    Ok(())
}

pub(super) async fn browser_closed(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;

    lab.step("A buyer pays and closes the browser; the webhook is lost");
    lab.provider.mode("normal", "drop").await?;
    let checkout = buyer.begin(lab, None, "requires_action").await?;
    let attempt = checkout.attempt(lab).await?;
    lab.provider.choose(&attempt, "pay_and_vanish").await?;

    lab.step("Less than 90 seconds later the order is placed, and nobody came back");
    let mut waited = 0;
    let is_placed = async || -> Result<bool> {
        let order = lab.order(&checkout.order).await?;
        Ok(order["status"] == "placed")
    };
    while !is_placed().await? {
        if waited + 20 >= 90 {
            bail!("the order: expected placed within 90 s, saw nothing of it after {waited} s");
        }
        lab.advance(Duration::from_secs(20)).await?;
        waited += 20;
        for _ in 0..100 {
            if is_placed().await? {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;

    lab.step("With a webhook it takes no time");
    lab.provider.mode("normal", "deliver").await?;
    let other = Buyer::with(lab, &goods, 1).await?;
    let checkout = other.begin(lab, None, "requires_action").await?;
    let attempt = checkout.attempt(lab).await?;
    lab.provider.choose(&attempt, "pay").await?;
    checkout.is_bought(lab, &other, 1_000 + DELIVERY).await?;
    let taken = Money {
        taken: 1_000 + DELIVERY,
        ..NO_MONEY
    };
    checkout.provider_has(lab, taken).await?;
    pieces_are(lab, &goods, 3, 0).await
}
