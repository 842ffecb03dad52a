//! Being let in, or not.

use serde_json::{Value, json};
use tenon_kernel::Role;

use crate::world::{PASSWORD, World, comparable, on_each_engine};

#[tokio::test]
async fn unknown_wrong_unverified_and_locked_look_the_same() {
    on_each_engine(async |world| {
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let (locked, _) = world.made("locked@example.org", &[Role::Customer]).await;
        let lock = json!({ "locked": true, "lock_reason": "fraud" });
        admin
            .patch(&format!("/v1/users/{locked}"))
            .header("if-match", "\"v2\"")
            .json(&lock)
            .await
            .expect(200);
        world.account("ada@example.org").await;
        world.register("unverified@example.org", PASSWORD).await;

        let expected = comparable(&world.try_sign_in("nobody@example.org", PASSWORD).await);
        assert_eq!(expected["status"], 401);
        assert_eq!(expected["body"]["code"], "identity.invalid_credentials");
        let refused = world.try_sign_in("nobody@example.org", PASSWORD).await;
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        for (email, password) in [
            ("ada@example.org", "not the password"),
            ("unverified@example.org", PASSWORD),
            ("locked@example.org", PASSWORD),
            ("ada@example.org", ""),
            ("ada@example.org", &"x".repeat(1_000)),
        ] {
            assert_eq!(
                comparable(&world.try_sign_in(email, password).await),
                expected,
                "{email}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_sign_in_is_a_session_of_its_own() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let (first, second) = (
            world.sign_in("ada@example.org").await,
            world.sign_in("ada@example.org").await,
        );
        for secret in [
            "session_id",
            "refresh_token",
            "access_token",
            "device_token",
        ] {
            assert_ne!(first[secret], second[secret], "{secret}");
        }
        let created = world.events("session.created").await;
        assert_eq!(created.len(), 2);
        assert_eq!(created[0]["amr"], json!(["pwd"]));
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_and_ends_their_sessions() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        world.account("bob@example.org").await;
        let sign_in = async |agent: &str| {
            let body = json!({ "email": "ada@example.org", "password": PASSWORD });
            world.advance(1);
            world
                .app
                .anonymous()
                .post("/v1/auth/sessions")
                .header("user-agent", agent)
                .json(&body)
                .await
                .expect(201)
        };
        let (phone, laptop) = (sign_in("phone/1").await, sign_in("laptop/1").await);
        let bob = world.sign_in("bob@example.org").await;

        let list = world.with(&phone).get("/v1/me/sessions").await.expect(200);
        let seen: Vec<(&Value, &Value)> = list["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|s| (&s["client"], &s["current"]))
            .collect();
        assert_eq!(
            seen,
            [
                (&json!("laptop/1"), &json!(false)),
                (&json!("phone/1"), &json!(true))
            ]
        );

        let path = |tokens: &Value| {
            format!(
                "/v1/me/sessions/{}",
                tokens["session_id"].as_str().expect("an id")
            )
        };
        let foreign = world.with(&phone).delete(&path(&bob)).await;
        assert_eq!(
            (foreign.status().as_u16(), foreign.code().as_str()),
            (404, "identity.session_not_found")
        );
        world.with(&phone).delete(&path(&laptop)).await.expect(204);
        world.with(&laptop).get("/v1/me").await.expect(401);
        world.refresh(&laptop).await.expect(401);
        world.with(&phone).delete(&path(&laptop)).await.expect(404);
        world.with(&bob).get("/v1/me").await.expect(200);

        world
            .with(&phone)
            .delete("/v1/auth/sessions/current")
            .await
            .expect(204);
        world.with(&phone).get("/v1/me").await.expect(401);
        world.refresh(&phone).await.expect(401);
        let reasons: Vec<Value> = world
            .events("session.revoked")
            .await
            .into_iter()
            .map(|event| event["reason"].clone())
            .collect();
        assert_eq!(reasons, [json!("ended_by_user"), json!("signed_out")]);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_sessions_comes_in_pages() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let mut expected = Vec::new();
        let mut newest = Value::Null;
        for _ in 0..5 {
            world.advance(1);
            newest = world.sign_in("ada@example.org").await;
            expected.insert(0, newest["session_id"].clone());
        }
        let ada = world.with(&newest);
        let (mut seen, mut path) = (Vec::new(), "/v1/me/sessions?limit=2".to_owned());
        loop {
            let page = ada.get(&path).await.expect(200);
            seen.extend(
                page["data"]
                    .as_array()
                    .expect("a list")
                    .iter()
                    .map(|session| session["id"].clone()),
            );
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/v1/me/sessions?limit=2&cursor={cursor}");
        }
        assert_eq!(seen, expected);

        world.account("bob@example.org").await;
        let bob = world.with(&world.sign_in("bob@example.org").await);
        let foreign = bob.get(&path).await;
        assert_eq!(
            foreign.code(),
            "identity.invalid_cursor",
            "a cursor is bound to its owner"
        );
        foreign.expect(400);
    })
    .await;
}

#[tokio::test]
async fn the_oldest_session_gives_way_to_the_fifty_first() {
    let world = World::new(tenon_testkit::Kit::new(tenon_testkit::TestEngine::Sqlite).await).await;
    world.account("ada@example.org").await;
    let first = world.sign_in("ada@example.org").await;
    for _ in 0..50 {
        world.advance(1);
        world.sign_in("ada@example.org").await;
    }
    world.with(&first).get("/v1/me").await.expect(401);
    let revoked = world.events("session.revoked").await;
    assert_eq!(revoked.len(), 1);
    assert_eq!(
        (&revoked[0]["session_id"], &revoked[0]["reason"]),
        (&first["session_id"], &json!("too_many_sessions"))
    );
    world.app.assert_invariants().await;
}

#[tokio::test]
async fn sessions_end_when_idle_and_at_last_in_any_case() {
    const DAY: u64 = 86_400;
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let idle = world.sign_in("ada@example.org").await;
        let mut busy = world.sign_in("ada@example.org").await;
        for _ in 0..8 {
            world.advance(10 * DAY);
            busy = world.refresh(&busy).await.expect(200);
            world.with(&busy).get("/v1/me").await.expect(200);
        }
        world.refresh(&idle).await.expect(401);
        world.advance(9 * DAY);
        busy = world.refresh(&busy).await.expect(200);
        world.advance(DAY);
        world.refresh(&busy).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn guessing_slows_down_but_a_known_device_gets_in() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let device = world.sign_in("ada@example.org").await["device_token"].clone();
        for _ in 0..5 {
            world
                .try_sign_in("ada@example.org", "a wrong guess")
                .await
                .expect(401);
        }
        let slowed = world.try_sign_in("ada@example.org", PASSWORD).await;
        assert_eq!(
            slowed.code(),
            "identity.too_many_attempts",
            "even with the right password"
        );
        assert_eq!(
            (
                slowed.expect(429)["retry"].as_str(),
                slowed.header("retry-after")
            ),
            (Some("after"), Some("1"))
        );

        let with_device = async |device: &Value, password: &str| {
            let body =
                json!({ "email": "ada@example.org", "password": password, "device_token": device });
            world.post("/v1/auth/sessions", body).await
        };
        with_device(&device, PASSWORD).await.expect(201);
        assert_eq!(
            world.events("session.created").await.last().expect("one")["known_device"],
            true
        );
        world.account("eve@example.org").await;
        let foreign = world.sign_in("eve@example.org").await["device_token"].clone();
        with_device(&foreign, PASSWORD).await.expect(429);
        with_device(&json!("nonsense"), PASSWORD).await.expect(429);

        world.advance(1);
        world.sign_in("ada@example.org").await;
        world
            .try_sign_in("ada@example.org", "a wrong guess")
            .await
            .expect(401);
    })
    .await;
}

/// Counting happens before checking, so a burst is worth no more than a queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_guesses_do_not_slip_through_together() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let guesses = (0..40).map(|number| {
            let client = world.app.anonymous();
            let body =
                json!({ "email": "ada@example.org", "password": format!("guess number {number}") });
            tokio::spawn(async move {
                client
                    .post("/v1/auth/sessions")
                    .json(&body)
                    .await
                    .status()
                    .as_u16()
            })
        });
        let mut statuses = Vec::new();
        for guess in guesses.collect::<Vec<_>>() {
            statuses.push(guess.await.expect("no panic"));
        }
        let checked = statuses.iter().filter(|status| **status == 401).count();
        assert_eq!(checked, 5, "{statuses:?}");
        assert!(
            statuses
                .iter()
                .all(|status| matches!(status, 401 | 429 | 503)),
            "{statuses:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn unknown_addresses_are_slowed_down_like_known_ones() {
    on_each_engine(async |world| {
        for _ in 0..5 {
            world
                .try_sign_in("nobody@example.org", "a wrong guess")
                .await
                .expect(401);
        }
        world
            .try_sign_in("nobody@example.org", "a wrong guess")
            .await
            .expect(429);
    })
    .await;
}
