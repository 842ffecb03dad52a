//! Rows about processes that die: before a call to the provider, the database after the pivot, a module's service.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::buyer::{Buyer, Checkout, Money, NO_MONEY, pieces_are};
use super::lab::{Goods, Lab, equal};
use super::processes::DATABASE;
use super::{DELIVERY, MOMENT};

pub(super) async fn crash_before_provider_call(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let host = lab.processes.host_of("payments");
    let intents = lab.provider.intents().await?;

    lab.step("A buyer pays; the attempt is written, and the provider takes no notice of the call");
    lab.provider.mode("silent", "deliver").await?;
    let held = lab.provider.held_calls().await?;
    let key = lab.name("checkout");
    let ask = buyer.check_out(lab, &key, Some("pm_success"));
    let crash = async {
        lab.until("calls that wait for the provider", held + 1, async || {
            lab.provider.held_calls().await
        })
        .await?;
        lab.step(&format!("{host} is killed, and starts again"));
        lab.processes.kill(&host).await?.end().await?;
        Ok::<_, anyhow::Error>(())
    };
    // Whoever asked gets whatever answer a crash leaves; what counts is what the same request finds afterwards.
    let (_, crashed) = tokio::join!(ask, crash);
    crashed?;
    equal(
        "new intents at the provider",
        &(lab.provider.intents().await? - intents),
        &0,
    )?;
    lab.provider.mode("normal", "deliver").await?;
    lab.is_ready().await?;

    lab.step("What was written is sent: the same attempt, the same key, and the order is placed");
    lab.advance(MOMENT).await?;
    let checkout = found_again(lab, &buyer, &key, "pm_success").await?;
    buyer.sees(lab, &checkout, "completed").await?;
    equal("attempts", &checkout.attempts(lab).await?.len(), &1)?;
    equal(
        "new intents at the provider",
        &(lab.provider.intents().await? - intents),
        &1,
    )?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    pieces_are(lab, &goods, 4, 0).await
}

/// The checkout that an earlier request under this key began, or that this one begins.
async fn found_again(lab: &Lab, buyer: &Buyer, key: &str, method: &str) -> Result<Checkout> {
    lab.until("status of the same request again", 201, async || {
        Ok(buyer.check_out(lab, key, Some(method)).await?.status)
    })
    .await?;
    let reply = buyer.check_out(lab, key, Some(method)).await?;
    buyer.checkout(lab, &reply.expect(201)?).await
}

pub(super) async fn database_down_after_pivot(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let checkout = buyer.begin(lab, None, "requires_action").await?;
    let attempt = checkout.attempt(lab).await?;

    lab.step("The database server ends, and then the buyer pays");
    let outage = lab.processes.kill(DATABASE).await?;
    lab.provider.choose(&attempt, "pay").await?;
    lab.until(
        "whether the shop says that it is unavailable",
        true,
        async || {
            let path = format!("/v1/checkouts/{}", checkout.id);
            let seen = buyer.ask(lab, reqwest::Method::GET, &path, None, &Value::Null);
            Ok(seen.await?.status >= 500)
        },
    )
    .await?;
    let held = Money {
        held: 1_000 + DELIVERY,
        ..NO_MONEY
    };
    let intent = lab.provider.intent(&attempt).await?;
    equal(
        "what the provider holds",
        &intent["amount"],
        &json!(held.held),
    )?;
    equal("the intent", &intent["status"], &json!("authorized"))?;

    lab.step("It comes back: the webhook is sent again, the order placed, nothing was let go");
    outage.end().await?;
    lab.is_ready().await?;
    lab.advance(MOMENT).await?;
    buyer.sees(lab, &checkout, "completed").await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    checkout.attempts_are(lab, &["authorized"]).await?;
    pieces_are(lab, &goods, 4, 0).await
}

pub(super) async fn module_unreachable(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 10).await?;
    without_catalog_nothing_begins(lab, &goods).await?;
    without_payments_the_saga_waits(lab, &goods).await?;
    without_catalog_a_paid_order_is_placed(lab, &goods).await
}

/// Step 2.
async fn without_catalog_nothing_begins(lab: &Lab, goods: &Goods) -> Result<()> {
    let buyer = Buyer::with(lab, goods, 1).await?;
    lab.step(
        "The catalog's service is killed: a checkout is told to come back, and nothing begins",
    );
    let outage = lab.processes.kill("catalog").await?;
    let key = lab.name("checkout");
    let reply = buyer.check_out(lab, &key, Some("pm_success")).await?;
    equal("retry", &reply.expect(503)?.body["retry"], &json!("after"))?;
    lab.step("It comes back: the same request is one order");
    outage.end().await?;
    lab.is_ready().await?;
    let checkout = found_again(lab, &buyer, &key, "pm_success").await?;
    buyer.sees(lab, &checkout, "completed").await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    pieces_are(lab, goods, 9, 0).await
}

/// Step 5.
async fn without_payments_the_saga_waits(lab: &Lab, goods: &Goods) -> Result<()> {
    let buyer = Buyer::with(lab, goods, 1).await?;
    let intents = lab.provider.intents().await?;
    lab.step("The service of payments is killed: the order waits, with its stock reserved");
    let outage = lab.processes.kill("payments").await?;
    let key = lab.name("checkout");
    let waiting = buyer.check_out(lab, &key, Some("pm_success")).await?;
    let status = waiting.expect(201)?.body["status"].clone();
    equal("status of the checkout", &status, &json!("processing"))?;
    pieces_are(lab, goods, 9, 1).await?;
    lab.step("It comes back: one payment under one key");
    outage.end().await?;
    lab.is_ready().await?;
    lab.advance(MOMENT).await?;
    let checkout = found_again(lab, &buyer, &key, "pm_success").await?;
    buyer.sees(lab, &checkout, "completed").await?;
    equal(
        "new intents at the provider",
        &(lab.provider.intents().await? - intents),
        &1,
    )?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    pieces_are(lab, goods, 8, 0).await
}

/// Steps 8 to 10.
async fn without_catalog_a_paid_order_is_placed(lab: &Lab, goods: &Goods) -> Result<()> {
    let buyer = Buyer::with(lab, goods, 1).await?;
    let checkout = buyer.begin(lab, None, "requires_action").await?;
    let attempt = checkout.attempt(lab).await?;
    lab.step("The catalog's service is killed, and then the buyer pays: placed and taken");
    let outage = lab.processes.kill("catalog").await?;
    lab.provider.choose(&attempt, "pay").await?;
    buyer.sees(lab, &checkout, "completed").await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    lab.step("It comes back: the reserved piece is sold, once");
    outage.end().await?;
    lab.is_ready().await?;
    lab.until(
        "pieces in stock",
        json!({ "on_hand": 7, "reserved": 0 }),
        async || {
            lab.advance(Duration::from_secs(2)).await?;
            lab.pieces(goods).await
        },
    )
    .await
}
