//! Several at once: one effect, and equal answers.

use std::sync::Arc;
use std::time::Duration;

use payments_contract::testing::{Call, Outcome};
use serde_json::{Value, json};
use tenon_testkit::{TestReply, engines};

use crate::support::{DECLINED, Shop, When, payment_of};

async fn all_at_once<F: Future<Output = TestReply> + Send + 'static>(
    requests: Vec<F>,
) -> Vec<TestReply> {
    let tasks: Vec<_> = requests.into_iter().map(tokio::spawn).collect();
    let mut replies = Vec::with_capacity(tasks.len());
    for task in tasks {
        replies.push(task.await.expect("no request panics"));
    }
    replies
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_equal_starts_have_one_effect_and_equal_answers() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 50);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let requests = (0..10).map(|_| {
            let buyer = buyer.clone();
            async move { buyer.checkout("same", Some("pm_success")).await }
        });
        let replies = all_at_once(requests.collect()).await;
        let first = replies[0].expect(201);
        assert_eq!(first["status"], "completed");
        for reply in &replies {
            assert_eq!(reply.expect(201), first);
        }
        assert_eq!(shop.payments.payments().len(), 1);
        assert_eq!(shop.count("order.placed").await, 1);
        assert_eq!(shop.catalog.on_hand(tea), 49);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_equal_confirmations_have_one_effect_and_equal_answers() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        shop.payments.resolve(
            payment_of(&checkout).parse().expect("id"),
            Outcome::Authorize,
        );
        let requests = (0..10).map(|_| {
            let (buyer, checkout) = (buyer.clone(), checkout.clone());
            async move { buyer.confirm(&checkout, None).await }
        });
        let replies = all_at_once(requests.collect()).await;
        let first = replies[0].expect(200);
        assert_eq!(first["status"], "completed");
        for reply in &replies {
            assert_eq!(reply.expect(200), first);
        }
        assert_eq!(shop.count("order.placed").await, 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_equal_confirmations_after_a_decline_make_one_attempt() {
    for engine in engines() {
        for key in [None, Some("retry")] {
            let shop = Shop::open(engine).await;
            let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
            let checkout = buyer.checkout("k1", Some("pm_declined")).await.expect(201);
            let path = format!(
                "/v1/checkouts/{}/confirmations",
                checkout["id"].as_str().expect("id")
            );
            let requests = (0..10).map(|_| {
                let request = buyer
                    .with_token(buyer.client.post(&path))
                    .json(&json!({ "payment_method": "pm_success" }));
                let request = match key {
                    Some(key) => request.key(key),
                    None => request,
                };
                async move { request.await }
            });
            for reply in all_at_once(requests.collect()).await {
                assert_eq!(reply.expect(200)["status"], "completed");
            }
            let attempts = shop
                .payments
                .calls()
                .into_iter()
                .filter(|call| matches!(call, Call::StartAttempt(_)));
            assert_eq!(attempts.count(), 1);
            assert_eq!(shop.count("order.placed").await, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_equal_confirmations_that_are_declined_again_make_one_attempt() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_declined")).await.expect(201);
        shop.payments.script(Some("pm_empty"), DECLINED);
        let requests = (0..10).map(|_| {
            let (buyer, checkout) = (buyer.clone(), checkout.clone());
            async move { buyer.confirm(&checkout, Some("pm_empty")).await }
        });
        for reply in all_at_once(requests.collect()).await {
            let answer = reply.expect(200);
            assert_eq!(answer["status"], "payment_declined");
            assert_eq!(answer["payment"]["attempts"], 2);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_that_loses_the_swap_is_attempted_all_the_same() {
    for engine in engines() {
        for key in [None, Some("good")] {
            let shop = Shop::open(engine).await;
            let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
            let checkout = buyer.checkout("k1", Some("pm_declined")).await.expect(201);
            shop.payments.script(Some("pm_empty"), DECLINED);
            shop.slow_payments
                .stall_next("refresh_payment", When::After);
            let late = {
                let request = buyer.confirmation(&checkout, Some("pm_success"));
                let request = match key {
                    Some(key) => request.key(key),
                    None => request,
                };
                tokio::spawn(async move { request.await })
            };
            shop.slow_payments.reached().await;
            let faster = buyer.confirm(&checkout, Some("pm_empty")).await.expect(200);
            assert_eq!(faster["status"], "payment_declined");
            shop.slow_payments.release();
            let late = late.await.expect("no panic");
            assert_eq!(late.header("idempotent-replayed"), None);
            let late = late.expect(200);
            assert_eq!(late["status"], "completed");
            assert_eq!(late["payment"]["attempts"], 3);
            shop.app.assert_invariants().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_the_last_attempt_leave_the_next_one_to_its_buyer() {
    for engine in engines() {
        let shop = Arc::new(Shop::open(engine).await);
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_declined")).await.expect(201);
        shop.payments.script(Some("pm_slow"), Outcome::Pending);
        shop.slow_payments.stall_next("get_payments", When::Before);
        let late_news = {
            let (shop, payment) = (Arc::clone(&shop), payment_of(&checkout));
            tokio::spawn(async move { shop.tell(&shop.payment(&payment), DECLINED).await })
        };
        shop.slow_payments.reached().await;
        shop.slow_payments.stall_next("start_attempt", When::After);
        let confirmed = {
            let request = buyer.confirmation(&checkout, Some("pm_slow"));
            tokio::spawn(async move { request.await })
        };
        shop.slow_payments.reached().await;
        let begun = buyer.version(&checkout).await;
        shop.slow_payments.release(); // the news: they see a new attempt that is not theirs
        late_news.await.expect("no panic");
        assert_eq!(buyer.version(&checkout).await, begun);
        shop.slow_payments.release();
        let answer = confirmed.await.expect("no panic").expect(200);
        assert_eq!(answer["status"], "processing");
        assert_eq!(answer["payment"]["attempts"], 2);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_that_finds_the_checkout_in_hand_is_attempted_afterwards() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_declined")).await.expect(201);
        shop.payments.script(Some("pm_empty"), DECLINED);
        shop.slow_payments.stall_next("start_attempt", When::Before);
        let dead = {
            let request = buyer.confirmation(&checkout, Some("pm_empty"));
            tokio::spawn(async move { request.await })
        };
        shop.slow_payments.reached().await;
        dead.abort();
        shop.app.kit().advance(Duration::from_secs(20)); // whoever comes next takes over
        let answer = buyer
            .confirm(&checkout, Some("pm_success"))
            .await
            .expect(200);
        assert_eq!(answer["status"], "completed");
        assert_eq!(answer["payment"]["attempts"], 3);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_one_gets_through() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let requests = (0..2).map(|tab| {
            let buyer = buyer.clone();
            async move { buyer.checkout(&format!("tab-{tab}"), Some("pm_3ds")).await }
        });
        let mut statuses: Vec<u16> = all_at_once(requests.collect())
            .await
            .iter()
            .map(|reply| reply.status().as_u16())
            .collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        assert_eq!(shop.payments.payments().len(), 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_carts_one_gets_the_last_unit() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 1);
        let mut buyers = Vec::new();
        for _ in 0..50 {
            buyers.push(shop.guest(&[(tea, 1)]).await);
        }
        let requests = buyers
            .into_iter()
            .map(|buyer| async move { buyer.checkout("k", Some("pm_success")).await });
        let replies = all_at_once(requests.collect()).await;
        let (won, lost): (Vec<&TestReply>, Vec<&TestReply>) = replies
            .iter()
            .partition(|reply| reply.status().as_u16() == 201);
        assert_eq!((won.len(), lost.len()), (1, 49));
        for reply in lost {
            let problem = reply.expect(409);
            assert_eq!(problem["code"], "orders.out_of_stock");
            assert_eq!(problem["lines"][0]["available"], 0);
        }
        assert_eq!(shop.count("order.created").await, 1);
        assert_eq!(
            shop.payments.payments().len(),
            1,
            "nobody else was asked for money"
        );
        assert_eq!(
            (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
            (0, 0)
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_an_event_and_the_sweeper_at_once_place_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        let payment = shop.payments.resolve(
            payment_of(&checkout).parse().expect("id"),
            Outcome::Authorize,
        );
        let confirmed = {
            let (buyer, checkout) = (buyer.clone(), checkout.clone());
            tokio::spawn(async move { buyer.confirm(&checkout, None).await })
        };
        shop.tell(&payment, Outcome::Authorize).await;
        assert_eq!(
            confirmed.await.expect("no panic").expect(200)["status"],
            "completed"
        );
        assert_eq!(shop.count("order.placed").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_additions_all_count() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, cup) = (shop.sell("TEA-1", 500, 99), shop.sell("CUP-1", 900, 99));
        let buyer = shop.guest_with_cart().await;
        let requests = (0..20).map(|turn| {
            let buyer = buyer.clone();
            async move { buyer.add(if turn % 2 == 0 { tea } else { cup }, 1).await }
        });
        for reply in all_at_once(requests.collect()).await {
            reply.expect(201);
        }
        let cart = buyer.get(&buyer.path()).await.expect(200);
        let quantities: Vec<&Value> = cart["lines"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|it| &it["quantity"])
            .collect();
        assert_eq!(quantities, [10, 10]);
        assert_eq!(buyer.etag().await, "\"v21\"");
    }
}
