//! The checkout, from a cart to a placed order: what the buyer sees at each turn.

use payments_contract::testing::{Call, Outcome};
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{TestReply, engines};

use crate::support::{DECLINED, Shop, payment_of};

#[tokio::test]
async fn a_payment_that_succeeds_at_once_places_the_order() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 1_190, 10);
        let buyer = shop.guest(&[(tea, 2)]).await;

        let reply = buyer.checkout("k1", Some("pm_success")).await;
        let checkout = reply.expect(201);
        assert_eq!(checkout["status"], "completed");
        assert_eq!(checkout["totals"]["total"]["amount"], 2_380 + 490);
        assert_eq!(
            reply.header("location"),
            Some(format!("/v1/checkouts/{}", checkout["id"].as_str().expect("id")).as_str())
        );

        let order = buyer.order(&checkout).await;
        assert_eq!(order["status"], "placed");
        assert_eq!(order["number"], "100001");
        assert_eq!(order["payment_status"], "authorized");
        assert_eq!(order["lines"][0]["quantity"], 2);
        assert_eq!(
            (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
            (8, 0),
            "the stock is sold"
        );

        let cart = buyer.get(&buyer.path()).await.expect(200);
        assert_eq!(cart["status"], "closed");
        buyer.add(tea, 1).await.expect(409);

        let placed = shop.app.events("orders", "order.placed").await;
        assert_eq!(placed.len(), 1);
        assert_eq!(placed[0].data["order_id"], checkout["order_id"]);
        assert_eq!(placed[0].data["customer"]["email"], "ada@example.com");
        for (event, times) in [
            ("checkout.started", 1),
            ("order.created", 1),
            ("checkout.completed", 1),
        ] {
            assert_eq!(shop.count(event).await, times, "{event}");
        }
        shop.app.settle().await;
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn the_order_is_written_before_the_provider_is_asked() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 1), 1)]).await;
        buyer.checkout("k1", Some("pm_success")).await.expect(201);

        let created = shop.app.events("orders", "order.created").await;
        let Some(Call::Open(opened)) = shop.payments.calls().into_iter().next() else {
            panic!("nothing was opened")
        };
        assert_eq!(created[0].data["payment_id"], json!(opened.payment_id));
        assert_eq!(created[0].data["order_id"], json!(opened.order_id));
        assert_eq!(opened.amount.minor(), 500 + 490);
    }
}

#[tokio::test]
async fn a_repeated_start_finds_the_same_checkout() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;

        let first = buyer.checkout("k1", Some("pm_success")).await;
        let second = buyer.checkout("k1", Some("pm_success")).await;
        assert_eq!(first.expect(201), second.expect(201));
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        assert_eq!(shop.count("order.placed").await, 1);

        let other_body = buyer.checkout("k1", Some("pm_other")).await;
        other_body.expect(422);
        assert_eq!(other_body.code(), "idempotency_key_reused");
        let without_key = json!({ "cart_id": buyer.cart });
        let reply = buyer
            .with_token(buyer.client.post("/v1/checkouts"))
            .json(&without_key)
            .await;
        assert_eq!(reply.code(), "idempotency_key_required");
    }
}

#[tokio::test]
async fn too_little_stock_orders_and_charges_nothing() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 1);
        let buyer = shop.guest(&[(tea, 3)]).await;

        let reply = buyer.checkout("k1", Some("pm_success")).await;
        let problem = reply.expect(409);
        assert_eq!(problem["code"], "orders.out_of_stock");
        assert_eq!(problem["retry"], "new_key");
        assert_eq!(
            problem["lines"],
            json!([{ "variant_id": tea, "requested": 3, "available": 1 }])
        );
        let repeated = buyer.checkout("k1", Some("pm_success")).await;
        assert_eq!(repeated.expect(409)["lines"], problem["lines"]);

        assert_eq!(shop.count("order.created").await, 0);
        assert!(
            shop.payments.calls().is_empty(),
            "nobody was asked for money"
        );
        assert_eq!(shop.catalog.reserved(tea), 0);
        assert_eq!(
            buyer.get(&buyer.path()).await.expect(200)["status"],
            "active"
        );

        shop.catalog.set_on_hand(tea, 3);
        assert_eq!(
            buyer.checkout("k2", Some("pm_success")).await.expect(201)["status"],
            "completed"
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_second_tab_is_shown_the_first_checkout() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let first = buyer.checkout("tab-1", Some("pm_3ds")).await.expect(201);
        assert_eq!(first["status"], "requires_action");
        assert_eq!(first["next_action"]["kind"], "redirect");

        let second = buyer.checkout("tab-2", Some("pm_3ds")).await;
        let problem = second.expect(409);
        assert_eq!(problem["code"], "orders.checkout_exists");
        assert_eq!(problem["checkout_id"], first["id"]);
        assert_eq!(shop.payments.payments().len(), 1);
        let frozen = buyer.add(shop.sell("TEA-2", 1, 1), 1).await;
        assert_eq!(frozen.expect(409)["code"], "orders.cart_frozen");
    }
}

