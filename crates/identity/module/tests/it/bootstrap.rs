//! The first administrator.

use identity_contract::IdentityError;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_seam::SeamError;
use tenon_testkit::TestReply;

use crate::world::{PASSWORD, World, on_each_engine};

async fn token(world: &World) -> String {
    let token = world
        .operations
        .issue_bootstrap_token(&world.app.kit().ctx())
        .await
        .expect("a token");
    token.expose().to_owned()
}

async fn bootstrap(world: &World, token: &str) -> TestReply {
    let body = json!({ "token": token, "email": "root@example.org", "password": PASSWORD });
    world.post("/v1/auth/bootstrap", body).await
}

#[tokio::test]
async fn the_token_makes_one_administrator() {
    on_each_engine(async |world| {
        let token = token(world).await;
        let made = bootstrap(world, &token).await;
        let location = made.header("location").expect("a location").to_owned();
        made.expect(201);
        let admin = world.with(&world.sign_in("root@example.org").await);
        let user = admin.get(&location).await.expect(200);
        assert_eq!(user["roles"], json!(["admin", "customer", "staff"]));

        assert_eq!(
            bootstrap(world, &token).await.code(),
            "identity.bootstrap_refused"
        );
        let again = world
            .operations
            .issue_bootstrap_token(&world.app.kit().ctx())
            .await;
        assert!(matches!(
            again,
            Err(SeamError::Domain(IdentityError::AdministratorExists))
        ));
    })
    .await;
}

#[tokio::test]
async fn a_new_installation_has_no_account_at_all() {
    on_each_engine(async |world| {
        for (email, password) in [
            ("admin", "admin"),
            ("admin@example.org", "admin"),
            ("root@localhost", "root"),
        ] {
            let status = world.try_sign_in(email, password).await.status().as_u16();
            assert!(matches!(status, 401 | 422), "{email}: {status}");
        }
        let (_, admin) = world.made("probe@example.org", &[Role::Admin]).await;
        let users = admin.get("/v1/users").await.expect(200);
        assert_eq!(users["data"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn wrong_old_and_replaced_tokens_are_refused() {
    on_each_engine(async |world| {
        bootstrap(world, "nonsense").await.expect(403);
        bootstrap(world, &"A".repeat(43)).await.expect(403);
        let replaced = token(world).await;
        let expired = token(world).await;
        bootstrap(world, &replaced).await.expect(403);
        world.advance(1_800);
        bootstrap(world, &expired).await.expect(403);
        bootstrap(world, &token(world).await).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_for_another_reason_does_not_use_the_token_up() {
    on_each_engine(async |world| {
        world.account("root@example.org").await;
        let token = token(world).await;
        assert_eq!(
            bootstrap(world, &token).await.code(),
            "identity.email_taken"
        );
        let weak = json!({ "token": token, "email": "other@example.org", "password": "password1" });
        assert_eq!(
            world.post("/v1/auth/bootstrap", weak).await.code(),
            "identity.weak_password"
        );
        let good = json!({ "token": token, "email": "other@example.org", "password": PASSWORD });
        world.post("/v1/auth/bootstrap", good).await.expect(201);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_uses_at_once_one_counts() {
    on_each_engine(async |world| {
        let token = token(world).await;
        let uses = (0..8).map(|number| {
            let client = world.app.anonymous();
            let body: Value =
                json!({ "token": token, "email": format!("root{number}@example.org"), "password": PASSWORD });
            tokio::spawn(async move { client.post("/v1/auth/bootstrap").json(&body).await.status().as_u16() })
        });
        let mut statuses = Vec::new();
        for attempt in uses.collect::<Vec<_>>() {
            statuses.push(attempt.await.expect("no panic"));
        }
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    })
    .await;
}
