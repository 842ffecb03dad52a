//! What an edge is told about keys, over both ends of the seam, and how long it remembers.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity_contract::{ApiKeyGrant, ApiKeyOwner, CheckApiKey};
use serde_json::json;
use tenon_access::ApiKey;
use tenon_kernel::Role;
use tenon_seam::Mode;
use tenon_testkit::{Kit, engines};

use super::{body, make};
use crate::world::{World, on_each_engine};

fn question(secret: &str) -> CheckApiKey {
    let key = ApiKey::parse(secret).expect("a key");
    CheckApiKey {
        id: identity_contract::ApiKeyId::from_uuid(key.id()),
        proof: URL_SAFE_NO_PAD.encode(key.proof().0),
        from: None,
    }
}

#[tokio::test]
async fn a_grant_says_all_that_an_edge_needs() {
    for mode in [Mode::Local, Mode::Wire] {
        on_each_engine(async |world| {
            let ctx = world.app.kit().ctx();
            let identity = world.seen_by("gateway", mode);
            let (id, ada) = world.made("ada@example.org", &[Role::Customer, Role::Staff]).await;
            let end = world.app.kit().env().now() + Duration::from_mins(1);
            let wish = json!({
                "name": "Tea", "scopes": ["staff", "api:read"], "networks": ["2001:db8::/32"], "expires_at": end,
            });
            let key = make(&ada, &wish).await;
            let request = question(&key.secret);
            assert!(!format!("{request:?}").contains(&request.proof), "the proof is not printed");
            let answer = identity.check_api_key(&ctx, request.clone()).await.expect("an answer");
            let expected = ApiKeyGrant {
                owner: ApiKeyOwner::User {
                    user_id: id.parse().expect("an id"),
                },
                roles: vec![Role::Staff, Role::Customer],
                owner_is_enrolling: false,
                scopes: vec!["api:read".to_owned(), "staff".to_owned()],
                networks: vec!["2001:db8::/32".to_owned()],
                expires_at: Some(end),
            };
            assert_eq!(answer.grant, Some(expected));
            for proof in ["", "x", &request.proof[1..], &URL_SAFE_NO_PAD.encode([0; 32])] {
                let proof = proof.to_owned();
                let wrong = CheckApiKey { proof, ..request.clone() };
                let answer = identity.check_api_key(&ctx, wrong).await.expect("an answer");
                assert_eq!(answer.grant, None);
            }
        })
        .await;
    }
}

/// Where identity runs, its edge hears of a change; what it knows otherwise counts for the check interval.
#[tokio::test]
async fn what_an_edge_remembers_does_not_outlive_a_change_in_its_process() {
    for engine in engines() {
        let kit = Kit::migrated(engine, &[identity::MIGRATIONS]).await;
        let world = World::checking_every(kit, Duration::from_mins(1)).await;
        let (_, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let key = make(&ada, &body(&["api:read"])).await;
        assert_eq!(key.get(&world, "/v1/me").await, 200);
        ada.delete(&key.path())
            .header("if-match", &key.etag)
            .await
            .expect(204);
        assert_eq!(key.get(&world, "/v1/me").await, 401, "deleted");

        let key = make(&ada, &body(&["api:read"])).await;
        assert_eq!(key.get(&world, "/v1/me").await, 200);
        let elsewhere = json!({ "networks": ["192.0.2.0/24"] });
        let changed = ada
            .patch(&key.path())
            .header("if-match", &key.etag)
            .json(&elsewhere)
            .await;
        changed.expect(200);
        assert_eq!(key.get(&world, "/v1/me").await, 401, "bound to a network");
        world.app.settle().await;
    }
}
