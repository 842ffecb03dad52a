//! Forgetting, and noticing what should not be.

use tenon_store::Queryable as _;
use tenon_testkit::Kit;

use crate::world::{World, on_each_engine};

const DAY: u64 = 86_400;

async fn count(world: &World, sql: &'static str) -> i64 {
    let db = world.app.kit().db(identity::MIGRATIONS).await;
    let ctx = world.app.kit().ctx();
    db.read(&ctx)
        .query(sql)
        .fetch_scalar::<i64>()
        .await
        .expect("counted")
        .expect("a number")
}

#[tokio::test]
async fn sealed_successors_are_wiped_when_their_moment_is_over() {
    on_each_engine(async |world| {
        const SEALED: &str = "SELECT count(*) FROM refresh_tokens WHERE successor IS NOT NULL";
        world.account("ada@example.org").await;
        let tokens = world.sign_in("ada@example.org").await;
        world.refresh(&tokens).await.expect(200);
        assert_eq!(count(world, SEALED).await, 1);
        world.app.settle().await;
        assert_eq!(
            count(world, SEALED).await,
            1,
            "not while it may be asked for"
        );
        world.advance(60);
        world.app.settle().await;
        assert_eq!(count(world, SEALED).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_over_is_deleted_and_what_lives_stays() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let ended = world.sign_in("ada@example.org").await;
        world
            .with(&ended)
            .delete("/v1/auth/sessions/current")
            .await
            .expect(204);
        world
            .try_sign_in("nobody@example.org", "a wrong guess")
            .await
            .expect(401);
        world.app.settle().await;

        world.advance(31 * DAY);
        let kept = world.sign_in("ada@example.org").await;
        world.app.settle().await;
        assert_eq!(count(world, "SELECT count(*) FROM sessions").await, 1);
        assert_eq!(count(world, "SELECT count(*) FROM refresh_tokens").await, 1);
        assert_eq!(count(world, "SELECT count(*) FROM challenges").await, 0);
        assert_eq!(
            count(world, "SELECT count(*) FROM sign_in_attempts").await,
            0
        );
        assert_eq!(count(world, "SELECT count(*) FROM auth_requests").await, 0);
        world.with(&kept).get("/v1/me").await.expect(200);
    })
    .await;
}

/// The rules can be broken, and then say which row breaks them.
#[tokio::test]
async fn broken_data_is_noticed() {
    for engine in tenon_testkit::engines() {
        let world = World::new(Kit::migrated(engine, &[identity::MIGRATIONS]).await).await;
        world.account("ada@example.org").await;
        let tokens = world.sign_in("ada@example.org").await;
        world.app.assert_invariants().await;
        let db = world.app.kit().db(identity::MIGRATIONS).await;
        let mut ctx = world.app.kit().ctx();
        let mut tx = db.begin(&mut ctx, "test.break").await.expect("begun");
        let now = tx.now();
        tx.query("UPDATE refresh_tokens SET used_at = $1")
            .bind(now)
            .execute()
            .await
            .expect("broken");
        tx.query("UPDATE users SET password_hash = '$argon2id$no pepper'")
            .execute()
            .await
            .expect("broken");
        tx.commit().await.expect("committed");

        let ctx = world.app.kit().ctx();
        let mut broken = Vec::new();
        for invariant in &world.invariants {
            for violation in invariant.check(&ctx).await.expect("checked") {
                broken.push((invariant.name(), violation.subject));
            }
        }
        let session = tokens["session_id"].as_str().expect("an id").to_owned();
        assert!(
            broken.contains(&("identity.one_unused_refresh_token", session)),
            "{broken:?}"
        );
        assert!(
            broken
                .iter()
                .any(|(name, _)| *name == "identity.passwords_are_hashed"),
            "{broken:?}"
        );
        assert_eq!(broken.len(), 2, "{broken:?}");
    }
}

/// The database itself refuses what no code should ever try.
#[tokio::test]
async fn the_schema_holds_its_own() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        world.sign_in("ada@example.org").await;
        world
            .register("unverified@example.org", "correct horse battery")
            .await;
        let db = world.app.kit().db(identity::MIGRATIONS).await;
        for forbidden in [
            "UPDATE users SET password_hash = 'plain'",
            "UPDATE users SET password_hash = '$argon2id$x' WHERE email_verified_at IS NULL",
            "UPDATE users SET locked_at = created_at",
            "UPDATE users SET email_key = 'ada@example.org'",
            "UPDATE sessions SET ended_at = created_at",
            "UPDATE sessions SET generation = 0",
            "INSERT INTO refresh_tokens (hash, session_id, generation, issued_at)
             SELECT session_id, session_id, 2, issued_at FROM refresh_tokens",
            "UPDATE user_roles SET role = 'emperor'",
            "DELETE FROM users",
        ] {
            let mut ctx = world.app.kit().ctx();
            let mut tx = db.begin(&mut ctx, "test.forbidden").await.expect("begun");
            assert!(tx.query(forbidden).execute().await.is_err(), "{forbidden}");
        }
    })
    .await;
}
