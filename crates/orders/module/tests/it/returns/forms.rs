//! Orders with what came back of them in the answer, and answers that say little.

use serde_json::{Value, json};
use tenon_testkit::engines;

use super::Sold;

#[tokio::test]
async fn orders_have_parcels_and_returns_in_them_for_whoever_asks() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let first = it.ask("r1", &[(0, 1)]).await.expect(201);
        let second = it.ask("r2", &[(1, 1)]).await.expect(201);
        let other = it.shop.customer("ada", &[(it.tea, 1)]).await;
        other.checkout("k2", Some("pm_success")).await.expect(201);

        let path = format!("/v1/orders/{}", it.order);
        let buyer = &it.buyer.client;
        let plain = buyer.get(&path).await.expect(200);
        assert!(plain.get("returns").is_none());
        let expanded = buyer.get(&format!("{path}?expand=returns")).await;
        assert_eq!(expanded.header("etag"), None);
        let mut expanded = expanded.expect(200);
        assert_eq!(expanded["returns"], json!([first, second]));
        // It is the same order beside it.
        expanded.as_object_mut().expect("members").remove("returns");
        assert_eq!(expanded, plain);

        let list = buyer.get("/v1/orders?expand=returns,fulfillments").await;
        let list = list.expect(200);
        let orders = list["data"].as_array().expect("orders");
        assert_eq!(orders[0]["returns"], json!([]));
        assert_eq!(orders[0]["fulfillments"], json!([]));
        assert_eq!(orders[1]["returns"], json!([first, second]));
        assert_eq!(orders[1]["fulfillments"], plain["fulfillments"]);
        assert_eq!(plain["fulfillments"].as_array().map(Vec::len), Some(1));

        let sparse = "/v1/orders?limit=1&expand=returns&fields=id,returns.status,totals.total";
        let page = it.staff.get(sparse).await;
        let link = page.header("link").expect("a next page").to_owned();
        let page = page.expect(200);
        assert!(page["next_cursor"].is_string() && page["has_more"] == true);
        let next = link
            .trim_start_matches('<')
            .split('>')
            .next()
            .expect("a path");
        let page = it.staff.get(next).await.expect(200);
        let total = &plain["totals"]["total"];
        assert_eq!(
            page["data"],
            json!([{ "id": it.order, "totals": { "total": total },
                     "returns": [{ "status": "requested" }, { "status": "requested" }] }])
        );
        // Nobody gets to see what they may not.
        let stranger = it.shop.customer("bob", &[(it.tea, 1)]).await;
        let hidden = format!("{path}?expand=returns");
        let hidden = stranger.client.get(&hidden).await;
        assert_eq!(hidden.code(), "orders.order_not_found");
    }
}

#[tokio::test]
async fn what_is_kept_under_a_key_is_whole_whatever_the_caller_preferred() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let wish = || it.wish(&it.buyer.client, "r1", &[(0, 1)]);
        let little = wish().header("prefer", "return=minimal").await;
        let location = little.header("location").expect("a place").to_owned();
        assert_eq!(little.header("preference-applied"), Some("return=minimal"));
        assert_eq!(little.expect(201), Value::Null);

        let whole = wish().await;
        assert_eq!(whole.header("idempotent-replayed"), Some("true"));
        assert_eq!(whole.header("location"), Some(location.as_str()));
        let whole = whole.expect(201);
        assert_eq!(it.look(&whole).await, whole);
        let again = wish().header("prefer", "return=minimal").await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201), Value::Null);
    }
}
