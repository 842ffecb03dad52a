//! Carts: of guests and of people, their lines, what is missing.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const CARTS: &str = "/v1/carts";

/// Where things are sent to.
pub(crate) fn delivery(email: &str) -> Value {
    json!({
        "email": email, "shipping_method": "standard",
        "shipping_address": {
            "name": "Ada Lovelace", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117",
            "country": "DE",
        },
    })
}

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let recorder = &mut shop.recorder;
    let made = recorder
        .ask(
            "create_cart: of a guest",
            201,
            Ask::post(CARTS, &json!({ "currency": "EUR" })),
        )
        .await?;
    let token = made.header("cart-token")?;
    let path = format!("{CARTS}/{}", made.text("/id")?);
    for (case, status, ask) in [
        (
            "of a person",
            201,
            Ask::post(CARTS, &json!({})).by(&shop.ada),
        ),
        (
            "in dollars",
            201,
            Ask::post(CARTS, &json!({ "currency": "USD" })),
        ),
        (
            "in a currency that is none",
            400,
            Ask::post(CARTS, &json!({ "currency": "euro" })),
        ),
    ] {
        recorder
            .ask(&format!("create_cart: {case}"), status, ask)
            .await?;
    }
    access(shop, &path, &token).await?;
    lines(shop, &path, &token).await?;
    details(shop, &path, &token).await?;
    super::cart_merges::play(shop).await
}

/// A cart opens to its secret only; whoever has none does not learn that it exists.
async fn access(shop: &mut Shop, path: &str, token: &str) -> Result<()> {
    let recorder = &mut shop.recorder;
    let found = recorder
        .ask(
            "get_cart: with its secret",
            200,
            Ask::get(path).with_cart(token),
        )
        .await?;
    let known = Ask::get(path)
        .with_cart(token)
        .with("if-none-match", found.etag()?);
    recorder.ask("get_cart: nothing new", 304, known).await?;
    recorder
        .ask("get_cart: head", 200, Ask::head(path).with_cart(token))
        .await?;
    for (case, ask) in [
        ("without its secret", Ask::get(path)),
        (
            "with another secret",
            Ask::get(path).with_cart("not-the-secret-of-any-cart"),
        ),
        (
            "by a person it does not belong to",
            Ask::get(path).by(&shop.ada),
        ),
        (
            "that is none",
            Ask::get(format!("{CARTS}/{}", nobody("crt"))).with_cart(token),
        ),
    ] {
        recorder.ask(&format!("get_cart: {case}"), 404, ask).await?;
    }
    let options = format!("{path}/shipping-options");
    recorder
        .ask(
            "list_shipping_options: of an empty cart",
            200,
            Ask::get(&options).with_cart(token),
        )
        .await?;
    recorder
        .ask(
            "list_shipping_options: without its secret",
            404,
            Ask::get(&options),
        )
        .await?;
    Ok(())
}

