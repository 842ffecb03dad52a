//! Orders: read, sent in parcels, cancelled.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::purchase::Bought;
use super::{nobody, parcels, returns};
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const ORDERS: &str = "/v1/orders";

/// Plays it; returns the order whose parcel arrived.
pub(crate) async fn play(shop: &mut Shop, bought: &Bought) -> Result<String> {
    let sent = bought.on_page.order.clone();
    let email = shop.ada.email.clone();
    let order = Ask::get(format!("{ORDERS}/{sent}")).by(&shop.ada);
    let number = shop.recorder.quietly(order).await?.text("/number")?;
    let text = shop
        .mail("the first order is confirmed", &email, &number)
        .await?;
    shop.stop_mails = text
        .split_once("/v1/unsubscriptions/")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .map(|token| format!("/v1/unsubscriptions/{token}"))
        .context("the mail has no link that stops further ones")?;
    read(shop, &sent).await?;
    guests(shop, bought).await?;
    lists(shop, bought).await?;
    parcels::play(shop, &sent).await?;
    returns::play(shop, &sent, &bought.second_try.order).await?;
    cancelled(shop, bought).await?;
    Ok(sent)
}

async fn read(shop: &mut Shop, order: &str) -> Result<()> {
    let path = format!("{ORDERS}/{order}");
    let timeline = format!("{path}/timeline");
    let (ada, bob, sam) = (shop.ada.clone(), shop.bob.clone(), shop.sam.clone());
    shop.until("the whole story", Ask::get(&timeline).by(&ada), |answer| {
        let moments = answer.body["data"].as_array().into_iter().flatten();
        moments
            .filter(|moment| moment["kind"] == "payment.captured")
            .count()
            == 1
    })
    .await?;
    let recorder = &mut shop.recorder;
    let found = recorder
        .ask("get_order: of oneself", 200, Ask::get(&path).by(&ada))
        .await?;
    let known = Ask::get(&path)
        .by(&ada)
        .with("if-none-match", found.etag()?);
    recorder.ask("get_order: nothing new", 304, known).await?;
    recorder
        .ask("get_order: head", 200, Ask::head(&path).by(&ada))
        .await?;
    recorder
        .ask("get_order: for staff", 200, Ask::get(&path).by(&sam))
        .await?;
    recorder
        .ask(
            "get_order_timeline: of oneself",
            200,
            Ask::get(&timeline).by(&ada),
        )
        .await?;
    for (case, status, query) in [
        (
            "some of its members",
            200,
            "fields=id,status,lines.quantity",
        ),
        ("with its returns", 200, "expand=returns"),
        ("a member that is none", 400, "fields=id,colour"),
        (
            "members of members of members",
            400,
            "fields=totals.total.amount",
        ),
        ("with what does not belong to it", 400, "expand=customer"),
    ] {
        let ask = Ask::get(format!("{path}?{query}")).by(&ada);
        recorder
            .ask(&format!("get_order: {case}"), status, ask)
            .await?;
    }
    let strict = Ask::get(&path)
        .by(&ada)
        .with("prefer", "handling=strict, respond-async");
    recorder
        .ask("get_order: a preference that is unknown", 400, strict)
        .await?;
    let none = format!("{ORDERS}/{}", nobody("ord"));
    for (case, ask) in [
        ("of somebody else", Ask::get(&path).by(&bob)),
        ("for a stranger", Ask::get(&path)),
        ("that is none", Ask::get(&none).by(&ada)),
    ] {
        recorder
            .ask(&format!("get_order: {case}"), 404, ask)
            .await?;
    }
    recorder
        .ask(
            "get_order_timeline: of somebody else",
            404,
            Ask::get(&timeline).by(&bob),
        )
        .await?;
    Ok(())
}

async fn guests(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let path = format!("{ORDERS}/{}", bought.by_guest.order);
    let token = &bought.by_guest.cart_token;
    let recorder = &mut shop.recorder;
    recorder
        .ask(
            "get_order: with the cart's secret",
            200,
            Ask::get(&path).with_cart(token),
        )
        .await?;
    let timeline = Ask::get(format!("{path}/timeline")).with_cart(token);
    recorder
        .ask("get_order_timeline: with the cart's secret", 200, timeline)
        .await?;
    let wrong = Ask::get(&path).with_cart("not-the-secret-of-any-cart");
    recorder
        .ask("get_order: with another secret", 404, wrong)
        .await?;
    Ok(())
}

