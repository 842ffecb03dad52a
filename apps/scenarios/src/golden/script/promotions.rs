//! Promotions: made and changed by staff, entered into carts, redeemed and used up.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::nobody;
use super::purchase::{captured, fill};
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::recorder::Answer;
use crate::golden::shop::Shop;

const PROMOTIONS: &str = "/v1/promotions";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let once = made(shop).await?;
    changed(shop, &once).await?;
    entered(shop).await?;
    redeemed(shop, &once).await
}

async fn made(shop: &mut Shop) -> Result<Answer> {
    let sam = shop.sam.clone();
    let recorder = &mut shop.recorder;
    let ask = |body: &Value, key: &str| Ask::post(PROMOTIONS, body).by(&sam).key(key);
    let tenth = json!({
        "code": "tea-10", "kind": "percent", "rate": "0.10", "combinable": true,
        "minimum_subtotals": [{ "amount": 1000, "currency": "EUR" }], "customer_limit": 1,
    });
    let amount = json!({
        "code": "GIFT", "kind": "fixed", "amounts": [{ "amount": 100, "currency": "EUR" }], "combinable": true,
        "valid_until": "2999-01-01T00:00:00Z",
    });
    let wrong = json!({
        "code": "a b", "kind": "percent", "rate": "10%", "amounts": [{ "amount": 0, "currency": "EUR" }],
        "total_limit": 0,
    });
    let alone = json!({ "code": "ONCE", "kind": "percent", "rate": "0.5", "total_limit": 1 });
    for (case, status, ask) in [
        ("a part", 201, ask(&tenth, "tenth")),
        ("sent again under its key", 201, ask(&tenth, "tenth")),
        ("something else under its key", 422, ask(&amount, "tenth")),
        ("an amount", 201, ask(&amount, "amount")),
        ("with a code that is taken", 409, ask(&tenth, "tenth-2")),
        ("with everything wrong", 422, ask(&wrong, "wrong")),
        (
            "of a kind that is none",
            400,
            ask(&json!({ "code": "X-1", "kind": "gift" }), "kind"),
        ),
    ] {
        recorder
            .ask(&format!("create_promotion: {case}"), status, ask)
            .await?;
    }
    recorder
        .ask("create_promotion: for one order", 201, ask(&alone, "alone"))
        .await
}

async fn changed(shop: &mut Shop, once: &Answer) -> Result<()> {
    let sam = shop.sam.clone();
    let recorder = &mut shop.recorder;
    let path = format!("{PROMOTIONS}/{}", once.text("/id")?);
    let none = format!("{PROMOTIONS}/{}", nobody("prm"));
    let get = |path: &str, who: &Person| Ask::get(path).by(who);
    for (case, status, ask) in [
        ("by staff", 200, get(&path, &sam)),
        ("that is none", 404, get(&none, &sam)),
    ] {
        recorder
            .ask(&format!("get_promotion: {case}"), status, ask)
            .await?;
    }
    let head = Ask::head(&path).by(&sam);
    recorder.ask("get_promotion: head", 200, head).await?;
    let etag = once.etag()?;
    let change = |path: &str, etag: &str, body: Value| Ask::patch(path, etag, &body).by(&sam);
    let updated = recorder
        .ask(
            "update_promotion: disabled",
            200,
            change(&path, &etag, json!({ "status": "disabled" })),
        )
        .await?;
    let now = updated.etag()?;
    for (case, status, ask) in [
        (
            "of a version that is gone",
            412,
            change(&path, &etag, json!({})),
        ),
        ("that is none", 404, change(&none, &now, json!({}))),
        (
            "with no limit",
            422,
            change(&path, &now, json!({ "total_limit": 0 })),
        ),
        (
            "its code",
            400,
            change(&path, &now, json!({ "code": "TWICE" })),
        ),
        (
            "active again",
            200,
            change(
                &path,
                &now,
                json!({ "status": "active", "valid_from": null }),
            ),
        ),
    ] {
        recorder
            .ask(&format!("update_promotion: {case}"), status, ask)
            .await?;
    }
    let list = |query: &str| Ask::get(format!("{PROMOTIONS}?{query}")).by(&sam);
    for (case, status, ask) in [
        ("all", 200, list("")),
        ("by code", 200, list("code=Gift")),
        ("disabled ones", 200, list("status=disabled")),
    ] {
        recorder
            .ask(&format!("list_promotions: {case}"), status, ask)
            .await?;
    }
    let head = Ask::head(PROMOTIONS).by(&sam);
    recorder.ask("list_promotions: head", 200, head).await?;
    let page = recorder
        .ask("list_promotions: first page", 200, list("limit=2"))
        .await?;
    let next = format!("limit=2&cursor={}", page.text("/next_cursor")?);
    recorder
        .ask("list_promotions: second page", 200, list(&next))
        .await?;
    Ok(())
}

