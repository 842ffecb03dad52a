//! The demo shop: there after one run, the same after two.

use catalog::Seeded;
use serde_json::json;
use tenon_testkit::engines;

use crate::shop::Shop;

#[tokio::test]
async fn seeding_twice_fills_the_shop_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let first = shop.demo.seed(&shop.app.kit().ctx()).await.expect("seeded");
        assert_eq!((first.categories, first.products), (6, 51));
        let path = "/v1/products/slug:assam-breakfast";
        let tea = shop.app.anonymous().get(path).await.expect(200);
        assert_eq!(tea["variants"][0]["in_stock"], true);
        assert!(
            tea["image"]
                .as_str()
                .is_some_and(|image| image.starts_with("data:image/svg+xml,"))
        );

        let etag = format!("\"v{}\"", tea["version"]);
        let path_by_id = format!("/v1/products/{}", tea["id"].as_str().unwrap());
        let rename = json!({ "title": "Our Assam" });
        shop.staff
            .patch(&path_by_id)
            .header("if-match", &etag)
            .json(&rename)
            .await
            .expect(200);
        let again = shop.demo.seed(&shop.app.kit().ctx()).await.expect("seeded");
        assert_eq!(again, Seeded::default());
        assert_eq!(
            shop.app.anonymous().get(path).await.expect(200)["title"],
            "Our Assam",
            "edits stay"
        );

        let page = shop
            .app
            .anonymous()
            .get("/v1/products?category=tea&limit=200")
            .await
            .expect(200);
        assert_eq!(page["data"].as_array().map(Vec::len), Some(12));
        shop.app.assert_invariants().await;
    }
}
