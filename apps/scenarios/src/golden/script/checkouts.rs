//! Checkouts: paid on the provider's page, paid at once, declined, given up, out of stock.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::nobody;
use super::purchase::{Bought, CHECKOUTS, Purchase, captured, fill, is};
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::shop::Shop;

pub(crate) async fn play(shop: &mut Shop) -> Result<Bought> {
    refusals(shop).await?;
    let on_page = on_page(shop).await?;
    let second_try = second_try(shop).await?;
    let by_guest = by_guest(shop).await?;
    given_up(shop).await?;
    Ok(Bought {
        on_page,
        second_try,
        by_guest,
        uncaptured: uncaptured(shop).await?,
        unpaid: unpaid(shop).await?,
    })
}

async fn refusals(shop: &mut Shop) -> Result<()> {
    let (ada, bob) = (shop.ada.clone(), shop.bob.clone());
    let made = shop
        .recorder
        .quietly(Ask::post("/v1/carts", &json!({})).by(&bob))
        .await?;
    let empty = json!({ "cart_id": made.text("/id")? });
    let ask = |body: &Value, who: &Person, key: &str| Ask::post(CHECKOUTS, body).by(who).key(key);
    let scarce = fill(shop, Some(&bob), &[("OOLONG-25", 2)]).await?;
    let scarce = json!({ "cart_id": scarce.id });
    let wrong =
        json!({ "cart_id": scarce["cart_id"], "payment_method": "", "return_url": "javascript:x" });
    let none = json!({ "cart_id": nobody("crt") });
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        ("of an empty cart", 409, ask(&empty, &bob, "empty")),
        ("of no cart", 404, ask(&none, &bob, "none")),
        (
            "of a cart of somebody else",
            404,
            ask(&scarce, &ada, "foreign"),
        ),
        ("with everything wrong", 422, ask(&wrong, &bob, "wrong")),
        ("of more than there is", 409, ask(&scarce, &bob, "scarce")),
        (
            "of more than there is, sent again",
            409,
            ask(&scarce, &bob, "scarce"),
        ),
    ] {
        recorder
            .ask(&format!("start_checkout: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

async fn on_page(shop: &mut Shop) -> Result<Purchase> {
    let (ada, bob) = (shop.ada.clone(), shop.bob.clone());
    let cart = fill(shop, Some(&ada), &[("SENCHA-100", 2), ("DARJ-50", 1)]).await?;
    let recorder = &mut shop.recorder;
    let start = |key: &str| cart.checkout(key, None, Some(&ada));
    let started = recorder
        .ask(
            "start_checkout: to be paid on a page",
            201,
            start("on-page"),
        )
        .await?;
    recorder
        .ask(
            "start_checkout: sent again under its key",
            201,
            start("on-page"),
        )
        .await?;
    let other = cart.checkout("on-page", Some("pm_success"), Some(&ada));
    recorder
        .ask("start_checkout: something else under its key", 422, other)
        .await?;
    recorder
        .ask(
            "start_checkout: of a cart that has one",
            409,
            start("on-page-2"),
        )
        .await?;
    held(shop, &cart.id, "frozen").await?;

    let bought = cart.bought(&started)?;
    let path = format!("{CHECKOUTS}/{}", bought.checkout);
    let confirm = || Ask::post(format!("{path}/confirmations"), &json!({})).by(&ada);
    let recorder = &mut shop.recorder;
    let seen = recorder
        .ask("get_checkout: to be paid", 200, Ask::get(&path).by(&ada))
        .await?;
    let known = Ask::get(&path).by(&ada).with("if-none-match", seen.etag()?);
    recorder
        .ask("get_checkout: nothing new", 304, known.clone())
        .await?;
    recorder
        .ask(
            "get_checkout: nothing new after a second",
            304,
            known.with("prefer", "wait=1"),
        )
        .await?;
    let changed = Ask::get(&path).by(&ada).with("if-none-match", "\"v0\"");
    recorder
        .ask(
            "get_checkout: changed before it was waited for",
            200,
            changed.with("prefer", "wait=5"),
        )
        .await?;
    recorder
        .ask("get_checkout: head", 200, Ask::head(&path).by(&ada))
        .await?;
    recorder
        .ask(
            "get_checkout: of somebody else",
            404,
            Ask::get(&path).by(&bob),
        )
        .await?;
    recorder
        .ask("confirm_checkout: before it is paid", 200, confirm())
        .await?;
    for case in ["before it is paid, under a key", "before it is paid, again"] {
        let look = Ask::new(reqwest::Method::POST, format!("{path}/confirmations"))
            .by(&ada)
            .key("look");
        recorder
            .ask(&format!("confirm_checkout: {case}"), 200, look)
            .await?;
    }
    let by_verb = Ask::post(format!("{path}/confirm"), &json!({})).by(&ada);
    recorder
        .ask("confirm_checkout_by_verb: before it is paid", 200, by_verb)
        .await?;
    let stranger = Ask::post(format!("{path}/confirmations"), &json!({})).by(&bob);
    recorder
        .ask("confirm_checkout: of somebody else", 404, stranger)
        .await?;
    let wrong = Ask::post(
        format!("{path}/confirmations"),
        &json!({ "payment_method": "" }),
    )
    .by(&ada);
    recorder
        .ask("confirm_checkout: with an empty method", 422, wrong)
        .await?;
    let stranger = Ask::new(reqwest::Method::POST, format!("{path}/cancellations")).by(&bob);
    recorder
        .ask("cancel_checkout: of somebody else", 404, stranger)
        .await?;

    let intent = started.text("/next_action/url")?;
    let intent = intent.rsplit('/').next().context("an address")?.to_owned();
    let choice = format!("intents/{intent}/choice");
    shop.simulator("POST", &choice, &json!({ "choice": "pay" }))
        .await?;
    shop.until("the paid checkout to complete", confirm(), is("completed"))
        .await?;
    let recorder = &mut shop.recorder;
    recorder
        .ask("confirm_checkout: after it is paid", 200, confirm())
        .await?;
    recorder
        .ask("get_checkout: paid", 200, Ask::get(&path).by(&ada))
        .await?;
    let cancel = Ask::new(reqwest::Method::POST, format!("{path}/cancellations")).by(&ada);
    recorder
        .ask("cancel_checkout: after it is paid", 409, cancel)
        .await?;
    recorder
        .ask(
            "start_checkout: of a cart that was bought",
            409,
            start("on-page-3"),
        )
        .await?;
    held(shop, &cart.id, "closed").await?;
    captured(shop, &bought).await?;
    Ok(bought)
}

/// What cannot be done to a cart that is being bought or was.
async fn held(shop: &mut Shop, cart: &str, how: &str) -> Result<()> {
    let ada = shop.ada.clone();
    let variant = shop.variant("SENCHA-100").to_owned();
    let path = format!("/v1/carts/{cart}");
    let recorder = &mut shop.recorder;
    let found = recorder
        .ask(&format!("get_cart: {how}"), 200, Ask::get(&path).by(&ada))
        .await?;
    let etag = found.etag()?;
    let line = format!("{path}/lines/{}", found.text("/lines/0/id")?);
    let body = json!({ "variant_id": variant, "quantity": 1 });
    for (case, ask) in [
        ("add_cart_line", Ask::post(format!("{path}/lines"), &body)),
        ("update_cart", Ask::patch(&path, &etag, &json!({}))),
        (
            "update_cart_line",
            Ask::patch(&line, &etag, &json!({ "quantity": 1 })),
        ),
        (
            "delete_cart_line",
            Ask::delete(&line).with("if-match", etag.as_str()),
        ),
    ] {
        recorder
            .ask(
                &format!("{case}: of a cart that is {how}"),
                409,
                ask.by(&ada),
            )
            .await?;
    }
    Ok(())
}

async fn second_try(shop: &mut Shop) -> Result<Purchase> {
    let ada = shop.ada.clone();
    let cart = fill(shop, Some(&ada), &[("ASSAM-100", 1)]).await?;
    let start = cart.checkout("second-try", Some("pm_declined"), Some(&ada));
    let started = shop
        .recorder
        .ask("start_checkout: declined", 201, start)
        .await?;
    let bought = cart.bought(&started)?;
    let path = format!("{CHECKOUTS}/{}", bought.checkout);
    let confirm = |body: Value| Ask::post(format!("{path}/confirmations"), &body).by(&ada);
    let recorder = &mut shop.recorder;
    recorder
        .ask(
            "confirm_checkout: with nothing new after a decline",
            200,
            confirm(json!({ "payment_method": "pm_declined" })),
        )
        .await?;
    let poor = json!({ "payment_method": "pm_insufficient_funds" });
    recorder
        .ask(
            "confirm_checkout: declined once more",
            200,
            confirm(poor.clone()),
        )
        .await?;
    recorder
        .ask(
            "confirm_checkout: with a method that was declined too",
            200,
            confirm(poor),
        )
        .await?;
    let good = || confirm(json!({ "payment_method": "pm_success" })).key("good");
    shop.recorder
        .ask("confirm_checkout: paid at last", 200, good())
        .await?;
    captured(shop, &bought).await?; // the answer tells the payment as it is then
    shop.recorder
        .ask("confirm_checkout: sent again under its key", 200, good())
        .await?;
    let other = confirm(json!({ "payment_method": "pm_declined" })).key("good");
    shop.recorder
        .ask("confirm_checkout: something else under its key", 422, other)
        .await?;
    Ok(bought)
}

async fn by_guest(shop: &mut Shop) -> Result<Purchase> {
    let cart = fill(shop, None, &[("ASSAM-100", 2), ("SENCHA-100", 1)]).await?;
    let recorder = &mut shop.recorder;
    let started = recorder
        .ask(
            "start_checkout: paid at once by a guest",
            201,
            cart.checkout("guest", Some("pm_success"), None),
        )
        .await?;
    let bought = cart.bought(&started)?;
    let path = format!("{CHECKOUTS}/{}", bought.checkout);
    recorder
        .ask(
            "get_checkout: with the cart's secret",
            200,
            Ask::get(&path).with_cart(&cart.token),
        )
        .await?;
    recorder
        .ask(
            "get_checkout: without the cart's secret",
            404,
            Ask::get(&path),
        )
        .await?;
    captured(shop, &bought).await?;
    Ok(bought)
}

async fn given_up(shop: &mut Shop) -> Result<()> {
    let ada = shop.ada.clone();
    let cart = fill(shop, Some(&ada), &[("DARJ-50", 1)]).await?;
    let start = cart.checkout("given-up", None, Some(&ada));
    let started = shop.recorder.quietly(start).await?;
    let path = format!("{CHECKOUTS}/{}", started.text("/id")?);
    let cancel = || Ask::new(reqwest::Method::POST, format!("{path}/cancellations")).by(&ada);
    let recorder = &mut shop.recorder;
    recorder
        .ask("cancel_checkout: given up", 200, cancel())
        .await?;
    shop.until(
        "the checkout to be undone",
        Ask::get(&path).by(&ada),
        is("cancelled"),
    )
    .await?;
    let recorder = &mut shop.recorder;
    recorder
        .ask("cancel_checkout: given up before", 200, cancel())
        .await?;
    let by_verb = Ask::new(reqwest::Method::POST, format!("{path}/cancel")).by(&ada);
    recorder
        .ask("cancel_checkout_by_verb: given up before", 200, by_verb)
        .await?;
    recorder
        .ask("get_checkout: given up", 200, Ask::get(&path).by(&ada))
        .await?;
    let confirm = Ask::post(format!("{path}/confirmations"), &json!({})).by(&ada);
    recorder
        .ask("confirm_checkout: given up", 409, confirm)
        .await?;
    let cart = Ask::get(format!("/v1/carts/{}", cart.id)).by(&ada);
    recorder.ask("get_cart: free again", 200, cart).await?;
    Ok(())
}

/// The money is promised, but the provider refuses to hand it over.
async fn uncaptured(shop: &mut Shop) -> Result<Purchase> {
    let ada = shop.ada.clone();
    let cart = fill(shop, Some(&ada), &[("DARJ-50", 2)]).await?;
    let fault = json!({ "operation": "capture", "fault": "refuse" });
    shop.simulator("POST", "faults", &fault).await?;
    let start = cart.checkout("uncaptured", Some("pm_success"), Some(&ada));
    let started = shop.recorder.quietly(start).await?;
    let bought = cart.bought(&started)?;
    let payment = Ask::get(format!("/v1/payments/{}", bought.payment)).by(&shop.sam);
    shop.until("the capture to be refused", payment, |answer| {
        answer.body["captures"][0]["status"] == "failed"
    })
    .await?;
    Ok(bought)
}

async fn unpaid(shop: &mut Shop) -> Result<Purchase> {
    let ada = shop.ada.clone();
    let cart = fill(shop, Some(&ada), &[("SENCHA-100", 1)]).await?;
    let start = cart.checkout("unpaid", None, Some(&ada));
    let started = shop.recorder.quietly(start).await?;
    cart.bought(&started)
}