async fn entered(shop: &mut Shop) -> Result<()> {
    let ada = shop.ada.clone();
    let cart = fill(shop, Some(&ada), &[("SENCHA-100", 3)]).await?;
    let path = format!("/v1/carts/{}", cart.id);
    let codes = format!("{path}/promotion-codes");
    let recorder = &mut shop.recorder;
    let enter = |code: &str| Ask::post(&codes, &json!({ "code": code })).by(&ada);
    let elsewhere = format!("/v1/carts/{}/promotion-codes", nobody("crt"));
    let body = json!({ "code": "GIFT" });
    for (case, status, ask) in [
        ("a part", 201, enter("Tea-10").key("enter-tenth")),
        (
            "sent again under its key",
            201,
            enter("Tea-10").key("enter-tenth"),
        ),
        (
            "something else under its key",
            422,
            enter("GIFT").key("enter-tenth"),
        ),
        ("an amount beside it", 201, enter("gift")),
        ("one that is there", 201, enter("GIFT")),
        ("one that is to stand alone", 409, enter("ONCE")),
        ("one that is none", 422, enter("NO-SUCH-CODE")),
        ("what cannot be one", 422, enter("??")),
        ("without the cart's secret", 404, Ask::post(&codes, &body)),
        ("into no cart", 404, Ask::post(&elsewhere, &body).by(&ada)),
    ] {
        recorder
            .ask(&format!("add_promotion_code: {case}"), status, ask)
            .await?;
    }
    let explained = Ask::get(format!("{path}?explain=true")).by(&ada);
    let explained = recorder
        .ask("get_cart: with promotions, explained", 200, explained)
        .await?;
    let etag = explained.etag()?;
    let remove = |code: &str, etag: &str| {
        Ask::delete(format!("{codes}/{code}"))
            .with("if-match", etag)
            .by(&ada)
    };
    let stranger = Ask::delete(format!("{codes}/GIFT")).with("if-match", etag.as_str());
    for (case, status, ask) in [
        ("of a version that is gone", 412, remove("GIFT", "\"v1\"")),
        ("that is not there", 404, remove("ONCE", &etag)),
        ("without the cart's secret", 404, stranger),
        ("taken out", 200, remove("gift", &etag)),
    ] {
        recorder
            .ask(&format!("delete_promotion_code: {case}"), status, ask)
            .await?;
    }
    let start = cart.checkout("with-promotion", Some("pm_success"), Some(&ada));
    let started = recorder
        .ask("start_checkout: with a promotion", 201, start)
        .await?;
    let bought = cart.bought(&started)?;
    captured(shop, &bought).await?;
    let order = format!("/v1/orders/{}?explain=true", bought.order);
    let recorder = &mut shop.recorder;
    let order = Ask::get(order).by(&ada);
    recorder
        .ask("get_order: with a promotion, explained", 200, order)
        .await?;
    let held = enter("GIFT");
    recorder
        .ask("add_promotion_code: into a cart that is closed", 409, held)
        .await?;
    let remove = Ask::delete(format!("{codes}/TEA-10")).with("if-match", "\"v1\"");
    recorder
        .ask(
            "delete_promotion_code: of a cart that is closed",
            409,
            remove.by(&ada),
        )
        .await?;
    Ok(())
}

/// Two carts for one redemption.
async fn redeemed(shop: &mut Shop, once: &Answer) -> Result<()> {
    let (sam, ada, bob) = (shop.sam.clone(), shop.ada.clone(), shop.bob.clone());
    let mut carts = Vec::new();
    for person in [&ada, &bob] {
        let cart = fill(shop, Some(person), &[("SENCHA-100", 1)]).await?;
        let path = format!("/v1/carts/{}/promotion-codes", cart.id);
        let enter = Ask::post(path, &json!({ "code": "ONCE" })).by(person);
        let entered = shop.recorder.quietly(enter).await?;
        ensure!(entered.status == 201, "{}", entered.body);
        carts.push(cart);
    }
    let first = carts[0].checkout("once-first", Some("pm_success"), Some(&ada));
    let started = shop.recorder.quietly(first).await?;
    let bought = carts[0].bought(&started)?;
    captured(shop, &bought).await?;
    let recorder = &mut shop.recorder;
    let second = || carts[1].checkout("once-second", Some("pm_success"), Some(&bob));
    for case in [
        "with a promotion that is used up",
        "with a promotion that is used up, sent again",
    ] {
        recorder
            .ask(&format!("start_checkout: {case}"), 409, second())
            .await?;
    }
    let cart = Ask::get(format!("/v1/carts/{}", carts[1].id)).by(&bob);
    recorder
        .ask("get_cart: its promotion is used up", 200, cart)
        .await?;
    let late = fill(shop, None, &[("SENCHA-100", 1)]).await?;
    let path = format!("/v1/carts/{}/promotion-codes", late.id);
    let enter = Ask::post(path, &json!({ "code": "ONCE" })).with_cart(&late.token);
    let recorder = &mut shop.recorder;
    recorder
        .ask("add_promotion_code: one that is used up", 409, enter)
        .await?;
    let path = format!("{PROMOTIONS}/{}", once.text("/id")?);
    recorder
        .ask("get_promotion: redeemed", 200, Ask::get(path).by(&sam))
        .await?;
    Ok(())
}
