//! Which pieces may come back, when, and who may say so.

use super::*;

/// Parallel wishes for the last piece: one is granted.
#[tokio::test]
async fn no_piece_is_in_two_returns() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let wishes = (0..8).map(|n| {
            let request = it.wish(&it.buyer.client, &format!("race-{n}"), &[(0, 2)]);
            tokio::spawn(async move { request.await })
        });
        let mut replies = Vec::new();
        for wish in wishes.collect::<Vec<_>>() {
            replies.push(wish.await.expect("no panic"));
        }
        let granted = replies.iter().filter(|reply| reply.status() == 201).count();
        let refused = replies.iter().filter(|reply| reply.status() == 422).count();
        assert_eq!((granted, refused), (1, 7));
        let path = format!("/v1/orders/{}/returns", it.order);
        let listed = it.buyer.get(&path).await.expect(200);
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed["returnable"][0]["quantity"], 1);
        it.shop.app.assert_invariants().await;
    }
}

/// A receipt and a cancellation at once: one of them, with everything that belongs to it.
#[tokio::test]
async fn a_return_is_received_or_cancelled() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let approved = it.approved("r1", &[(0, 3)]).await;
        let cancel = format!("{}/cancellations", path_of(&approved));
        let (received, cancelled) = tokio::join!(it.receive(&approved, "a1", false), async {
            it.buyer.client.post(&cancel).await
        },);
        let outcome = (received.status().as_u16(), cancelled.status().as_u16());
        assert!(
            outcome == (202, 409) || outcome == (409, 200),
            "{outcome:?}"
        );
        it.shop.app.settle().await;
        let back = if outcome.0 == 202 { 3 } else { 0 };
        assert_eq!(it.shop.catalog.on_hand(it.tea), 7 + back);
        assert_eq!(it.given(), 500 * back);
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn what_did_not_arrive_can_come_later() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let approved = it.approved("r1", &[(0, 3), (1, 1)]).await;
        let body = json!({ "note": "one tea was used", "lines": [
            { "line_id": it.lines[0], "received": 1, "restock": false, "condition": "used" },
            { "line_id": it.lines[1], "received": 0, "restock": true },
        ] });
        let received = it.receive_as(&approved, "a1", &body).await.expect(202);
        assert_eq!(received["refund"]["amount"]["amount"], 500);
        assert_eq!(received["restock_status"], "none");
        assert_eq!(received["lines"][0]["condition"], "used");
        it.shop.app.settle().await;
        assert_eq!(it.shop.catalog.on_hand(it.tea), 7, "used tea is not sold");
        assert!(!it.shop.catalog.calls().contains(&"return_stock"));
        let later = it.approved("r2", &[(0, 2), (1, 1)]).await;
        it.receive(&later, "a2", false).await.expect(202);
        it.shop.app.settle().await;
        assert_eq!(it.given(), 1_500 + 900);
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn buyers_have_a_while_and_the_shop_has_not() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        it.shop.wait(30 * DAY).await;
        it.ask("r1", &[(0, 1)]).await.expect(201);
        it.shop.wait(DAY).await;
        let closed = it.ask("r2", &[(0, 1)]).await.expect(409);
        assert_eq!(closed["code"], "orders.return_window_closed");
        let own = it.ask_by(&it.staff, "r3", &[(0, 1)]).await.expect(201);
        assert_eq!(
            (&own["status"], &own["requested_by"]),
            (&json!("approved"), &json!("shop"))
        );
    }
}

#[tokio::test]
async fn nothing_comes_back_that_has_not_left() {
    for engine in engines() {
        let it = Sold::unsent(engine, OrdersSettings::default()).await;
        let refused = it.ask("r1", &[(0, 1)]).await.expect(409);
        assert_eq!(refused["code"], "orders.order_not_returnable");
        it.send(&[(0, 1)]).await;
        let refused = it.ask("r2", &[(0, 2)]).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/lines/0/quantity");
        let refused = it.ask("r3", &[(1, 1)]).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/lines/0/quantity");
        it.ask("r4", &[(0, 1)]).await.expect(201);
    }
}

#[tokio::test]
async fn strangers_see_nothing_and_buyers_do_not_decide() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let asked = it.ask("r1", &[(0, 1)]).await.expect(201);
        let bob = it.shop.app.user("bob", &[Role::Customer]);
        for path in [path_of(&asked), format!("/v1/orders/{}/returns", it.order)] {
            bob.get(&path).await.expect(404);
            it.shop.app.anonymous().get(&path).await.expect(404);
        }
        it.ask_by(&bob, "r2", &[(0, 1)]).await.expect(404);
        let cancel = format!("{}/cancellations", path_of(&asked));
        bob.post(&cancel).await.expect(404);
        let decision = json!({ "status": "approved" });
        let own = it.buyer.client.patch(&path_of(&asked));
        own.header("if-match", "\"v1\"")
            .json(&decision)
            .await
            .expect(403);
        it.decide(&asked, 2, "approved").await.expect(412);
        let rejected = it.decide(&asked, 1, "rejected").await.expect(200);
        assert_eq!(rejected["decision_note"], "send it to us");
        it.decide(&asked, 2, "approved").await.expect(409);
        it.receive(&asked, "a1", false).await.expect(409);
        it.buyer.client.post(&cancel).await.expect(409);
        it.ask("r3", &[(0, 3)]).await.expect(201);
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn wrong_members_are_named() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let path = format!("/v1/orders/{}/returns", it.order);
        let line = |line: &str, quantity: i64| json!({ "line_id": line, "quantity": quantity, "reason": "other" });
        let tea = it.lines[0].as_str();
        let stranger = "lin_00000000000000000000000000";
        for (key, status, body, pointer) in [
            ("1", 422, json!({ "lines": [] }), "/lines"),
            (
                "2",
                422,
                json!({ "lines": [line(stranger, 1)] }),
                "/lines/0/line_id",
            ),
            (
                "3",
                422,
                json!({ "lines": [line(tea, 1), line(tea, 1)] }),
                "/lines/1/line_id",
            ),
            (
                "4",
                422,
                json!({ "lines": [line(tea, 0)] }),
                "/lines/0/quantity",
            ),
            (
                "5",
                422,
                json!({ "lines": [line(tea, 1)], "note": "a\nb" }),
                "/note",
            ),
            (
                "6",
                400,
                json!({ "lines": [{ "line_id": tea, "quantity": 1, "reason": "moon" }] }),
                "/lines/0/reason",
            ),
        ] {
            let problem = it.buyer.client.post(&path).key(key).json(&body).await;
            let problem = problem.expect(status);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let approved = it.approved("r1", &[(0, 2)]).await;
        let arrived = |received: i64, condition: Value| json!({ "line_id": tea, "received": received, "restock": true, "condition": condition });
        for (key, lines, pointer) in [
            ("a", json!([]), "/lines"),
            ("b", json!([arrived(3, json!("new"))]), "/lines/0/received"),
            ("c", json!([arrived(1, Value::Null)]), "/lines/0/condition"),
            ("d", json!([arrived(0, Value::Null)]), "/lines"),
            (
                "e",
                json!([arrived(1, json!("new")), arrived(1, json!("new"))]),
                "/lines/1/line_id",
            ),
        ] {
            let body = json!({ "lines": lines });
            let problem = it.receive_as(&approved, key, &body).await.expect(422);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        it.shop.app.settle().await;
        assert_eq!((it.given(), it.shop.catalog.on_hand(it.tea)), (0, 7));
    }
}
