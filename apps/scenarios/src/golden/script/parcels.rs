//! Parcels: packed, sent, arrived.

use anyhow::Result;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const ORDERS: &str = "/v1/orders";

/// Plays it with an order of two lines.
pub(crate) async fn play(shop: &mut Shop, order: &str) -> Result<()> {
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
    let change = |path: &str, etag: &str, body: Value| Ask::patch(path, etag, &body).by(&sam);
    let etag = made.etag()?;
    let tracking = json!({ "carrier": "DHL", "tracking_number": "00340", "tracking_url": "https://dhl.example/00340" });
    let named = recorder
        .ask(
            "update_fulfillment: tracked",
            200,
            change(&parcel, &etag, tracking),
        )
        .await?;
    let now = named.etag()?;
    for (case, status, ask) in [
        (
            "of a version that is gone",
            412,
            change(&parcel, &etag, json!({ "status": "shipped" })),
        ),
        (
            "that is none",
            404,
            change(&none, "\"v1\"", json!({ "status": "shipped" })),
        ),
        (
            "with everything wrong",
            422,
            change(
                &parcel,
                &now,
                json!({ "carrier": "", "tracking_number": "a\nb", "tracking_url": "x" }),
            ),
        ),
        (
            "to a status that is none",
            400,
            change(&parcel, &now, json!({ "status": "lost" })),
        ),
        (
            "arrived before it left",
            409,
            change(&parcel, &now, json!({ "status": "delivered" })),
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
            change(&parcel, &now, json!({ "status": "shipped" })),
        )
        .await?;
    let email = ada.email.clone();
    shop.mail("a parcel is on its way", &email, "DHL").await?;
    let arrived = change(&parcel, &sent.etag()?, json!({ "status": "delivered" }));
    let recorder = &mut shop.recorder;
    let arrived = recorder
        .ask("update_fulfillment: arrived", 200, arrived)
        .await?;
    let back = change(&parcel, &arrived.etag()?, json!({ "status": "shipped" }));
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
