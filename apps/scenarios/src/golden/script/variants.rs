//! Variants and their prices.

use anyhow::Result;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const PRODUCTS: &str = "/v1/products";

/// Plays it with a product and its first variant.
pub(crate) async fn play(shop: &mut Shop, assam: &str, variant: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let recorder = &mut shop.recorder;
    let path = format!("{PRODUCTS}/{assam}/variants");
    let add = |path: &str, body: Value| Ask::post(path, &body).by(&sam);
    let large = json!({ "sku": "ASSAM-250", "title": "250 g", "prices": [{ "amount": 1_490, "currency": "EUR" }] });
    let made = recorder
        .ask(
            "add_variant: added",
            201,
            add(&path, large.clone()).key("variant-250"),
        )
        .await?;
    recorder
        .ask(
            "add_variant: sent again under its key",
            201,
            add(&path, large.clone()).key("variant-250"),
        )
        .await?;
    recorder
        .ask(
            "add_variant: the same without a key",
            409,
            add(&path, large.clone()),
        )
        .await?;
    recorder
        .ask(
            "add_variant: something else under its key",
            422,
            add(&path, json!({ "sku": "X", "title": "x" })).key("variant-250"),
        )
        .await?;
    recorder
        .ask(
            "add_variant: with everything wrong",
            422,
            add(&path, json!({ "sku": "", "title": "" })),
        )
        .await?;
    let missing = format!("{PRODUCTS}/{}/variants", nobody("prd"));
    recorder
        .ask(
            "add_variant: to nothing",
            404,
            add(&missing, json!({ "sku": "X", "title": "x" })),
        )
        .await?;

    let id = made.text("/id")?;
    let path = format!("/v1/variants/{id}");
    let none = format!("/v1/variants/{}", nobody("var"));
    let change = |path: &str, etag: &str, body: Value| Ask::patch(path, etag, &body).by(&sam);
    let etag = made.etag()?;
    let changed = recorder
        .ask(
            "update_variant: a new title",
            200,
            change(&path, &etag, json!({ "title": "half a pound" })),
        )
        .await?;
    let now = changed.etag()?;
    for (case, status, ask) in [
        (
            "of a version that is gone",
            412,
            change(&path, &etag, json!({ "title": "x" })),
        ),
        (
            "with a SKU of another",
            409,
            change(&path, &now, json!({ "sku": "SENCHA-100" })),
        ),
        (
            "with everything wrong",
            422,
            change(&path, &now, json!({ "sku": "a b", "title": null })),
        ),
        (
            "a draft",
            422,
            change(&path, &now, json!({ "status": "draft" })),
        ),
        (
            "that is none",
            404,
            change(&none, &now, json!({ "title": "x" })),
        ),
        (
            "taken off the shop",
            200,
            change(&path, &now, json!({ "status": "archived" })),
        ),
    ] {
        recorder
            .ask(&format!("update_variant: {case}"), status, ask)
            .await?;
    }

    let path = format!("/v1/variants/{variant}/prices");
    let none = format!("/v1/variants/{}/prices", nobody("var"));
    let put = |path: &str, etag: &str, body: Value| Ask::put(path, etag, &body).by(&sam);
    let price = |amount: i64| json!({ "prices": [{ "amount": amount, "currency": "EUR" }] });
    let twice = json!({ "prices": [{ "amount": 1, "currency": "EUR" }, { "amount": 2, "currency": "EUR" }] });
    for (case, status, ask) in [
        ("a new price", 200, put(&path, "\"v1\"", price(720))),
        (
            "of a version that is gone",
            412,
            put(&path, "\"v1\"", price(1)),
        ),
        ("below nothing", 422, put(&path, "\"v2\"", price(-1))),
        ("two in one currency", 422, put(&path, "\"v2\"", twice)),
        ("of nothing", 404, put(&none, "\"v1\"", price(1))),
    ] {
        recorder
            .ask(&format!("set_prices: {case}"), status, ask)
            .await?;
    }
    Ok(())
}
