//! Orders: read, sent in parcels, cancelled.

use anyhow::Result;
use serde_json::{Value, json};

use super::checkouts::Bought;
use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const ORDERS: &str = "/v1/orders";

/// Plays it; returns the order whose parcel arrived.
pub(crate) async fn play(shop: &mut Shop, bought: &Bought) -> Result<String> {
    let sent = bought.on_page.order.clone();
    let email = shop.ada.email.clone();
    let order = Ask::get(format!("{ORDERS}/{sent}")).by(&shop.ada);
    let number = shop.recorder.quietly(order).await?.text("/number")?;
    shop.mail("the first order is confirmed", &email, &number)
        .await?;
    read(shop, &sent).await?;
    guests(shop, bought).await?;
    lists(shop, bought).await?;
    parcels(shop, &sent).await?;
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

async fn parcels(shop: &mut Shop, order: &str) -> Result<()> {
    let (ada, sam) = (shop.ada.clone(), shop.sam.clone());
    let path = format!("{ORDERS}/{order}");
    let found = shop.recorder.quietly(Ask::get(&path).by(&sam)).await?;
    let (first, second) = (
        found.text("/lines/0/line_id")?,
        found.text("/lines/1/line_id")?,
    );
    let pack = |path: &str, key: &str, lines: Value| {
        Ask::post(format!("{path}/fulfillments"), &json!({ "lines": lines }))
            .by(&sam)
            .key(key)
    };
    let one = json!([{ "line_id": first, "quantity": 1 }]);
    let rest = json!([{ "line_id": first, "quantity": 1 }, { "line_id": second, "quantity": 1 }]);
    let none = format!("{ORDERS}/{}", nobody("ord"));
    let recorder = &mut shop.recorder;
    let made = recorder
        .ask(
            "create_fulfillment: a part",
            201,
            pack(&path, "parcel-1", one.clone()),
        )
        .await?;
    for (case, status, ask) in [
        (
            "sent again under its key",
            201,
            pack(&path, "parcel-1", one.clone()),
        ),
        (
            "something else under its key",
            422,
            pack(&path, "parcel-1", rest.clone()),
        ),
        ("of nothing", 422, pack(&path, "parcel-2", json!([]))),
        (
            "of a line that is none",
            422,
            pack(
                &path,
                "parcel-3",
                json!([{ "line_id": nobody("lin"), "quantity": 1 }]),
            ),
        ),
        (
            "of more than there is",
            422,
            pack(
                &path,
                "parcel-4",
                json!([{ "line_id": first, "quantity": 9 }]),
            ),
        ),
        ("of no order", 404, pack(&none, "parcel-5", one.clone())),
        ("the rest", 201, pack(&path, "parcel-6", rest)),
        (
            "of an order that is packed",
            422,
            pack(&path, "parcel-7", one),
        ),
    ] {
        recorder
            .ask(&format!("create_fulfillment: {case}"), status, ask)
            .await?;
    }

    let parcel = format!("/v1/fulfillments/{}", made.text("/id")?);
    let none = format!("/v1/fulfillments/{}", nobody("ful"));
    let patch = |path: &str, etag: &str, body: Value| Ask::patch(path, etag, &body).by(&sam);
    let etag = made.etag()?;
    let tracking = json!({ "carrier": "DHL", "tracking_number": "00340", "tracking_url": "https://dhl.example/00340" });
    let named = recorder
        .ask(
            "update_fulfillment: tracked",
            200,
            patch(&parcel, &etag, tracking),
        )
        .await?;
    let now = named.etag()?;
    for (case, status, ask) in [
        (
            "of a version that is gone",
            412,
            patch(&parcel, &etag, json!({ "status": "shipped" })),
        ),
        (
            "that is none",
            404,
            patch(&none, "\"v1\"", json!({ "status": "shipped" })),
        ),
        (
            "with everything wrong",
            422,
            patch(
                &parcel,
                &now,
                json!({ "carrier": "", "tracking_number": "a\nb", "tracking_url": "x" }),
            ),
        ),
        (
            "to a status that is none",
            400,
            patch(&parcel, &now, json!({ "status": "lost" })),
        ),
        (
            "arrived before it left",
            409,
            patch(&parcel, &now, json!({ "status": "delivered" })),
        ),
    ] {
        recorder
            .ask(&format!("update_fulfillment: {case}"), status, ask)
            .await?;
    }
    let sent = recorder
        .ask(
            "update_fulfillment: sent",
            200,
            patch(&parcel, &now, json!({ "status": "shipped" })),
        )
        .await?;
    let email = ada.email.clone();
    shop.mail("a parcel is on its way", &email, "DHL").await?;
    let arrived = patch(&parcel, &sent.etag()?, json!({ "status": "delivered" }));
    let recorder = &mut shop.recorder;
    let arrived = recorder
        .ask("update_fulfillment: arrived", 200, arrived)
        .await?;
    let back = patch(&parcel, &arrived.etag()?, json!({ "status": "shipped" }));
    recorder
        .ask("update_fulfillment: sent after it arrived", 409, back)
        .await?;
    let cancel = Ask::post(format!("{path}/cancellations"), &json!({}));
    recorder
        .ask(
            "cancel_order: a part of which has left",
            409,
            cancel.by(&ada).key("too-late"),
        )
        .await?;
    recorder
        .ask(
            "get_order: a part of which has arrived",
            200,
            Ask::get(&path).by(&ada),
        )
        .await?;
    let timeline = Ask::get(format!("{path}/timeline")).by(&ada);
    recorder
        .ask(
            "get_order_timeline: a part of which has arrived",
            200,
            timeline,
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
    let timeline = Ask::get(format!("{path}/timeline")).by(&ada);
    recorder
        .ask("get_order_timeline: cancelled", 200, timeline)
        .await?;
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
    let email = ada.email.clone();
    shop.mail("an order is cancelled", &email, "cancel").await?;
    Ok(())
}
