//! Clients that hang up, and more requests than there are connections.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use sqlx::{ConnectOptions as _, Connection as _};
use tenon_kernel::CallCtx;
use tenon_store::{StoreConfig, StoreError};
use tenon_testkit::{AppOptions, Dice, Kit, engines, rounds};
use tenon_web::{Edge, Readiness, WebSettings};
use tokio::time::{Instant, timeout};
use tower::ServiceExt as _;

use crate::shop::Shop;

/// Requests at the same time: more than a pool has connections.
const AT_ONCE: usize = 25;

/// Each client goes away at some moment of its first 50 ms, and asks again later. Whatever had begun has run to its
/// end, whatever had not leaves nothing: each request has one effect, and no connection is left in a transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_that_are_hung_up_on_have_one_effect_and_leave_no_transaction_open() {
    for engine in engines() {
        let shop = Arc::new(Shop::open(engine).await);
        let tea = shop.variant("TEA", 0).await;
        let requests = rounds(200);
        let mut dice = Dice::of_round(0);
        let ask = |number: usize| {
            let body = json!({ "variant_id": tea, "delta": 1, "reason": "received" });
            let key = format!("storm-{number}");
            shop.staff
                .post("/v1/inventory/adjustments")
                .key(&key)
                .json(&body)
        };
        let (mut hung_up, mut number) = (0, 0);
        while number < requests {
            let storm: Vec<_> = (number..requests.min(number + AT_ONCE))
                .map(|number| {
                    let patience =
                        Duration::from_micros(u64::try_from(dice.roll(50_000)).expect("fits"));
                    tokio::spawn(timeout(patience, ask(number).into_future()))
                })
                .collect();
            number += storm.len();
            for client in storm {
                hung_up += usize::from(client.await.expect("no panic").is_err());
            }
        }
        assert!(
            hung_up > requests / 20,
            "only {hung_up} of {requests} were hung up on"
        );

        for number in 0..requests {
            loop {
                let reply = ask(number).await;
                if reply.status() != 409 {
                    reply.expect(201);
                    break;
                }
                assert_eq!(reply.code(), "idempotency_key_in_flight");
            }
        }
        let effects = i64::try_from(requests).expect("fits");
        assert_eq!(shop.stock(tea).await, (effects, 0), "{engine:?}");
        shop.app.assert_invariants().await;

        let mut ctx = shop.app.kit().ctx().with_timeout(Duration::from_secs(5));
        let tx = shop.db.begin(&mut ctx, "test.after").await;
        tx.expect("a unit begins after the storm")
            .rollback()
            .await
            .expect("rolls back");
        assert_eq!(idle_in_transaction(shop.app.kit()).await, 0, "{engine:?}");
    }
}

/// Sessions of PostgreSQL that sit in a transaction and do nothing, after the pool had time to tidy up.
async fn idle_in_transaction(kit: &Kit) -> i64 {
    let StoreConfig::Postgres { url, .. } = kit.config() else {
        return 0;
    };
    let options: sqlx::postgres::PgConnectOptions = url.parse().expect("a URL");
    let mut owner = options.connect().await.expect("connects");
    let mut idle = 0;
    for _ in 0..100 {
        idle = sqlx::query_scalar(
            "SELECT COUNT(*) FROM pg_stat_activity
              WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        )
        .fetch_one(&mut owner)
        .await
        .expect("reads");
        if idle == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await; // another process, in real time
    }
    owner.close().await.expect("closes");
    idle
}

/// Ready for nothing: liveness must not ask.
struct Exhausted;

#[async_trait::async_trait]
impl Readiness for Exhausted {
    async fn check(&self) -> Vec<(String, Option<String>)> {
        std::future::pending().await
    }
}

const DEADLINE: Duration = Duration::from_secs(2);
/// A handler may say itself that it is late; a busy machine needs a moment more.
const ANSWERED_WITHIN: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_every_connection_taken_requests_are_refused_in_time_and_work_again_afterwards() {
    for engine in engines() {
        let settings = WebSettings {
            deadline_ms: u64::try_from(DEADLINE.as_millis()).expect("fits"),
            ..WebSettings::unlimited()
        };
        let shop = Shop::with(
            engine,
            AppOptions {
                settings,
                ..AppOptions::default()
            },
        )
        .await;
        let tea = shop.variant("TEA", 0).await;
        let mut contexts: Vec<CallCtx> = (0..64).map(|_| shop.app.kit().ctx()).collect();
        let mut held = Vec::new();
        for ctx in &mut contexts {
            match timeout(Duration::from_millis(300), shop.db.begin(ctx, "test.hold")).await {
                Ok(tx) => held.push(tx.expect("begins")),
                Err(_) => break,
            }
        }
        assert!(
            (1..64).contains(&held.len()),
            "every connection is taken: {}",
            held.len()
        );

        let ask = |number: usize| {
            let body = json!({ "variant_id": tea, "delta": 1, "reason": "received" });
            let key = format!("crowd-{number}");
            shop.staff
                .post("/v1/inventory/adjustments")
                .key(&key)
                .json(&body)
        };
        let started = Instant::now();
        let crowd: Vec<_> = (0..200)
            .map(|number| tokio::spawn(ask(number).into_future()))
            .collect();
        let live = Request::get("/livez")
            .body(Body::empty())
            .expect("a request");
        let live = Edge::operations(Arc::new(Exhausted)).oneshot(live);
        let live = timeout(DEADLINE, live)
            .await
            .expect("does not wait for a connection");
        assert_eq!(live.expect("an answer").status(), 200);
        for request in crowd {
            let reply = request.await.expect("no panic");
            assert_eq!(reply.status(), 503, "{reply:?}");
            assert!(reply.header("retry-after").is_some(), "{reply:?}");
        }
        let took = started.elapsed();
        assert!(took < ANSWERED_WITHIN, "{engine:?}: {took:?}");
        let mut ctx = shop
            .app
            .kit()
            .ctx()
            .with_timeout(Duration::from_millis(200));
        let full = shop.db.begin(&mut ctx, "test.full").await;
        assert!(
            matches!(full, Err(StoreError::DeadlineExceeded)),
            "{full:?}"
        );

        for tx in held {
            tx.rollback().await.expect("rolls back");
        }
        for number in 0..20 {
            ask(number).await.expect(201);
        }
        assert_eq!(
            shop.stock(tea).await,
            (20, 0),
            "{engine:?}: what was refused had no effect"
        );
    }
}
