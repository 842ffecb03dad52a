//! What buyers see and do not see, at once after a change.

use serde_json::json;
use tenon_testkit::engines;

use super::{change, find, publish, search, slugs};
use crate::shop::{Shop, id};

#[tokio::test]
async fn only_what_is_on_sale_is_found() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (buyer, staff) = (shop.app.anonymous(), shop.staff.clone());
        let tea = publish(&shop, "nilgiri", json!({ "status": "draft" })).await;
        let path = format!("/v1/products/{}", tea["id"].as_str().unwrap());
        assert!(find(&buyer, "nilgiri").await.is_empty());
        assert!(
            find(&staff, "nilgiri").await.is_empty(),
            "for staff neither"
        );

        change(&shop, &path, json!({ "status": "active" })).await;
        assert_eq!(find(&buyer, "nilgiri").await, ["nilgiri"]);
        change(&shop, &path, json!({ "status": "archived" })).await;
        assert!(find(&buyer, "nilgiri").await.is_empty());
        assert!(find(&buyer, "nilgirri").await.is_empty(), "nor with typos");
        assert_eq!(search(&buyer, "").await["total"], 0);
        change(&shop, &path, json!({ "status": "active" })).await;
        assert_eq!(find(&buyer, "nilgiri").await, ["nilgiri"]);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_change_is_found_as_soon_as_it_is_answered() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.app.anonymous();
        let category = json!({ "slug": "green", "title": "Grüntee", "position": 1 });
        let category = shop
            .staff
            .post("/v1/categories")
            .json(&category)
            .await
            .expect(201);
        let tea = publish(&shop, "sencha", json!({ "description": "Süß und mild" })).await;
        let path = format!("/v1/products/{}", tea["id"].as_str().unwrap());
        let variant = format!(
            "/v1/variants/{}",
            tea["variants"][0]["id"].as_str().unwrap()
        );
        for words in ["suess", "SUSS", "süß und", "mild sencha"] {
            assert_eq!(find(&buyer, words).await, ["sencha"], "{words}");
        }
        let renamed =
            json!({ "title": "Bancha", "description": "", "category_id": category["id"] });
        change(&shop, &path, renamed).await;
        assert!(find(&buyer, "mild").await.is_empty());
        for words in ["bancha", "grüntee", "gruentee banch"] {
            assert_eq!(find(&buyer, words).await, ["sencha"], "{words}");
        }
        let more = json!({ "sku": "BAN-9", "title": "Dose", "prices": [{ "amount": 990, "currency": "EUR" }] });
        shop.staff
            .post(&format!("{path}/variants"))
            .json(&more)
            .await
            .expect(201);
        assert_eq!(find(&buyer, "ban-9 dose").await, ["sencha"]);

        let cheap = "currency=EUR&price_max=400";
        assert_eq!(search(&buyer, cheap).await["total"], 0);
        let prices = json!({ "prices": [{ "amount": 400, "currency": "EUR" }] });
        let put = shop
            .staff
            .put(&format!("{variant}/prices"))
            .header("if-match", "\"v1\"");
        put.json(&prices).await.expect(200);
        assert_eq!(search(&buyer, cheap).await["total"], 1);
        let gone = json!({ "status": "archived" });
        let archive = shop.staff.patch(&variant).header("if-match", "\"v2\"");
        archive.json(&gone).await.expect(200);
        assert_eq!(
            search(&buyer, cheap).await["total"],
            0,
            "its price went with it"
        );
        assert!(find(&buyer, "sencha").await.is_empty(), "and its SKU");
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_reservation_of_the_last_piece_is_found_as_sold_out() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.app.anonymous();
        let tea = publish(&shop, "assam", json!({})).await;
        let variant = id(&tea["variants"][0]);
        let in_stock = async |which: &str| {
            let found = search(&buyer, &format!("q=assam&availability={which}")).await;
            slugs(&found).len()
        };
        assert_eq!(
            (in_stock("in_stock").await, in_stock("out_of_stock").await),
            (0, 1)
        );
        shop.receive(variant, 1).await;
        assert_eq!(
            (in_stock("in_stock").await, in_stock("out_of_stock").await),
            (1, 0)
        );
        let reservation = shop.new_reservation();
        shop.reserve(reservation, &[(variant, 1)])
            .await
            .expect("in stock");
        assert_eq!(
            (in_stock("in_stock").await, in_stock("out_of_stock").await),
            (0, 1)
        );
        shop.release(reservation).await.expect("held");
        assert_eq!(
            (in_stock("in_stock").await, in_stock("out_of_stock").await),
            (1, 0)
        );
        shop.app.assert_invariants().await;
    }
}
