//! Stock: adjustments, levels, the ledger.

use anyhow::Result;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const ADJUSTMENTS: &str = "/v1/inventory/adjustments";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let sam = shop.sam.clone();
    let variant = shop.variant("ASSAM-100").to_owned();
    let recorder = &mut shop.recorder;
    let ask = |body: &Value, key: &str| Ask::post(ADJUSTMENTS, body).by(&sam).key(key);
    let adjust = |delta: i64, reason: &str| json!({ "variant_id": variant, "delta": delta, "reason": reason });
    let arrived =
        json!({ "variant_id": variant, "delta": 100, "reason": "received", "note": "by ship" });
    let none = json!({ "variant_id": nobody("var"), "delta": 1, "reason": "received" });
    let nowhere = json!({ "variant_id": variant, "location_id": nobody("loc"), "delta": 1, "reason": "received" });
    for (case, status, ask) in [
        ("a delivery", 201, ask(&arrived, "delivery-1")),
        ("sent again under its key", 201, ask(&arrived, "delivery-1")),
        (
            "something else under its key",
            422,
            ask(&adjust(1, "received"), "delivery-1"),
        ),
        (
            "some are broken",
            201,
            ask(&adjust(-3, "damaged"), "broken-1"),
        ),
        (
            "more are gone than there are",
            409,
            ask(&adjust(-98, "lost"), "lost-1"),
        ),
        (
            "the same refusal again",
            409,
            ask(&adjust(-98, "lost"), "lost-1"),
        ),
        ("by nothing", 422, ask(&adjust(0, "counted"), "zero-1")),
        (
            "by too much",
            422,
            ask(&adjust(1_000_001, "counted"), "much-1"),
        ),
        (
            "for a reason that is none",
            400,
            ask(&adjust(1, "magic"), "magic-1"),
        ),
        ("of nothing", 422, ask(&none, "none-1")),
        ("at no place", 422, ask(&nowhere, "nowhere-1")),
    ] {
        recorder
            .ask(&format!("adjust_inventory: {case}"), status, ask)
            .await?;
    }
    for (sku, pieces) in [("DARJ-50", 40), ("SENCHA-100", 40), ("OOLONG-25", 1)] {
        let (_, variant) = shop.goods[sku].clone();
        let body = json!({ "variant_id": variant, "delta": pieces, "reason": "received" });
        recorder
            .ask(
                &format!("adjust_inventory: {sku} arrives"),
                201,
                ask(&body, sku),
            )
            .await?;
    }
    for (operation, path) in [
        ("list_stock_levels", "/v1/inventory/levels"),
        ("list_stock_movements", "/v1/inventory/movements"),
    ] {
        let list = |query: &str| Ask::get(format!("{path}?{query}")).by(&sam);
        let of = format!("variant_id={variant}");
        let absent = format!("variant_id={}", nobody("var"));
        let wrong = format!("variant_id={}", nobody("prd"));
        for (case, status, query) in [
            ("of a variant", 200, of.as_str()),
            ("of nothing", 200, &absent),
            ("with an id of another kind", 400, &wrong),
            ("all", 200, ""),
        ] {
            recorder
                .ask(&format!("{operation}: {case}"), status, list(query))
                .await?;
        }
        let head = Ask::head(path).by(&sam);
        recorder
            .ask(&format!("{operation}: head"), 200, head)
            .await?;
        let page = recorder
            .ask(&format!("{operation}: first page"), 200, list("limit=3"))
            .await?;
        let next = format!("limit=3&cursor={}", page.text("/next_cursor")?);
        recorder
            .ask(&format!("{operation}: second page"), 200, list(&next))
            .await?;
    }
    Ok(())
}
