//! Many changes at once: the index is what the last of them left.

use std::sync::Arc;

use catalog_contract::{LocationId, VariantId};
use futures_util::future::join_all;
use serde_json::json;
use tenon_store::Queryable as _;
use tenon_testkit::{engines, rounds};

use super::{publish, search};
use crate::shop::{Shop, id};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_one_product_at_once_leave_the_index_as_the_product_is() {
    for engine in engines() {
        let shop = Arc::new(Shop::open(engine).await);
        let variants = json!([{ "sku": "A", "title": "a" }, { "sku": "B", "title": "b" }]);
        let tea = publish(&shop, "tea", json!({ "variants": variants })).await;
        let path = format!("/v1/products/{}", tea["id"].as_str().expect("an id"));
        let [a, b]: [VariantId; 2] = [id(&tea["variants"][0]), id(&tea["variants"][1])];
        for round in 0..rounds(4) {
            shop.receive(a, 1).await;
            shop.receive(b, 1).await;
            let version = shop.staff.get(&path).await.expect(200)["version"].clone();
            let etag = format!("\"v{version}\"");
            let rename = shop.staff.patch(&path).header("if-match", &etag);
            let rename = rename.json(&json!({ "title": format!("Round {round}") }));
            let more = json!({ "sku": format!("C-{round}"), "title": "c" });
            let more = shop.staff.post(&format!("{path}/variants")).json(&more);
            let reserve = [a, b].map(|variant| {
                let (shop, id) = (Arc::clone(&shop), shop.new_reservation());
                tokio::spawn(async move { shop.reserve(id, &[(variant, 1)]).await })
            });
            let changes = [rename.into_future(), more.into_future()].map(tokio::spawn);
            for reply in join_all(changes).await {
                let status = reply.expect("no panic").status().as_u16();
                assert!(matches!(status, 200 | 201 | 412), "{status}");
            }
            for reserved in join_all(reserve).await {
                reserved.expect("no panic").expect("there is one");
            }
            assert!(shop.broken_invariants().await.is_empty(), "{engine:?}");
            let sold_out = search(&shop.staff, "q=a&availability=out_of_stock").await;
            assert_eq!(sold_out["total"], 1);
        }
    }
}

/// The last pieces of two locations go at once: each sees the other's as there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_locations_emptied_at_once_leave_nothing_to_be_found_in_stock() {
    for engine in engines() {
        let shop = Arc::new(Shop::open(engine).await);
        let branch: LocationId = shop.app.kit().env().new_id();
        let mut ctx = shop.app.kit().ctx();
        let mut tx = shop
            .db
            .begin(&mut ctx, "test.branch")
            .await
            .expect("begins");
        let now = tx.now();
        tx.query("INSERT INTO locations (id, code, title, priority, created_at) VALUES ($1, 'branch', 'Branch', 1, $2)")
            .bind(branch)
            .bind(now)
            .execute()
            .await
            .expect("is written");
        tx.commit().await.expect("commits");
        let tea = publish(&shop, "tea", json!({})).await;
        let variant: VariantId = id(&tea["variants"][0]);
        shop.receive(variant, 1).await;
        let adjust = |round: usize, delta: i64| {
            let body = json!({
                "variant_id": variant, "location_id": branch, "delta": delta, "reason": "correction",
            });
            let key = format!("{round}:{delta}");
            let request = shop.staff.post("/v1/inventory/adjustments").key(&key);
            tokio::spawn(request.json(&body).into_future())
        };
        for round in 0..rounds(6) {
            let added = adjust(round, 1).await.expect("no panic");
            added.expect(201);
            let (racer, reservation) = (Arc::clone(&shop), shop.new_reservation());
            let reserved =
                tokio::spawn(async move { racer.reserve(reservation, &[(variant, 1)]).await });
            let (taken, reserved) = tokio::join!(adjust(round, -1), reserved);
            taken.expect("no panic").expect(201);
            reserved.expect("no panic").expect("there is one here");
            assert!(shop.broken_invariants().await.is_empty(), "{engine:?}");
            let sold_out = search(&shop.staff, "availability=out_of_stock").await;
            assert_eq!(sold_out["total"], 1, "{engine:?}");
            shop.release(reservation).await.expect("held");
        }
    }
}
