//! What is stored of a message, and for how long.

use super::*;

#[tokio::test]
async fn an_address_is_stored_sealed_and_suppressed_when_it_is_dead() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        let to = json!({ "address": "guest@example.com" });
        world.catcher.fail_next(1, Fault::TempFail);
        let waiting = ask(&world, "a", &hello(&to, "email")).await;
        assert_eq!(waiting[0]["subject"], waiting[0]["id"]);
        world.app.settle().await;
        assert_eq!(get(&world, &waiting[0]).await["status"], "queued");
        let ctx = world.app.kit().ctx();
        let sql = match world.db.engine() {
            Engine::Sqlite => {
                "SELECT (SELECT group_concat(recipient || subject || data) FROM messages)
                        || (SELECT group_concat(hex(content)) FROM message_contents)
                        || (SELECT group_concat(payload) FROM jobs) || (SELECT group_concat(data) FROM outbox)
                        || (SELECT group_concat(coalesce(outcome, '')) FROM idempotency_keys)"
            }
            Engine::Postgres => {
                "SELECT (SELECT string_agg(CAST(messages AS text), ' ') FROM messages)
                        || (SELECT string_agg(encode(content, 'hex'), ' ') FROM message_contents)
                        || (SELECT string_agg(CAST(jobs AS text), ' ') FROM jobs)
                        || (SELECT string_agg(CAST(outbox AS text), ' ') FROM outbox)
                        || (SELECT string_agg(CAST(idempotency_keys AS text), ' ') FROM idempotency_keys)"
            }
        };
        let mut db = world.db.read(&ctx);
        let stored = db.query(sql).fetch_scalar::<String>().await;
        let stored = stored.expect("readable").expect("something");
        assert!(
            stored.contains("service_message") || stored.contains("msg_"),
            "{stored}"
        );
        let stored = stored.to_lowercase();
        for personal in ["guest@", "about your question", "we</b> do", "677565737440"] {
            assert!(
                !stored.contains(personal),
                "{personal} is stored in {stored}"
            );
        }

        world.catcher.fail_next(1, Fault::Refuse);
        world.hours_pass(2).await;
        assert_eq!(get(&world, &waiting[0]).await["status"], "bounced");
        let asked = ask(&world, "b", &hello(&to, "email")).await;
        world.app.settle().await;
        let shown = get(&world, &asked[0]).await;
        assert_eq!(
            (&shown["status"], &shown["reason"]),
            (&json!("dropped"), &json!("suppressed"))
        );
        assert_eq!(count_contents(&world).await, 0);
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_a_given_up_message_says_is_forgotten_in_the_end() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        world.catcher.fail_next(100, Fault::TempFail);
        let asked = ask(&world, "a", &hello(&ada(), "email")).await;
        world.hours_pass(70).await;
        assert_eq!(get(&world, &asked[0]).await["status"], "failed");
        assert_eq!(count_contents(&world).await, 1);
        world.days_pass(31).await;
        assert_eq!(count_contents(&world).await, 0);
    }
}
