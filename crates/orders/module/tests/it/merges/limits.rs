//! What finds no room in the cart of the person: told until they have agreed to the cart as it is.

use serde_json::{Value, json};
use tenon_testkit::engines;

use super::{lines, problems};
use crate::support::Shop;

fn left_out(cart: &Value, position: usize) -> &Value {
    &cart["problems"][position]["left_out"]
}

#[tokio::test]
async fn pieces_beyond_what_a_line_may_have_are_told_until_they_are_noted() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (cup, tea) = (shop.sell("CUP-1", 1, 99_999), shop.sell("TEA-1", 1, 99_999));
        let own = shop.customer("ada", &[(cup, 1), (tea, 9_000)]).await;
        let guest = shop.guest(&[(tea, 1_002)]).await;
        let etag = guest.etag().await;
        let merge = async || {
            let request = guest.merge_at(&own.client, &etag);
            request.key("m1").json(&json!({})).await.expect(201)
        };
        let cart = merge().await;
        assert_eq!(lines(&cart)[1], json!(["TEA-1", 9_999, 1]));
        assert_eq!(problems(&cart), ["quantity_limit"]);
        let told = &cart["problems"][0];
        assert_eq!(
            *left_out(&cart, 0),
            json!({ "variant_id": tea, "quantity": 3 })
        );
        assert_eq!(
            (&told["pointer"], &told["line_id"]),
            (&json!("/lines/1"), &cart["lines"][1]["id"])
        );
        assert_eq!(merge().await, cart, "told again to who asks again");
        assert_eq!(own.get(&own.path()).await.expect(200), cart);

        // It is named where it stands; a line that is gone is not named.
        let first = format!(
            "{}/lines/{}",
            own.path(),
            cart["lines"][0]["id"].as_str().expect("id")
        );
        let etag = own.etag().await;
        let without = own.client.delete(&first).header("if-match", &etag).await;
        assert_eq!(without.expect(200)["problems"][0]["pointer"], "/lines/0");
        let agreed = own.change(&json!({})).await.expect(200);
        assert_eq!(problems(&agreed), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn lines_beyond_what_a_cart_may_have_are_told() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let variants: Vec<_> = (0..101)
            .map(|number| shop.sell(&format!("TEA-{number}"), 100, 999))
            .collect();
        let all: Vec<_> = variants.iter().map(|variant| (*variant, 1)).collect();
        let own = shop.customer("ada", &all[..99]).await;
        let guest = shop
            .guest(&[(variants[98], 2), all[99], (variants[100], 7)])
            .await;
        let cart = guest.merge(&own.client, &json!({})).await.expect(201);
        assert_eq!(lines(&cart).len(), 100);
        assert_eq!(lines(&cart)[98], json!(["TEA-98", 3, 100]));
        assert_eq!(lines(&cart)[99], json!(["TEA-99", 1, 100]));
        assert_eq!(problems(&cart), ["line_limit"]);
        assert_eq!(
            *left_out(&cart, 0),
            json!({ "variant_id": variants[100], "quantity": 7 })
        );
        // A second guest adds to what is told.
        let other = shop.guest(&[(variants[100], 1)]).await;
        let cart = other.merge(&own.client, &json!({})).await.expect(201);
        assert_eq!(problems(&cart), ["line_limit", "line_limit"]);
        // It is no reason not to sell the rest.
        own.checkout("k1", Some("pm_success")).await.expect(201);
    }
}

#[tokio::test]
async fn codes_are_joined_as_far_as_they_count_and_combine() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 5_000, 99);
        let promote = async |code: &str, members: Value| {
            let mut body =
                json!({ "code": code, "kind": "percent", "rate": "0.10", "combinable": true });
            body.as_object_mut()
                .expect("an object")
                .extend(members.as_object().expect("an object").clone());
            shop.promote(&body).await
        };
        promote("OWN", json!({})).await;
        promote("BOTH", json!({})).await;
        promote("ALONE", json!({ "combinable": false })).await;
        let ended = promote("ENDED", json!({})).await;
        let own = shop.customer("ada", &[(tea, 1)]).await;
        for code in ["OWN", "BOTH"] {
            own.enter(code).await.expect(201);
        }
        promote("GUEST", json!({})).await;
        let guest = shop.guest(&[(tea, 1)]).await;
        for code in ["BOTH", "GUEST", "ENDED"] {
            guest.enter(code).await.expect(201);
        }
        let alone = shop.guest(&[(tea, 1)]).await;
        alone.enter("ALONE").await.expect(201);
        let off = json!({ "status": "disabled" });
        shop.change_promotion(&ended, &off).await.expect(200);

        let codes = |cart: &Value| -> Vec<Value> {
            let codes = cart["promotion_codes"].as_array().expect("a list").iter();
            codes.map(|it| it["code"].clone()).collect()
        };
        let cart = guest.merge(&own.client, &json!({})).await.expect(201);
        assert_eq!(codes(&cart), ["OWN", "BOTH", "GUEST"]);
        assert_eq!(problems(&cart), ["promotion_ended"]);
        assert_eq!(cart["problems"][0]["pointer"], "/promotion_codes");
        let cart = alone.merge(&own.client, &json!({})).await.expect(201);
        assert_eq!(codes(&cart), ["OWN", "BOTH", "GUEST"]);
        assert_eq!(
            problems(&cart),
            ["promotion_ended", "promotion_not_combinable"]
        );
        let detail = cart["problems"][1]["detail"].as_str().expect("a sentence");
        assert!(detail.contains("ALONE"), "{detail}");
    }
}
