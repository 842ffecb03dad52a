//! Idempotency keys over real processes: they outlive access tokens, and what became of them is told wherever the
//! modules run.

use serde_json::{Value, json};
use tenon_testkit::TestEngine;

use crate::buyer::variants;
use crate::server::{Installation, Topology};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_its_owners_whatever_the_session_and_wherever_the_module_runs() {
    for topology in [Topology::Local, Topology::Remote] {
        let mut server = Installation::start(TestEngine::Sqlite, topology).await;
        let variant = variants(&server.http, &server.api).await.remove(0);
        let (one, other) = (server.token("staff").await, server.token("staff").await);
        assert_ne!(one, other);
        let body = json!({ "variant_id": variant, "delta": 1, "reason": "received" });
        let adjust = async |token: &str| {
            let url = format!("{}/v1/inventory/adjustments", server.api);
            let request = server.http.post(url).bearer_auth(token).json(&body);
            let answer = request
                .header("idempotency-key", "k1")
                .send()
                .await
                .expect("an answer");
            let replayed = answer.headers().contains_key("idempotent-replayed");
            (
                answer.status().as_u16(),
                replayed,
                answer.text().await.expect("a body"),
            )
        };
        let first = adjust(&one).await;
        let second = adjust(&other).await;
        assert_eq!(
            (first.0, first.1, second.0, second.1),
            (201, false, 201, true),
            "{first:?} {second:?}"
        );
        assert_eq!(first.2, second.2, "the same bytes");

        let admin = server.token("admin").await;
        for (token, state) in [(&other, "done"), (&admin, "unseen")] {
            let (status, fate) = fate(&server, token).await;
            assert_eq!((status, &fate["state"]), (200, &json!(state)), "{fate}");
        }
        let (_, told) = fate(&server, &one).await;
        let made: Value = serde_json::from_str(&first.2).expect("JSON");
        assert_eq!(told["requests"][0]["resource"], made["id"], "{told}");

        if topology == Topology::Remote {
            // It may know of the key: without it nothing can be said.
            server.service("orders").stop();
            let (status, problem) = fate(&server, &one).await;
            assert_eq!(
                (status, &problem["retry"]),
                (503, &json!("after")),
                "{problem}"
            );
        }
    }
}

async fn fate(server: &Installation, token: &str) -> (u16, Value) {
    let url = format!("{}/v1/idempotency-keys/k1", server.api);
    let answer = server
        .http
        .get(url)
        .bearer_auth(token)
        .send()
        .await
        .expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}
