//! What was committed survives a power cut: nothing can show that without one, but the settings it rests on can be read.

use tenon_store::{Engine, Queryable as _};

use crate::fixture::stores;

/// `PRAGMA synchronous`: every commit waits until the disk has it.
const FULL: i64 = 2;

#[tokio::test]
async fn a_commit_waits_for_the_disk() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.look").await.expect("begins");
        let (setting, expected) = match db.engine() {
            Engine::Sqlite => ("PRAGMA synchronous", FULL),
            // The cluster of tests does not wait for its disk on purpose; that no session asks for less is ours.
            Engine::Postgres => (
                "SELECT COUNT(*) FROM pg_settings WHERE name = 'synchronous_commit' AND source = 'session'",
                0,
            ),
        };
        let found: Option<i64> = tx.query(setting).fetch_scalar().await.expect("an answer");
        assert_eq!(found, Some(expected), "{setting}");
        tx.rollback().await.expect("rolls back");
    }
}