#[tokio::test]
async fn the_buyers_action_is_noticed_without_the_browser() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);

        shop.decide(&payment_of(&checkout), Outcome::Authorize)
            .await; // the browser is closed: nobody confirms

        assert_eq!(buyer.look(&checkout).await["status"], "completed");
        assert_eq!(shop.count("order.placed").await, 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn an_event_told_twice_places_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        let payment = shop
            .decide(&payment_of(&checkout), Outcome::Authorize)
            .await;
        shop.tell(&payment, Outcome::Authorize).await;
        buyer.confirm(&checkout, None).await.expect(200);
        assert_eq!(shop.count("order.placed").await, 1);
    }
}

#[tokio::test]
async fn a_confirmation_asks_the_provider_now() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);

        let waiting = buyer.confirm(&checkout, None).await.expect(200);
        assert_eq!(waiting["status"], "requires_action");
        shop.payments.resolve(
            payment_of(&checkout).parse().expect("id"),
            Outcome::Authorize,
        ); // no event
        let done = buyer.confirm(&checkout, None).await.expect(200);
        assert_eq!(done["status"], "completed");
        assert_eq!(
            buyer.confirm(&checkout, None).await.expect(200),
            done,
            "any number of times"
        );
    }
}

#[tokio::test]
async fn a_key_stands_for_one_confirmation() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        let replayed = |reply: &TestReply| reply.header("idempotent-replayed") == Some("true");

        // Without an attempt, …
        let first = buyer.confirmation(&checkout, None).key("look").await;
        assert_eq!(first.expect(200)["status"], "requires_action");
        assert!(!replayed(&first));
        let repeat = buyer.confirmation(&checkout, None).key("look").await;
        assert_eq!(repeat.expect(200), first.expect(200));
        assert!(replayed(&repeat));
        let other = buyer
            .confirmation(&checkout, Some("pm_success"))
            .key("look");
        assert_eq!(other.await.expect(422)["code"], "idempotency_key_reused");

        // … with one, …
        shop.decide(&payment_of(&checkout), DECLINED).await;
        let again = || {
            buyer
                .confirmation(&checkout, Some("pm_success"))
                .key("again")
        };
        let first = again().await;
        assert_eq!(first.expect(200)["status"], "completed");
        assert!(!replayed(&first));
        let repeat = again().await;
        assert_eq!(repeat.expect(200), first.expect(200));
        assert!(replayed(&repeat));

        // … and refused.
        let buyer = shop.guest(&[(shop.sell("TEA-2", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        buyer.cancel_checkout(&checkout).await.expect(200);
        let late = || buyer.confirmation(&checkout, None).key("late");
        let first = late().await;
        assert_eq!(first.expect(409)["code"], "orders.checkout_closed");
        assert!(!replayed(&first));
        let repeat = late().await;
        assert_eq!(repeat.expect(409)["code"], "orders.checkout_closed");
        assert!(replayed(&repeat));
    }
}

#[tokio::test]
async fn after_a_decline_the_same_checkout_takes_another_attempt() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_declined")).await.expect(201);
        assert_eq!(checkout["status"], "payment_declined");
        assert_eq!(checkout["problems"][0]["code"], "payment_declined");
        assert_eq!(shop.catalog.reserved(tea), 1, "the stock stays reserved");

        let same_again = buyer
            .confirm(&checkout, Some("pm_declined"))
            .await
            .expect(200);
        assert_eq!(
            same_again["payment"]["attempts"], 1,
            "the same wish again is no new attempt"
        );

        let path = format!(
            "/v1/checkouts/{}/confirmations",
            checkout["id"].as_str().expect("id")
        );
        let with_key = || {
            buyer
                .with_token(buyer.client.post(&path))
                .key("again")
                .json(&json!({ "payment_method": "pm_declined" }))
        };
        let by_key = with_key().await.expect(200);
        assert_eq!(
            (&by_key["status"], &by_key["payment"]["attempts"]),
            (&json!("payment_declined"), &json!(2))
        );
        assert_eq!(
            with_key().await.expect(200)["payment"]["attempts"],
            2,
            "one attempt for each key"
        );

        let done = buyer
            .confirm(&checkout, Some("pm_success"))
            .await
            .expect(200);
        assert_eq!(
            (&done["status"], &done["payment"]["attempts"]),
            (&json!("completed"), &json!(3))
        );
        assert_eq!(shop.count("order.placed").await, 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_decline_told_by_event_is_shown() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        shop.decide(&payment_of(&checkout), DECLINED).await;
        let seen = buyer.look(&checkout).await;
        assert_eq!(seen["status"], "payment_declined");
        assert_eq!(seen["problems"][0]["decline"], "declined");
        assert_eq!(seen["next_action"], Value::Null);
    }
}

#[tokio::test]
async fn another_amount_than_the_total_places_nothing() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer
            .checkout("k1", Some("pm_wrong_amount"))
            .await
            .expect(201);
        assert_eq!(checkout["status"], "failed");
        assert_eq!(shop.count("order.placed").await, 0);
        assert_eq!(shop.catalog.reserved(tea), 0);
        assert!(
            shop.payments
                .calls()
                .iter()
                .any(|call| matches!(call, Call::Void(_))),
            "what is held is let go"
        );
        assert_eq!(buyer.order(&checkout).await["status"], "cancelled");
        assert_eq!(
            buyer.get(&buyer.path()).await.expect(200)["status"],
            "active"
        );
        let closed = buyer.confirm(&checkout, None).await;
        assert_eq!(closed.expect(409)["code"], "orders.checkout_closed");
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_price_the_buyer_has_not_seen_is_shown_before_it_is_charged() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        shop.catalog.set_price(tea, crate::support::eur(700));

        let problem = buyer.checkout("k1", Some("pm_success")).await.expect(409);
        assert_eq!(problem["code"], "orders.cart_changed");
        assert_eq!(problem["problems"][0]["code"], "price_changed");
        assert_eq!(problem["problems"][0]["price"]["amount"], 700);
        let cart = buyer.get(&buyer.path()).await.expect(200);
        assert_eq!(
            cart["lines"][0]["unit_price"]["amount"], 700,
            "now the cart shows it"
        );
        assert_eq!(cart["problems"], json!([]));
        assert_eq!(
            buyer.checkout("k2", Some("pm_success")).await.expect(201)["totals"]["total"]["amount"],
            700 + 490
        );
    }
}

