//! Who may see and do what.

use serde_json::json;
use tenon_kernel::Role;
use tenon_testkit::engines;

use crate::support::World;

#[tokio::test]
async fn buyers_see_their_own_payments_and_nobody_else_s() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_success").await;
        world.app.settle().await;
        let path = format!("/v1/payments/{}", opened.payment_id);
        let refund = world.refund(&opened, 100).await.expect("refunded");
        let refund_path = format!("/v1/refunds/{}", refund.refund_id);

        let alice = world.app.user("alice", &[Role::Customer]);
        let own = alice.get(&path).await;
        assert_eq!(own.status(), 200);
        assert_eq!(own.json()["attempts"][0]["provider_reference"], json!(null));
        assert_eq!(alice.get(&refund_path).await.status(), 200);
        let etag = own.header("etag").expect("a version").to_owned();
        assert_eq!(
            alice
                .get(&path)
                .header("if-none-match", &etag)
                .await
                .status(),
            304
        );

        let mallory = world.app.user("mallory", &[Role::Customer]);
        let foreign = mallory.get(&path).await;
        assert_eq!(
            (foreign.status().as_u16(), &foreign.json()["code"]),
            (404, &json!("payments.not_found"))
        );
        let foreign = mallory.get(&refund_path).await;
        assert_eq!(
            (foreign.status().as_u16(), &foreign.json()["code"]),
            (404, &json!("payments.refund_not_found"))
        );

        for role in [Role::Staff, Role::Admin] {
            let staff = world.app.user("sam", &[role]);
            assert!(
                staff.get(&path).await.json()["attempts"][0]["provider_reference"].is_string(),
                "{role:?}"
            );
        }
    }
}

#[tokio::test]
async fn only_staff_moves_money() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let alice = world.app.user("alice", &[Role::Customer]);
        let path = format!("/v1/payments/{}", opened.payment_id);
        for (what, body) in [
            ("captures", json!({})),
            ("voids", json!({ "reason": "x" })),
            ("refunds", json!({ "reason": "x" })),
            ("reconciliations", json!({})),
        ] {
            let path = format!("{path}/{what}");
            assert_eq!(
                alice.post(&path).key("k").json(&body).await.status(),
                403,
                "{what}"
            );
            assert_eq!(
                world
                    .app
                    .anonymous()
                    .post(&path)
                    .key("k")
                    .json(&body)
                    .await
                    .status(),
                401,
                "{what}"
            );
        }
        for read in [
            path.as_str(),
            "/v1/ledger/entries",
            "/v1/refunds/rfd_00000000000000000000000000",
        ] {
            assert_eq!(
                world.app.anonymous().get(read).await.status(),
                401,
                "{read}"
            );
        }
        assert_eq!(alice.get("/v1/ledger/entries").await.status(), 403);
        assert_eq!(world.intent().captured, 0);
    }
}
