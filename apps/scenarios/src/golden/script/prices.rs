//! Price lists and their rows; before them groups of customers, after them what somebody pays. Leaves no price behind
//! that others would meet.

use anyhow::Result;
use serde_json::{Value, json};

use super::{customer_groups, nobody, price_quotes};
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const LISTS: &str = "/v1/price-lists";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let group = customer_groups::play(shop).await?;
    let list = lists(shop, &group).await?;
    rows(shop, &list).await?;
    in_the_background(shop, &list).await?;
    price_quotes::play(shop).await?;
    put_away(shop, &list).await
}

async fn lists(shop: &mut Shop, group: &str) -> Result<String> {
    let sam = shop.sam.clone();
    let recorder = &mut shop.recorder;
    let make = |body: Value| Ask::post(LISTS, &body).by(&sam);
    let body = json!({
        "name": "Resellers", "currency": "EUR", "priority": 10, "customer_group_ids": [group],
        "valid_from": "2020-01-01T00:00:00Z", "valid_until": "2099-01-01T00:00:00Z",
    });
    let first = recorder
        .ask(
            "create_price_list: a draft for resellers",
            201,
            make(body.clone()).key("list-resellers"),
        )
        .await?;
    recorder
        .ask(
            "create_price_list: sent again under its key",
            201,
            make(body).key("list-resellers"),
        )
        .await?;
    let wrong = json!({
        "name": "", "currency": "EUR", "priority": -1, "customer_group_ids": [nobody("cgr"), nobody("cgr")],
        "valid_from": "2027-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z",
    });
    let stranger = json!({ "name": "A", "currency": "EUR", "customer_group_ids": [nobody("cgr")] });
    for (case, status, body) in [
        ("with everything wrong", 422, wrong),
        ("for a group that is none", 422, stranger),
        (
            "in a currency that is none",
            400,
            json!({ "name": "A", "currency": "euro" }),
        ),
    ] {
        recorder
            .ask(&format!("create_price_list: {case}"), status, make(body))
            .await?;
    }
    let (id, etag) = (first.text("/id")?, first.etag()?);
    let (path, none) = (
        format!("{LISTS}/{id}"),
        format!("{LISTS}/{}", nobody("prl")),
    );
    let change = |path: &str, etag: &str, body: Value| Ask::patch(path, etag, &body).by(&sam);
    for (case, status, ask) in [
        ("get_price_list: by its id", 200, Ask::get(&path).by(&sam)),
        (
            "get_price_list: nothing new",
            304,
            Ask::get(&path)
                .by(&sam)
                .with("if-none-match", etag.as_str()),
        ),
        ("get_price_list: head", 200, Ask::head(&path).by(&sam)),
        (
            "get_price_list: that is none",
            404,
            Ask::get(&none).by(&sam),
        ),
        (
            "update_price_list: from now on it counts",
            200,
            change(&path, &etag, json!({ "status": "active" })),
        ),
        (
            "update_price_list: of a version that is gone",
            412,
            change(&path, &etag, json!({ "priority": 1 })),
        ),
        (
            "update_price_list: with everything wrong",
            422,
            change(&path, "\"v2\"", json!({ "name": null, "priority": null })),
        ),
        (
            "update_price_list: that is none",
            404,
            change(&none, "\"v1\"", json!({})),
        ),
        (
            "list_price_lists: those that count",
            200,
            Ask::get(format!("{LISTS}?status=active&currency=EUR")).by(&sam),
        ),
        (
            "list_price_lists: of a status that is none",
            400,
            Ask::get(format!("{LISTS}?status=sold")).by(&sam),
        ),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    Ok(id)
}

async fn rows(shop: &mut Shop, list: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let (assam, sencha) = (
        shop.variant("ASSAM-100").to_owned(),
        shop.variant("SENCHA-100").to_owned(),
    );
    let recorder = &mut shop.recorder;
    let (path, none) = (
        format!("{LISTS}/{list}/prices"),
        format!("{LISTS}/{}/prices", nobody("prl")),
    );
    let put = |path: &str, rows: Value| {
        let ask = Ask::new(reqwest::Method::PUT, path).by(&sam);
        ask.json(&json!({ "prices": rows }))
    };
    let row = |variant: &str, from: i64, amount: Value| json!({ "variant_id": variant, "min_quantity": from, "amount": amount });
    let good = json!([
        row(&assam, 1, json!(650)),
        row(&assam, 10, json!(600)),
        row(&sencha, 5, json!(900)),
    ]);
    let bad = json!([
        row(&assam, 0, json!(-1)),
        row(&assam, 1, json!(1)),
        row(&assam, 1, json!(1)),
        { "variant_id": sencha, "min_quantity": 2 },
    ]);
    let unknown = json!([row(&assam, 1, json!(1)), row(&nobody("var"), 1, json!(1))]);
    let removed = json!([row(&sencha, 5, Value::Null)]);
    for (case, status, ask) in [
        ("three of them", 200, put(&path, good.clone())),
        ("the same again", 200, put(&path, good.clone())),
        ("one is removed", 200, put(&path, removed)),
        ("one without an amount", 422, put(&path, bad)),
        ("of a variant that is none", 422, put(&path, unknown)),
        ("of no list", 404, put(&none, good)),
    ] {
        recorder
            .ask(&format!("set_price_list_prices: {case}"), status, ask)
            .await?;
    }
    let page = Ask::get(format!("{path}?limit=1")).by(&sam);
    let page = recorder
        .ask("list_price_list_prices: first page", 200, page)
        .await?;
    let next = format!("{path}?limit=1&cursor={}", page.text("/next_cursor")?);
    for (case, status, path) in [
        ("second page", 200, next),
        ("of a variant", 200, format!("{path}?variant_id={assam}")),
        ("of no list", 404, none),
    ] {
        recorder
            .ask(
                &format!("list_price_list_prices: {case}"),
                status,
                Ask::get(path).by(&sam),
            )
            .await?;
    }
    Ok(())
}

/// Rows that are written by an operation.
async fn in_the_background(shop: &mut Shop, list: &str) -> Result<()> {
    let (ada, sam) = (shop.ada.clone(), shop.sam.clone());
    let sencha = shop.variant("SENCHA-100").to_owned();
    let path = format!("{LISTS}/{list}/prices");
    let put = |amount: Value| {
        let rows = json!([{ "variant_id": sencha, "min_quantity": 7, "amount": amount }]);
        let ask = Ask::new(reqwest::Method::PUT, &path).by(&sam);
        let ask = ask.with("prefer", "respond-async");
        ask.json(&json!({ "prices": rows }))
    };
    let begun = shop
        .recorder
        .ask(
            "set_price_list_prices: in the background",
            202,
            put(json!(800)),
        )
        .await?;
    let at = format!("/v1/operations/{}", begun.text("/id")?);
    let ask = Ask::get(&at).by(&sam);
    let over = shop
        .until("the rows of the operation", ask.clone(), |it| {
            it.body["state"] == "succeeded"
        })
        .await?;
    let etag = over.etag()?;
    for (case, status, ask) in [
        ("once it is over", 200, ask.clone()),
        ("nothing new", 304, ask.with("if-none-match", etag.as_str())),
        ("of somebody else", 404, Ask::get(&at).by(&ada)),
        (
            "that is none",
            404,
            Ask::get(format!("/v1/operations/{}", nobody("op"))).by(&sam),
        ),
    ] {
        shop.recorder
            .ask(&format!("get_operation: {case}"), status, ask)
            .await?;
    }
    shop.recorder
        .ask(
            "set_price_list_prices: in the background, one that is not good",
            422,
            put(json!(-1)),
        )
        .await?;
    Ok(())
}

/// From here on everything costs what it cost before.
async fn put_away(shop: &mut Shop, list: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let path = format!("{LISTS}/{list}");
    let recorder = &mut shop.recorder;
    let etag = recorder.quietly(Ask::get(&path).by(&sam)).await?.etag()?;
    let archived = Ask::patch(&path, &etag, &json!({ "status": "archived" })).by(&sam);
    recorder
        .ask("update_price_list: put away", 200, archived)
        .await?;
    Ok(())
}