async fn lists(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let (ada, bob, sam) = (shop.ada.clone(), shop.bob.clone(), shop.sam.clone());
    let number = shop
        .recorder
        .quietly(Ask::get(format!("{ORDERS}/{}", bought.on_page.order)).by(&ada))
        .await?
        .text("/number")?;
    let list = |query: &str| Ask::get(format!("{ORDERS}?{query}"));
    let recorder = &mut shop.recorder;
    recorder
        .ask("list_orders: of oneself", 200, list("").by(&ada))
        .await?;
    recorder
        .ask(
            "list_orders: of somebody without any",
            200,
            list("").by(&bob),
        )
        .await?;
    recorder
        .ask("list_orders: head", 200, Ask::head(ORDERS).by(&ada))
        .await?;
    let page = recorder
        .ask(
            "list_orders: first page",
            200,
            list("limit=2&status=placed").by(&sam),
        )
        .await?;
    let next = format!(
        "limit=2&status=placed&cursor={}",
        page.text("/next_cursor")?
    );
    recorder
        .ask("list_orders: last page", 200, list(&next).by(&sam))
        .await?;
    for (case, query) in [
        ("by number", format!("number={number}")),
        ("by address", "email=guest@golden.example".to_owned()),
        ("by person", format!("user_id={}", ada.user_id)),
        ("to be paid", "status=pending_payment".to_owned()),
        (
            "sparse, with parcels",
            "limit=2&expand=fulfillments&fields=id,fulfillments.status".to_owned(),
        ),
    ] {
        recorder
            .ask(&format!("list_orders: {case}"), 200, list(&query).by(&sam))
            .await?;
    }
    let foreign = format!("user_id={}", ada.user_id);
    recorder
        .ask(
            "list_orders: by person, for a buyer",
            200,
            list(&foreign).by(&bob),
        )
        .await?;
    recorder
        .ask(
            "list_orders: of a status that is none",
            400,
            list("status=lost").by(&sam),
        )
        .await?;
    Ok(())
}

async fn cancelled(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let (ada, bob, sam) = (shop.ada.clone(), shop.bob.clone(), shop.sam.clone());
    let path = format!("{ORDERS}/{}", bought.second_try.order);
    let body = json!({ "note": "changed my mind" });
    let cancel = |path: &str, key: &str, body: &Value| {
        Ask::post(format!("{path}/cancellations"), body).key(key)
    };
    let none = format!("{ORDERS}/{}", nobody("ord"));
    let long = json!({ "note": "n".repeat(501) });
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        (
            "of somebody else",
            404,
            cancel(&path, "cancel-0", &body).by(&bob),
        ),
        (
            "that is none",
            404,
            cancel(&none, "cancel-1", &body).by(&ada),
        ),
        (
            "with a note too long",
            422,
            cancel(&path, "cancel-2", &long).by(&ada),
        ),
        ("cancelled", 202, cancel(&path, "cancel-3", &body).by(&ada)),
    ] {
        recorder
            .ask(&format!("cancel_order: {case}"), status, ask)
            .await?;
    }
    shop.until("the money to go back", Ask::get(&path).by(&ada), |answer| {
        answer.body["payment_status"] == "refunded"
    })
    .await?;
    let recorder = &mut shop.recorder;
    let again = cancel(&path, "cancel-3", &body).by(&ada);
    recorder
        .ask("cancel_order: sent again under its key", 202, again)
        .await?;
    let other = cancel(&path, "cancel-3", &json!({ "note": "another" })).by(&ada);
    recorder
        .ask("cancel_order: something else under its key", 422, other)
        .await?;
    recorder
        .ask("get_order: cancelled", 200, Ask::get(&path).by(&ada))
        .await?;
    // Money and order are told by two modules, each with its own time: which of two close moments comes first is
    // not said, that all are there is.
    let timeline = Ask::get(format!("{path}/timeline")).by(&ada);
    shop.until("the story of a cancelled order", timeline, |answer| {
        let moments = answer.body["data"].as_array();
        let told = |kind: &str| {
            let mut moments = moments.into_iter().flatten();
            moments.any(|moment| moment["kind"] == kind)
        };
        ["order.placed", "payment.captured", "order.cancelled"]
            .into_iter()
            .all(told)
    })
    .await?;
    // What later steps have her told must not overtake it.
    shop.mail("an order is cancelled", &ada.email, "12.40")
        .await?;
    let recorder = &mut shop.recorder;
    let found = recorder.quietly(Ask::get(&path).by(&sam)).await?;
    let lines = json!({ "lines": [{ "line_id": found.text("/lines/0/line_id")?, "quantity": 1 }] });
    let pack = Ask::post(format!("{path}/fulfillments"), &lines);
    recorder
        .ask(
            "create_fulfillment: of a cancelled order",
            409,
            pack.by(&sam).key("cancelled"),
        )
        .await?;
    Ok(())
}
