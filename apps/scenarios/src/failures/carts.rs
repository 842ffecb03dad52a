//! Rows about carts: two tabs, the last unit, a confirmation sent ten times, a price that changes.

use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::future::{join_all, try_join_all};
use serde_json::{Value, json};

use super::buyer::{Buyer, Money, NO_MONEY, pieces_are};
use super::http::Reply;
use super::lab::{Lab, equal};
use super::{DELIVERY, PAST_EXPIRY};

/// How many want the last unit.
const CROWD: usize = 50;
/// How long the outcome of one request may take when all come at once.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn two_tabs_one_cart(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let intents = lab.provider.intents().await?;

    lab.step("Two tabs start the checkout of one cart at the same time");
    let tabs = [lab.name("tab"), lab.name("tab")];
    let replies = tabs.iter().map(|key| buyer.check_out(lab, key, None));
    let mut replies = try_join_all(replies).await?;
    replies.sort_by_key(|reply| reply.status);
    let second = replies.pop().context("two answers")?.expect(409)?;
    let first = replies.pop().context("two answers")?.expect(201)?;

    lab.step("The second is told of the first, and nothing else has happened");
    equal(
        "code",
        &second.body["code"],
        &json!("orders.checkout_exists"),
    )?;
    equal(
        "the checkout it names",
        &second.body["checkout_id"],
        &first.body["id"],
    )?;
    let checkout = buyer.checkout(lab, &first).await?;
    checkout.attempts_are(lab, &["requires_action"]).await?;
    equal(
        "new intents at the provider",
        &(lab.provider.intents().await? - intents),
        &1,
    )?;
    pieces_are(lab, &goods, 5, 1).await?;

    lab.step("A third tab, later, is told the same");
    let third = buyer.check_out(lab, &lab.name("tab"), None).await?;
    equal(
        "the checkout it names",
        &third.expect(409)?.body["checkout_id"],
        &first.body["id"],
    )?;

    lab.step("The first goes on to its order");
    let attempt = checkout.attempt(lab).await?;
    lab.provider.choose(&attempt, "pay").await?;
    buyer.sees(lab, &checkout, "completed").await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    pieces_are(lab, &goods, 4, 0).await
}

pub(super) async fn last_unit_race(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 1).await?;
    lab.step("Fifty carts hold the only piece");
    let buyers = (0..CROWD).map(|_| Buyer::with(lab, &goods, 1));
    let buyers = try_join_all(buyers).await?;
    let number_before = next_order_number(lab).await?;
    let intents = lab.provider.intents().await?;

    lab.step("and all check out at once");
    let keys: Vec<_> = buyers.iter().map(|_| lab.name("race")).collect();
    let race = async || {
        let starts = buyers.iter().zip(&keys);
        try_join_all(starts.map(|(buyer, key)| told(lab, buyer, key))).await
    };
    let replies = race().await?;
    let won: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    equal("checkouts that got it", &won.len(), &1)?;
    equal("its status", &won[0].body["status"], &json!("completed"))?;
    for lost in replies.iter().filter(|reply| reply.status != 201) {
        let lost = lost.clone().expect(409)?;
        equal("code", &lost.body["code"], &json!("orders.out_of_stock"))?;
        equal(
            "pieces that are left",
            &lost.body["lines"][0]["available"],
            &json!(0),
        )?;
    }

    lab.step("Each gets the same answer again");
    let essence = |reply: &Reply| -> Value {
        let members = ["status", "code", "id", "lines"];
        members.map(|name| reply.body[name].clone()).into()
    };
    let essences = |replies: &[Reply]| replies.iter().map(essence).collect::<Vec<_>>();
    equal("answers", &essences(&race().await?), &essences(&replies))?;

    lab.step("The losers have no order and the provider never heard of them");
    equal(
        "new intents at the provider",
        &(lab.provider.intents().await? - intents),
        &1,
    )?;
    let orders_made = next_order_number(lab).await? - number_before - 1;
    equal("orders made by the race", &orders_made, &1)?;
    let winner = replies
        .iter()
        .position(|reply| reply.status == 201)
        .context("one won")?;
    let checkout = buyers[winner].checkout(lab, &replies[winner]).await?;
    checkout
        .is_bought(lab, &buyers[winner], 1_000 + DELIVERY)
        .await?;
    pieces_are(lab, &goods, 0, 0).await?;
    for buyer in buyers
        .iter()
        .take(3)
        .filter(|buyer| buyer.cart != buyers[winner].cart)
    {
        buyer.gets_mails(lab, &[]).await?;
    }
    Ok(())
}