async fn lines(shop: &mut Shop, path: &str, token: &str) -> Result<()> {
    let (assam, sencha) = (
        shop.variant("ASSAM-100").to_owned(),
        shop.variant("SENCHA-100").to_owned(),
    );
    let recorder = &mut shop.recorder;
    let lines = format!("{path}/lines");
    let add = |variant: &str, quantity: i64| {
        let body = json!({ "variant_id": variant, "quantity": quantity });
        Ask::post(&lines, &body).with_cart(token)
    };
    let elsewhere = format!("{CARTS}/{}/lines", nobody("crt"));
    let body = json!({ "variant_id": assam, "quantity": 1 });
    let none = nobody("var");
    for (case, status, ask) in [
        ("two of one", 201, add(&assam, 2)),
        ("one more of it", 201, add(&assam, 1).key("add-assam")),
        (
            "sent again under its key",
            201,
            add(&assam, 1).key("add-assam"),
        ),
        (
            "something else under its key",
            422,
            add(&assam, 7).key("add-assam"),
        ),
        ("another", 201, add(&sencha, 1)),
        ("none of it", 422, add(&assam, 0)),
        ("too many of it", 422, add(&assam, 10_000)),
        ("something that is none", 422, add(&none, 1)),
        ("without its secret", 404, Ask::post(&lines, &body)),
        ("to no cart", 404, Ask::post(&elsewhere, &body)),
        ("the id of a product", 400, add(&nobody("prd"), 1)),
    ] {
        recorder
            .ask(&format!("add_cart_line: {case}"), status, ask)
            .await?;
    }
    let cart = recorder
        .ask(
            "get_cart: with two lines",
            200,
            Ask::get(path).with_cart(token),
        )
        .await?;
    let (etag, first, second) = (
        cart.etag()?,
        cart.text("/lines/0/id")?,
        cart.text("/lines/1/id")?,
    );
    let line = format!("{lines}/{first}");
    let none = format!("{lines}/{}", nobody("lin"));
    let change = |path: &str, etag: &str, quantity: i64| {
        Ask::patch(path, etag, &json!({ "quantity": quantity })).with_cart(token)
    };
    let changed = recorder
        .ask("update_cart_line: fewer", 200, change(&line, &etag, 2))
        .await?;
    let now = changed.etag()?;
    let stranger = Ask::patch(&line, &now, &json!({ "quantity": 1 }));
    for (case, status, ask) in [
        ("of a version that is gone", 412, change(&line, &etag, 5)),
        ("to none", 422, change(&line, &now, 0)),
        ("that is none", 404, change(&none, &now, 1)),
        ("without its secret", 404, stranger),
    ] {
        recorder
            .ask(&format!("update_cart_line: {case}"), status, ask)
            .await?;
    }
    let second = format!("{lines}/{second}");
    let remove = |path: &str, etag: &str| Ask::delete(path).with("if-match", etag).with_cart(token);
    for (case, status, ask) in [
        ("of a version that is gone", 412, remove(&second, &etag)),
        ("that is none", 404, remove(&none, &now)),
        (
            "without its secret",
            404,
            Ask::delete(&second).with("if-match", now.as_str()),
        ),
        ("taken out", 200, remove(&second, &now)),
    ] {
        recorder
            .ask(&format!("delete_cart_line: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

async fn details(shop: &mut Shop, path: &str, token: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let variant = shop.variant("ASSAM-100").to_owned();
    let recorder = &mut shop.recorder;
    let etag = recorder
        .quietly(Ask::get(path).with_cart(token))
        .await?
        .etag()?;
    let change = |etag: &str, body: Value| Ask::patch(path, etag, &body).with_cart(token);
    for (case, status, body) in [
        ("with no e-mail address", 422, json!({ "email": "guest" })),
        (
            "with no country",
            422,
            json!({ "shipping_address": {
            "name": "", "line1": "", "city": "x", "country": "Germany" } }),
        ),
        (
            "by a way that is none",
            422,
            json!({ "shipping_method": "pigeon" }),
        ),
        (
            "with half an address",
            400,
            json!({ "shipping_address": { "name": "Ada" } }),
        ),
    ] {
        recorder
            .ask(&format!("update_cart: {case}"), status, change(&etag, body))
            .await?;
    }
    let changed = recorder
        .ask(
            "update_cart: who and where",
            200,
            change(&etag, delivery("guest@golden.example")),
        )
        .await?;
    let now = changed.etag()?;
    recorder
        .ask(
            "update_cart: of a version that is gone",
            412,
            change(&etag, json!({})),
        )
        .await?;
    let stranger = Ask::patch(path, &now, &json!({}));
    recorder
        .ask("update_cart: without its secret", 404, stranger)
        .await?;
    let options = Ask::get(format!("{path}/shipping-options")).with_cart(token);
    let options = recorder
        .ask("list_shipping_options: to Berlin", 200, options)
        .await?;
    ensure!(options.count() == 2, "{} ways to Berlin", options.count());

    // A price that changes meanwhile is told, and taken with the next change.
    let price = json!({ "prices": [{ "amount": 750, "currency": "EUR" }] });
    let raise = Ask::put(format!("/v1/variants/{variant}/prices"), "\"v2\"", &price).by(&sam);
    recorder
        .ask("set_prices: of something that lies in a cart", 200, raise)
        .await?;
    let told = recorder
        .ask(
            "get_cart: its price has changed",
            200,
            Ask::get(path).with_cart(token),
        )
        .await?;
    ensure!(
        told.body["problems"]
            .as_array()
            .is_some_and(|it| !it.is_empty()),
        "nobody tells of the new price"
    );
    let early = Ask::post("/v1/checkouts", &json!({ "cart_id": told.text("/id")? }))
        .with_cart(token)
        .key("changed-cart");
    recorder
        .ask(
            "start_checkout: of a cart whose price has changed",
            409,
            early,
        )
        .await?;
    let etag = recorder
        .quietly(Ask::get(path).with_cart(token))
        .await?
        .etag()?;
    recorder
        .ask(
            "update_cart: prices as they are now",
            200,
            change(&etag, json!({ "billing_address": null })),
        )
        .await?;
    Ok(())
}
