//! From the first sign-in to the last factor.

use serde_json::json;
use tenon_access::Policy;
use tenon_kernel::Role;

use super::{
    REQUIRED, STAFF, administrator, give_staff, id_of, is_full, is_restricted, on_each_engine,
    refused,
};
use crate::factors::{add, both_steps, confirm, guard};
use crate::oauth::browser::claims;

/// All that is left to whoever has to add a factor. This list is reviewed, not generated.
const OPEN: [(&str, &str); 5] = [
    ("DELETE", "/v1/auth/sessions/current"),
    ("GET", "/v1/me"),
    ("GET", "/v1/me/factors"),
    ("POST", "/v1/me/factors"),
    ("POST", "/v1/me/factors/{id}/confirmations"),
];

#[tokio::test]
async fn a_factor_opens_the_session_and_nothing_else_does() {
    on_each_engine(async |world| {
        world.made(STAFF, &[Role::Staff]).await;
        let tokens = world.sign_in(STAFF).await;
        assert_eq!(tokens["second_factor_required"], true);
        let said = claims(&tokens["access_token"]);
        assert_eq!(
            (&said["enrolling"], &said["roles"]),
            (&json!("second_factor"), &json!([]))
        );
        let staff = world.with(&tokens);
        is_restricted(&staff).await;
        let again = world.refresh(&tokens).await.expect(200);
        assert_eq!(again["second_factor_required"], true);

        let phone = add(&staff).await;
        let wrong = confirm(&staff, &phone, &phone.wrong(world)).await;
        refused(&wrong, 422, "identity.wrong_code");
        is_restricted(&world.with(&world.refresh(&again).await.expect(200))).await;
        let tokens = world.sign_in(STAFF).await;
        let staff = world.with(&tokens);
        confirm(&staff, &phone, &phone.code(world, 0))
            .await
            .expect(200);
        // The token in hand says what was true when it was given out.
        is_restricted(&staff).await;
        let tokens = world.refresh(&tokens).await.expect(200);
        assert!(tokens.get("second_factor_required").is_none());
        let said = claims(&tokens["access_token"]);
        assert!(said.get("enrolling").is_none());
        assert_eq!(said["roles"], json!(["staff"]));
        is_full(&world.with(&tokens)).await;

        world.advance(30);
        let tokens = both_steps(world, STAFF, &phone.code(world, 0)).await;
        let tokens = tokens.expect(201);
        assert!(tokens.get("second_factor_required").is_none());
        is_full(&world.with(&tokens)).await;
    })
    .await;
}

