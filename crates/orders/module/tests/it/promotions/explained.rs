//! Explained money: the steps to a total, as carts and orders tell them.

use serde_json::{Value, json};
use tenon_testkit::engines;

use super::{euros, tenth, with};
use crate::support::Shop;

fn sum(steps: &Value, member: &str) -> i64 {
    let steps = steps.as_array().expect("a list").iter();
    steps
        .map(|step| step[member]["amount"].as_i64().expect("money"))
        .sum()
}

#[tokio::test]
async fn the_steps_of_cart_and_order_add_up_to_the_total() {
    for engine in engines() {
        for included in [true, false] {
            let settings = orders::OrdersSettings {
                prices_include_tax: included,
                ..orders::OrdersSettings::default()
            };
            let shop = Shop::with(engine, settings).await;
            let both = json!({ "combinable": true });
            shop.promote(&with(tenth(), both.clone())).await;
            shop.promote(&with(with(euros(100), both), json!({ "code": "ONE" })))
                .await;
            let (tea, cup) = (shop.sell("TEA-1", 333, 9), shop.sell("CUP-1", 335, 9));
            let buyer = shop.guest(&[(tea, 1), (cup, 2)]).await;
            buyer.enter("ONE").await.expect(201);
            buyer.enter("TEA").await.expect(201);
            let path = format!("{}?explain=true", buyer.path());
            let cart = buyer.get(&path).await.expect(200);
            let steps = &cart["explanation"]["steps"];
            assert_eq!(json!(sum(steps, "adds")), cart["totals"]["total"]["amount"]);
            let kinds: Vec<&str> = steps
                .as_array()
                .expect("a list")
                .iter()
                .map(|step| step["kind"].as_str().expect("text"))
                .collect();
            assert_eq!(
                kinds,
                ["line", "line", "promotion", "promotion", "delivery", "tax"]
            );
            let percent = &steps[2];
            assert_eq!(percent["code"], "TEA", "parts count before amounts");
            assert_eq!(percent["base"]["amount"], 1_003);
            assert_eq!(percent["adds"]["amount"], -100);
            assert_eq!(percent["remainder"], "3/10");
            assert_eq!(percent["shares"][0]["amount"]["amount"], 33);
            assert_eq!(percent["shares"][0]["remainder"], "201/1003");
            assert_eq!(sum(&percent["shares"], "amount"), 100);
            assert_eq!(sum(&steps[3]["shares"], "amount"), 100);
            assert_eq!(
                sum(&steps[5]["shares"], "amount"),
                steps[5]["amount"]["amount"].as_i64().expect("money")
            );
            assert_eq!(steps[5]["base"]["amount"], 1_003 - 200 + 490);
            assert_eq!(buyer.cart().await.get("explanation"), None);

            let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
            let path = format!(
                "/v1/orders/{}?explain=true",
                checkout["order_id"].as_str().expect("id")
            );
            let order = buyer.get(&path).await.expect(200);
            assert_eq!(order["explanation"], cart["explanation"]);
            assert_eq!(order["totals"], cart["totals"]);
            for (line, shown) in order["lines"]
                .as_array()
                .expect("lines")
                .iter()
                .zip(cart["lines"].as_array().expect("lines"))
            {
                for member in ["unit_price", "discount", "total", "tax"] {
                    assert_eq!(line[member], shown[member]);
                }
            }
            assert_eq!(
                shop.payments.payments()[0].amount.minor(),
                order["totals"]["total"]["amount"].as_i64().expect("money"),
                "what is charged is what was shown"
            );
            shop.app.assert_invariants().await;
        }
    }
}

#[tokio::test]
async fn an_order_without_promotions_is_explained_too() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 3)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let path = format!("/v1/orders/{}", checkout["order_id"].as_str().expect("id"));
        let order = buyer.get(&format!("{path}?explain=true")).await.expect(200);
        assert_eq!(sum(&order["explanation"]["steps"], "adds"), 1_990);
        assert_eq!(order["totals"]["discount"]["amount"], 0);
        buyer
            .get(&format!("{path}?explain=maybe"))
            .await
            .expect(400);
        let stranger = shop.guest_with_cart().await;
        stranger
            .get(&format!("{path}?explain=true"))
            .await
            .expect(404);
    }
}
