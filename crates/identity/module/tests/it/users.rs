//! Administrators about others.

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, TestReply};

use crate::world::{PASSWORD, on_each_engine};

async fn change(admin: &Client, id: &str, body: Value) -> TestReply {
    let path = format!("/v1/users/{id}");
    let etag = admin
        .get(&path)
        .await
        .header("etag")
        .expect("an etag")
        .to_owned();
    admin
        .patch(&path)
        .header("if-match", &etag)
        .json(&body)
        .await
}

#[tokio::test]
async fn roles_are_given_and_taken_away_at_once() {
    on_each_engine(async |world| {
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let (id, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let user = change(&admin, &id, json!({ "roles": ["customer", "staff"] }))
            .await
            .expect(200);
        assert_eq!(user["roles"], json!(["customer", "staff"]));
        ada.get("/v1/me").await.expect(200);

        change(&admin, &id, json!({ "roles": ["customer"] }))
            .await
            .expect(200);
        ada.get("/v1/me").await.expect(401);
        assert_eq!(
            world.events("role.removed").await,
            [json!({ "user_id": id, "role": "staff" })]
        );
        let assigned = world.events("role.assigned").await;
        assert_eq!(
            assigned.last(),
            Some(&json!({ "user_id": id, "role": "staff" }))
        );
        let audited = world.events("audit.recorded").await;
        let last = audited.last().expect("one");
        assert_eq!(
            (&last["action"], &last["target"]),
            (&json!("user.rights_changed"), &json!(id))
        );
        assert_eq!(last["before"]["roles"], json!(["customer", "staff"]));
        assert_eq!(last["after"]["roles"], json!(["customer"]));
    })
    .await;
}

#[tokio::test]
async fn a_locked_user_is_out_until_unlocked() {
    on_each_engine(async |world| {
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let (id, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let user = change(
            &admin,
            &id,
            json!({ "locked": true, "lock_reason": "fraud" }),
        )
        .await
        .expect(200);
        assert_eq!(
            (&user["locked"], &user["lock_reason"]),
            (&json!(true), &json!("fraud"))
        );
        ada.get("/v1/me").await.expect(401);
        world
            .try_sign_in("ada@example.org", PASSWORD)
            .await
            .expect(401);
        world.ask("recover", "ada@example.org").await;
        assert!(world.mails().await.is_empty(), "no way around by mail");
        assert_eq!(
            world.events("user.locked").await,
            [json!({ "user_id": id, "reason": "fraud" })]
        );

        change(&admin, &id, json!({ "locked": false }))
            .await
            .expect(200);
        world.sign_in("ada@example.org").await;
    })
    .await;
}

/// A challenge sent before the lock is no way around it.
#[tokio::test]
async fn a_mail_sent_before_the_lock_does_not_help() {
    on_each_engine(async |world| {
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let (id, _) = world.made("ada@example.org", &[Role::Customer]).await;
        world.ask("recover", "ada@example.org").await;
        let mail = world.mail().await;
        change(
            &admin,
            &id,
            json!({ "locked": true, "lock_reason": "fraud" }),
        )
        .await
        .expect(200);
        assert_eq!(
            world.answer(&mail, Some("a much better one")).await.code(),
            "identity.challenge_failed"
        );
    })
    .await;
}

#[tokio::test]
async fn administrators_cannot_change_themselves() {
    on_each_engine(async |world| {
        let (id, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let reply = change(&admin, &id, json!({ "roles": ["customer"] })).await;
        assert_eq!(
            (reply.status().as_u16(), reply.code().as_str()),
            (409, "identity.own_account")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_administrators_cannot_remove_each_other() {
    on_each_engine(async |world| {
        let (a_id, a) = world.made("a@example.org", &[Role::Admin]).await;
        let (b_id, b) = world.made("b@example.org", &[Role::Admin]).await;
        let lock = json!({ "locked": true, "lock_reason": "mine is mine" });
        let send = |admin: &Client, id: &str| {
            let request = admin
                .patch(&format!("/v1/users/{id}"))
                .header("if-match", "\"v2\"")
                .json(&lock);
            tokio::spawn(async move { request.await.status().as_u16() })
        };
        let (first, second) = (send(&a, &b_id), send(&b, &a_id));
        let mut statuses = [
            first.await.expect("no panic"),
            second.await.expect("no panic"),
        ];
        statuses.sort_unstable();
        // The slower one is refused: as the last administrator, or because it was locked out meanwhile.
        assert_eq!(statuses[0], 200, "{statuses:?}");
        assert!(matches!(statuses[1], 401 | 409), "{statuses:?}");
    })
    .await;
}

#[tokio::test]
async fn users_are_listed_newest_first_and_found_by_address() {
    on_each_engine(async |world| {
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        for number in 0..5 {
            world.advance(1);
            world
                .made(&format!("person{number}@example.org"), &[Role::Customer])
                .await;
        }
        let first = admin.get("/v1/users?limit=4").await.expect(200);
        let cursor = first["next_cursor"].as_str().expect("there is more");
        let second = admin
            .get(&format!("/v1/users?limit=4&cursor={cursor}"))
            .await
            .expect(200);
        let emails = |page: &Value| -> Vec<String> {
            page["data"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|user| user["email"].as_str().expect("text").to_owned())
                .collect()
        };
        assert_eq!(
            emails(&first),
            ["person4", "person3", "person2", "person1"].map(|name| format!("{name}@example.org"))
        );
        assert_eq!(emails(&second), ["person0@example.org", "root@example.org"]);
        assert_eq!(second["has_more"], false);

        let found = admin
            .get("/v1/users?email=PERSON2@example.org")
            .await
            .expect(200);
        assert_eq!(emails(&found), ["person2@example.org"]);
        assert!(emails(&admin.get("/v1/users?email=nobody").await.expect(200)).is_empty());
        assert_eq!(
            admin.get("/v1/users?cursor=nonsense").await.code(),
            "identity.invalid_cursor"
        );
        assert!(!found.to_string().contains("argon2"), "hashes stay inside");
    })
    .await;
}

#[tokio::test]
async fn bad_changes_name_the_member() {
    on_each_engine(async |world| {
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let (id, _) = world.made("ada@example.org", &[Role::Customer]).await;
        let table = [
            (json!({ "locked": true }), 422, "/lock_reason"),
            (json!({ "lock_reason": "why" }), 422, "/lock_reason"),
            (
                json!({ "locked": true, "lock_reason": " " }),
                422,
                "/lock_reason",
            ),
            (json!({ "roles": ["customer", "emperor"] }), 422, "/roles/1"),
            (
                json!({ "password": "chosen by an admin" }),
                400,
                "/password",
            ),
            (json!({ "email": "new@example.org" }), 400, "/email"),
        ];
        for (body, status, pointer) in table {
            let problem = change(&admin, &id, body.clone()).await.expect(status);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        admin
            .get("/v1/users/usr_00000000000000000000000000")
            .await
            .expect(404);
        assert_eq!(
            admin
                .get("/v1/users/ses_00000000000000000000000000")
                .await
                .code(),
            "wrong_id_type"
        );
    })
    .await;
}
