//! What somebody pays: as a quote, and in a cart.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::shop::Shop;

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    quotes(shop).await?;
    cart(shop).await
}

async fn quotes(shop: &mut Shop) -> Result<()> {
    const QUOTES: &str = "/v1/price-quotes";
    let (sam, ada) = (shop.sam.clone(), shop.ada.clone());
    let assam = shop.variant("ASSAM-100").to_owned();
    let recorder = &mut shop.recorder;
    let body = |variant: &str, quantity: i64| json!({ "currency": "EUR", "lines": [{ "variant_id": variant, "quantity": quantity }] });
    let ten = body(&assam, 10);
    let mut hers = ten.clone();
    hers["user_id"] = json!(ada.user_id);
    hers["at"] = json!("2019-12-31T23:59:59Z");
    let explained = format!("{QUOTES}?explain=true");
    let told = recorder
        .ask(
            "quote_prices: ten, by a reseller",
            200,
            Ask::post(QUOTES, &ten).by(&ada),
        )
        .await?;
    ensure!(
        told.body["lines"][0]["unit_price"]["amount"] == json!(600),
        "a reseller's price is {}",
        told.body
    );
    for (case, status, ask) in [
        ("ten, by a guest", 200, Ask::post(QUOTES, &ten)),
        (
            "why, of a reseller, before it began",
            200,
            Ask::post(&explained, &hers).by(&sam),
        ),
        ("why, of staff", 200, Ask::post(&explained, &ten).by(&sam)),
        ("why, by a buyer", 403, Ask::post(&explained, &ten).by(&ada)),
        (
            "of another moment, by a guest",
            403,
            Ask::post(QUOTES, &hers),
        ),
        (
            "of a variant that is none",
            422,
            Ask::post(QUOTES, &body(&nobody("var"), 1)),
        ),
        ("of none of it", 422, Ask::post(QUOTES, &body(&assam, 0))),
        (
            "in a currency that is none",
            400,
            Ask::post(QUOTES, &json!({ "currency": "euro", "lines": [] })),
        ),
    ] {
        recorder
            .ask(&format!("quote_prices: {case}"), status, ask)
            .await?;
    }
    by_programs(shop, &ten).await
}

/// Who may read may ask what something costs, in a body or not.
async fn by_programs(shop: &mut Shop, quote: &Value) -> Result<()> {
    let ada = shop.ada.clone();
    let recorder = &mut shop.recorder;
    let wish = json!({ "name": "Price watcher", "scopes": ["api:read"] });
    let made = recorder
        .quietly(Ask::post("/v1/api-keys", &wish).by(&ada))
        .await?;
    let program = Person {
        token: made.text("/secret")?,
        ..Person::new("program")
    };
    let ask = Ask::post("/v1/price-quotes", quote).by(&program);
    let told = recorder
        .ask("quote_prices: by a key that may read", 200, ask)
        .await?;
    ensure!(
        told.body["lines"][0]["unit_price"]["amount"] == json!(600),
        "the price of who has the key is {}",
        told.body
    );
    Ok(())
}

/// A cart from its first piece to its tenth, and back.
async fn cart(shop: &mut Shop) -> Result<()> {
    let ada = shop.ada.clone();
    let assam = shop.variant("ASSAM-100").to_owned();
    let recorder = &mut shop.recorder;
    let made = recorder
        .quietly(Ask::post("/v1/carts", &json!({ "currency": "EUR" })).by(&ada))
        .await?;
    let lines = format!("/v1/carts/{}/lines", made.text("/id")?);
    let add = |quantity: i64| {
        let body = json!({ "variant_id": assam, "quantity": quantity });
        Ask::post(&lines, &body).by(&ada)
    };
    let mut cart = recorder
        .ask("add_cart_line: nine, by a reseller", 201, add(9))
        .await?;
    for (case, amount, quantity) in [
        ("add_cart_line: the tenth makes all cheaper", 600, None),
        ("update_cart_line: fewer are dearer again", 650, Some(9)),
    ] {
        let (status, ask) = match quantity {
            None => (201, add(1)),
            Some(quantity) => {
                let line = format!("{lines}/{}", cart.text("/lines/0/id")?);
                let ask = Ask::patch(line, &cart.etag()?, &json!({ "quantity": quantity }));
                (200, ask.by(&ada))
            }
        };
        cart = recorder.ask(case, status, ask).await?;
        let found = &cart.body["lines"][0]["unit_price"]["amount"];
        ensure!(*found == json!(amount), "{case}: {found}");
    }
    Ok(())
}
