//! What is never stored.

use std::time::Duration;

use identity_contract::{ChallengeCreated, ChallengePurpose};
use mail_catcher::Fault;
use tenon_store::{Engine, Queryable as _};
use tenon_testkit::engines;

use crate::world::{World, id};

/// Every column of the module's own tables, and of what it publishes and plans to do.
const SQLITE: &str = "
    SELECT group_concat(line, char(10)) FROM (
        SELECT template || recipient || subject || data || status || coalesce(recipient_hash, '')
               || coalesce(last_error, '') AS line FROM messages
        UNION ALL SELECT kind || subject || title || body FROM user_notifications
        UNION ALL SELECT kind || CAST(address AS TEXT) || address_hash FROM contact_points
        UNION ALL SELECT subject || data FROM event_log
        UNION ALL SELECT payload || coalesce(reason, '') FROM jobs
        UNION ALL SELECT data || actor FROM outbox)";
const POSTGRES: &str = "
    SELECT string_agg(line, chr(10)) FROM (
        SELECT CAST(messages AS text) AS line FROM messages
        UNION ALL SELECT CAST(user_notifications AS text) FROM user_notifications
        UNION ALL SELECT CAST(contact_points AS text) FROM contact_points
        UNION ALL SELECT CAST(event_log AS text) FROM event_log
        UNION ALL SELECT CAST(jobs AS text) FROM jobs
        UNION ALL SELECT CAST(outbox AS text) FROM outbox) AS everything";

#[tokio::test]
async fn nothing_personal_is_stored() {
    for engine in engines() {
        let world = World::hearing(engine, &["identity", "orders"]).await;
        let challenge_id = id("c");
        let expires_at = world.app.kit().env().now() + Duration::from_mins(30);
        world.identity.open_challenge(
            challenge_id,
            "ada@example.com",
            ChallengePurpose::VerifyEmail,
            expires_at,
        );
        let event = ChallengeCreated {
            challenge_id,
            user_id: None,
            purpose: ChallengePurpose::VerifyEmail,
            expires_at,
        };
        world.happens("identity", &event).await;
        for (number, fault) in [
            ("1", None),
            ("2", Some(Fault::Refuse)),
            ("3", Some(Fault::TempFail)),
        ] {
            if let Some(fault) = fault {
                world.catcher.fail_next(1, fault);
            }
            world
                .happens("orders", &world.place(number, Some("ada")))
                .await;
        }
        let token = format!("token-of-{challenge_id}");
        assert!(
            world
                .catcher
                .messages_to("ada@example.com")
                .iter()
                .any(|mail| mail.links()[0].contains(&token))
        );

        let ctx = world.app.kit().ctx();
        let sql = match world.db.engine() {
            Engine::Sqlite => SQLITE,
            Engine::Postgres => POSTGRES,
        };
        let stored: String = world
            .db
            .read(&ctx)
            .query(sql)
            .fetch_scalar()
            .await
            .expect("readable")
            .expect("something");
        assert!(
            stored.contains("order_placed") && stored.contains("recipient_hash"),
            "the statement reads nothing: {stored}"
        );
        for secret in ["ada@example.com", "@example", "token-of-"] {
            assert!(!stored.contains(secret), "{secret} is stored in {stored}");
        }
    }
}
