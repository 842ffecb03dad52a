//! Whoever runs the installation sees the checkouts that are not at their end, and has one go on.

use std::time::Duration;

use axum::http::Method;
use payments_contract::testing::Outcome;
use serde_json::json;
use tenon_kernel::Role;
use tenon_seam::{Executed, SeamFault};
use tenon_testkit::{TestApp, engines};

use crate::support::{Shop, payment_of};

const SECOND: Duration = Duration::from_secs(1);
const DOWN: SeamFault = SeamFault::Unavailable {
    executed: Executed::Unknown,
};

#[tokio::test]
async fn whoever_runs_the_installation_has_a_checkout_go_on_at_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let root = shop.app.user("root", &[Role::Admin]);
        let sagas = async || root.get("/v1/admin/sagas").await.expect(200);
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        shop.payments.fail_next(DOWN);
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        shop.app.settle().await;
        assert_eq!(buyer.look(&checkout).await["status"], "processing");
        let listed = sagas().await;
        assert_eq!(
            (
                &listed["data"][0]["kind"],
                &listed["data"][0]["step"],
                &listed["data"][0]["status"]
            ),
            (
                &json!("checkout"),
                &json!("open_payment"),
                &json!("running")
            ),
            "{listed}"
        );
        let saga = listed["data"][0]["id"].as_str().expect("an id");
        let id = checkout["id"].as_str().expect("an id");
        assert_eq!(saga.strip_prefix("saga_"), id.strip_prefix("chk_"));

        let at = format!("/v1/admin/sagas/{saga}/resumptions");
        assert_eq!(root.post(&at).await.expect(202)["id"], saga);
        shop.app.settle().await; // no time passes
        assert_eq!(buyer.look(&checkout).await["status"], "completed");
        assert_eq!(sagas().await["data"], json!([]));
        assert_eq!(
            root.post(&at).await.expect(409)["code"],
            "saga_not_resumable"
        );
        let told = shop.app.events("orders", "audit.recorded").await;
        let told: Vec<_> = told
            .iter()
            .filter(|it| it.data["action"] == "saga.resumed")
            .collect();
        assert_eq!((told.len(), &told[0].data["target"]), (1, &json!(saga)));
        assert_eq!(told[0].actor, format!("user:{}", TestApp::user_id("root")));

        // One that waits for its buyer goes on waiting, however often somebody has it looked at.
        let buyer = shop.guest(&[(shop.sell("TEA-2", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k2", Some("pm_3ds")).await.expect(201);
        let listed = sagas().await;
        let at = format!(
            "/v1/admin/sagas/{}/resumptions",
            listed["data"][0]["id"].as_str().expect("an id")
        );
        let before = buyer.look(&checkout).await;
        for _ in 0..2 {
            root.post(&at).await.expect(202);
            shop.app.settle().await;
        }
        assert_eq!(buyer.look(&checkout).await, before);
        assert_eq!(sagas().await, listed);
        shop.decide(&payment_of(&checkout), Outcome::Authorize)
            .await;
        assert_eq!(buyer.look(&checkout).await["status"], "completed");
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn sagas_are_for_administrators_and_come_in_pages() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let root = shop.app.user("root", &[Role::Admin]);
        let tea = shop.sell("TEA-1", 500, 5);
        let mut ids = Vec::new();
        for key in ["k1", "k2", "k3"] {
            shop.app.kit().advance(SECOND);
            let buyer = shop.guest(&[(tea, 1)]).await;
            let checkout = buyer.checkout(key, Some("pm_3ds")).await.expect(201);
            let id = checkout["id"].as_str().expect("an id");
            ids.push(id.replace("chk_", "saga_"));
        }
        let (mut seen, mut next) = (Vec::new(), Some(String::new()));
        while let Some(cursor) = next {
            let page = root.get(&format!("/v1/admin/sagas?limit=2{cursor}")).await;
            let page = page.expect(200);
            let data = page["data"].as_array().expect("a list");
            seen.extend(
                data.iter()
                    .map(|it| it["id"].as_str().expect("an id").to_owned()),
            );
            assert_eq!(page["has_more"], page["next_cursor"].is_string());
            next = page["next_cursor"]
                .as_str()
                .map(|next| format!("&cursor={next}"));
        }
        assert_eq!(seen, ids, "oldest first, each once");

        for bad in [
            "x",
            "1.chk_00000000000000000000000001",
            "-1.saga_00000000000000000000000001",
        ] {
            let refused = root.get(&format!("/v1/admin/sagas?cursor={bad}")).await;
            assert_eq!(refused.expect(400)["code"], "invalid_cursor", "{bad}");
        }
        let none = "/v1/admin/sagas/saga_00000000000000000000000001/resumptions";
        assert_eq!(root.post(none).await.expect(404)["code"], "saga_not_found");
        for path in ["/v1/admin/sagas", none] {
            let method = if path == none {
                Method::POST
            } else {
                Method::GET
            };
            shop.staff().request(method.clone(), path).await.expect(403);
            shop.app.anonymous().request(method, path).await.expect(401);
        }
    }
}