#[tokio::test]
async fn who_has_no_such_role_needs_no_factor() {
    on_each_engine(async |world| {
        let (_, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        is_full(&ada).await;
        let ada = guard(world, ada).await;
        let removed = ada.client.delete(&ada.phone.path()).await;
        removed.expect(204);
    })
    .await;
}

/// Made from the module's operations: what is added is closed until somebody opens it here.
#[tokio::test]
async fn every_other_operation_is_refused() {
    on_each_engine(async |world| {
        world.made(STAFF, &[Role::Staff, Role::Admin]).await;
        let staff = world.with(&world.sign_in(STAFF).await);
        let mut open = Vec::new();
        for (method, path, _, policy) in &world.policies {
            // They look at a proof of their own, and at no access token.
            let takes_clients = ["/oauth/token", "/oauth/revoke", "/oauth/introspect"];
            if takes_clients.contains(path) {
                continue;
            }
            if *policy == Policy::SignedInOrEnrolling {
                open.push((method.as_str(), *path));
                continue;
            }
            let address = path
                .replace("{id}", "usr_00000000000000000000000000")
                .replace("{client_id}", "cli_00000000000000000000000000")
                .replace("{provider}", "acme");
            let request = staff.request(method.clone(), &address);
            let reply = request
                .header("accept", "text/html, application/json")
                .await;
            assert_eq!(reply.status().as_u16(), 403, "{method} {path}");
            // The others answer browsers and clients of OAuth in words of their own.
            if path.starts_with("/v1/") && !path.contains("{provider}") {
                assert_eq!(reply.code(), REQUIRED, "{method} {path}");
            }
        }
        open.sort_unstable();
        assert_eq!(open, OPEN);
    })
    .await;
}

#[tokio::test]
async fn the_last_factor_stays() {
    on_each_engine(async |world| {
        let (_, staff) = world.made(STAFF, &[Role::Staff]).await;
        let first = guard(world, staff).await.phone;
        let tokens = both_steps(world, STAFF, &first.code(world, 0)).await;
        let staff = world.with(&tokens.expect(201));
        let second = add(&staff).await;
        // One that is pending is none yet.
        let refusal = staff.delete(&first.path()).await;
        refused(&refusal, 409, "identity.last_factor");
        staff.delete(&second.path()).await.expect(204);
        let second = add(&staff).await;
        confirm(&staff, &second, &second.code(world, 0))
            .await
            .expect(200);
        staff.delete(&first.path()).await.expect(204);
        let refusal = staff.delete(&second.path()).await;
        refused(&refusal, 409, "identity.last_factor");
        is_full(&staff).await;
    })
    .await;
}

/// An administrator helps who has lost theirs: then they add another before anything else.
#[tokio::test]
async fn without_the_factor_sessions_are_restricted_from_the_next_refresh_on() {
    on_each_engine(async |world| {
        let admin = administrator(world).await;
        let (user, staff) = world.made(STAFF, &[Role::Staff]).await;
        let phone = guard(world, staff).await.phone;
        let tokens = both_steps(world, STAFF, &phone.code(world, 0)).await;
        let tokens = tokens.expect(201);
        admin
            .delete(&format!("/v1/users/{user}/factors"))
            .await
            .expect(204);
        let tokens = world.refresh(&tokens).await.expect(200);
        assert_eq!(tokens["second_factor_required"], true);
        is_restricted(&world.with(&tokens)).await;
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_given_counts_from_the_next_refresh_on() {
    on_each_engine(async |world| {
        let admin = administrator(world).await;
        world.account("ada@example.org").await;
        let tokens = world.sign_in("ada@example.org").await;
        let ada = world.with(&tokens);
        is_full(&ada).await;
        give_staff(&admin, &id_of(&ada).await).await;
        let tokens = world.refresh(&tokens).await.expect(200);
        assert_eq!(tokens["second_factor_required"], true);
        is_restricted(&world.with(&tokens)).await;
        world.advance(20 * 60);
        let restricted = world.with(&world.refresh(&tokens).await.expect(200));
        let kind = json!({ "kind": "totp" });
        let old = restricted.post("/v1/me/factors").json(&kind).await;
        refused(&old, 403, "identity.sign_in_again");
        let restricted = world.with(&world.sign_in("ada@example.org").await);
        guard(world, restricted).await;
    })
    .await;
}

/// A session that began without the factor does not become one with it because there is one now.
#[tokio::test]
async fn a_session_without_the_factor_stays_restricted_where_there_is_one() {
    on_each_engine(async |world| {
        world.made(STAFF, &[Role::Staff]).await;
        let before = world.sign_in(STAFF).await;
        let staff = world.with(&world.sign_in(STAFF).await);
        let phone = add(&staff).await;
        let body = json!({ "one_time_code": phone.code(world, 0), "end_other_sessions": false });
        let path = format!("{}/confirmations", phone.path());
        staff.post(&path).json(&body).await.expect(200);
        let before = world.refresh(&before).await.expect(200);
        let weak = world.with(&before);
        is_restricted(&weak).await;
        let kind = json!({ "kind": "totp" });
        let refusal = weak.post("/v1/me/factors").json(&kind).await;
        refused(&refusal, 403, "identity.sign_in_again");
    })
    .await;
}