/// Sends the same request until its outcome is told: a busy shop may say before that it is at work on it.
async fn told(lab: &Lab, buyer: &Buyer, key: &str) -> Result<Reply> {
    let start = tokio::time::Instant::now();
    loop {
        let reply = buyer.check_out(lab, key, Some("pm_success")).await?;
        let busy = reply.status >= 500
            || reply.body["retry"] == "after"
            || reply.body["status"] == "processing";
        if !busy || start.elapsed() > PATIENCE {
            return Ok(reply);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The number of an order that is made now: they are given without gaps.
async fn next_order_number(lab: &Lab) -> Result<i64> {
    let goods = lab.sell(500, 1).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let checkout = buyer.begin(lab, Some("pm_success"), "completed").await?;
    let order = lab.order(&checkout.order).await?;
    let number = order["number"].as_str().context("a number")?;
    number.parse().with_context(|| number.to_owned())
}

pub(super) async fn same_confirm_ten_times(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;

    lab.step("A buyer pays on the provider's page; its webhook is held back");
    lab.provider.mode("normal", "hold").await?;
    let checkout = buyer.begin(lab, None, "requires_action").await?;
    let attempt = checkout.attempt(lab).await?;
    lab.provider.choose(&attempt, "pay").await?;

    lab.step("and confirms ten times at once under one key");
    let key = lab.name("confirm");
    let confirm = || buyer.confirm(lab, &checkout, Some(&key), None);
    let replies = join_all((0..10).map(|_| confirm())).await;
    let mut bodies = Vec::new();
    for reply in replies {
        bodies.push(reply?.expect(200)?.body);
    }
    for body in &bodies {
        equal("an answer", body, &bodies[0])?;
    }
    equal(
        "status of the checkout",
        &bodies[0]["status"],
        &json!("completed"),
    )?;

    lab.step("The webhook comes too: still one order, taken once");
    lab.provider.release(false).await?;
    checkout.is_bought(lab, &buyer, 1_000 + DELIVERY).await?;
    checkout.attempts_are(lab, &["authorized"]).await?;
    pieces_are(lab, &goods, 4, 0).await?;
    let later = confirm().await?.expect(200)?.body;
    equal(
        "the answer afterwards",
        &later["status"],
        &json!("completed"),
    )
}

pub(super) async fn price_changed(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let (quick, slow) = (
        Buyer::with(lab, &goods, 1).await?,
        Buyer::with(lab, &goods, 1).await?,
    );
    lab.step("Two buyers start at the price of 10.00");
    let paid = quick.begin(lab, None, "requires_action").await?;
    let left = slow.begin(lab, None, "requires_action").await?;

    lab.step("The price rises to 15.00");
    lab.reprice(&goods, 1_500).await?;

    lab.step("Who pays in time pays the frozen price");
    let attempt = paid.attempt(lab).await?;
    lab.provider.choose(&attempt, "pay").await?;
    quick.sees(lab, &paid, "completed").await?;
    paid.is_bought(lab, &quick, 1_000 + DELIVERY).await?;
    let order = lab.order(&paid.order).await?;
    equal(
        "total of the order",
        &order["totals"]["total"]["amount"],
        &json!(1_000 + DELIVERY),
    )?;

    lab.step("Who confirms after the end is told the new total, and charged nothing");
    lab.advance(PAST_EXPIRY).await?;
    slow.sees(lab, &left, "expired").await?;
    let key = lab.name("confirm");
    let told = slow
        .confirm(lab, &left, Some(&key), None)
        .await?
        .expect(409)?;
    equal("code", &told.body["code"], &json!("orders.quote_expired"))?;
    equal(
        "the new total",
        &told.body["total"]["amount"],
        &json!(1_500 + DELIVERY),
    )?;
    left.provider_has(lab, NO_MONEY).await?;
    left.order_is(lab, "cancelled", "voided").await?;
    pieces_are(lab, &goods, 4, 0).await?;

    lab.step("The cart is free again: the next checkout costs the new price");
    slow.accept_prices(lab).await?;
    let again = slow.begin(lab, Some("pm_success"), "completed").await?;
    let taken = Money {
        taken: 1_500 + DELIVERY,
        ..NO_MONEY
    };
    again.provider_has(lab, taken).await
}

pub(super) async fn rates_provider_down(lab: &Lab) -> Result<()> {
    let goods = lab.sell(1_000, 5).await?;
    let buyer = Buyer::with(lab, &goods, 1).await?;
    let intents = lab.provider.intents().await?;
    let key = lab.name("checkout");
    for (mode, what) in [("down", "answers 503"), ("silent", "does not answer")] {
        lab.step(&format!(
            "The provider of taxes and delivery prices {what}: the checkout is told to come back"
        ));
        lab.provider.rates(mode, &json!({})).await?;
        let reply = buyer.check_out(lab, &key, Some("pm_success")).await?;
        let problem = reply.expect(503)?.body;
        equal("code", &problem["code"], &json!("orders.rates_unavailable"))?;
        equal("retry", &problem["retry"], &json!("after"))?;
    }
    equal(
        "new intents at the provider of payments",
        &(lab.provider.intents().await? - intents),
        &0,
    )?;
    pieces_are(lab, &goods, 5, 0).await?;

    lab.step(
        "It answers again, with a price of delivery of its own: the same request buys at that",
    );
    let delivery = 775;
    let answer = json!({ "tax_rate": "0.07", "shipping": { "standard": delivery } });
    lab.provider.rates("normal", &answer).await?;
    lab.until("status of the same request again", 201, async || {
        Ok(buyer.check_out(lab, &key, Some("pm_success")).await?.status)
    })
    .await?;
    let reply = buyer.check_out(lab, &key, Some("pm_success")).await?;
    let checkout = buyer.checkout(lab, &reply.expect(201)?).await?;
    buyer.sees(lab, &checkout, "completed").await?;
    checkout.is_bought(lab, &buyer, 1_000 + delivery).await?;
    let order = lab.order(&checkout.order).await?;
    equal(
        "where its rates come from",
        &order["rates_source"],
        &json!("provider"),
    )?;
    pieces_are(lab, &goods, 4, 0).await
}