#[tokio::test]
async fn a_price_that_changes_after_the_start_does_not_count() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        shop.catalog.set_price(tea, crate::support::eur(9_900));
        shop.decide(&payment_of(&checkout), Outcome::Authorize)
            .await;
        assert_eq!(
            buyer.order(&checkout).await["totals"]["total"]["amount"],
            990
        );
    }
}

#[tokio::test]
async fn an_unfinished_cart_says_what_is_missing() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest_with_cart().await;
        let problem = buyer.checkout("k1", None).await.expect(409);
        assert_eq!(problem["code"], "orders.cart_incomplete");
        let pointers: Vec<&Value> = problem["problems"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| &it["pointer"])
            .collect();
        assert_eq!(
            pointers,
            ["/lines", "/email", "/shipping_address", "/shipping_method"]
        );
    }
}

#[tokio::test]
async fn strangers_see_nothing() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let stranger = shop.app.user("mallory", &[Role::Customer]);
        for path in [
            buyer.path(),
            format!("/v1/checkouts/{}", checkout["id"].as_str().expect("id")),
            format!("/v1/orders/{}", checkout["order_id"].as_str().expect("id")),
        ] {
            stranger.get(&path).await.expect(404);
            shop.app
                .anonymous()
                .get(&path)
                .header("cart-token", "wrong")
                .await
                .expect(404);
        }
        let body = json!({ "cart_id": buyer.cart });
        stranger
            .post("/v1/checkouts")
            .key("k")
            .json(&body)
            .await
            .expect(404);
        shop.staff()
            .get(&format!(
                "/v1/orders/{}",
                checkout["order_id"].as_str().expect("id")
            ))
            .await
            .expect(200);
    }
}
