//! Nothing is changed in silence.

use audit_contract::{BrokenEntry, ChainFault};
use tenon_store::StoreError;
use tenon_testkit::{TestEngine, engines};

use crate::world::World;

impl World {
    /// Does what only the owner of the tables can do.
    pub(crate) async fn drop_triggers(&self, engine: TestEngine) {
        let statements: &[&'static str] = match engine {
            TestEngine::Sqlite => &[
                "DROP TRIGGER audit_entries_no_update",
                "DROP TRIGGER audit_entries_no_delete",
                "DROP TRIGGER audit_head_moves_by_one",
            ],
            TestEngine::Postgres => &[
                "ALTER TABLE audit_entries DISABLE TRIGGER USER",
                "ALTER TABLE audit_head DISABLE TRIGGER USER",
            ],
        };
        for statement in statements {
            self.execute(statement).await;
        }
    }

    async fn tampered(engine: TestEngine, statements: &[&'static str]) -> Option<BrokenEntry> {
        let world = Self::new(engine).await;
        world.changes(10).await;
        assert_eq!(world.broken().await, None);
        world.drop_triggers(engine).await;
        for statement in statements {
            assert!(
                world.execute(statement).await > 0,
                "{statement} changed nothing"
            );
        }
        let broken = world.broken().await;
        let violations = world.invariants[0]
            .check(&world.app.kit().ctx())
            .await
            .expect("it can be checked");
        let named: Vec<_> = violations
            .into_iter()
            .map(|violation| violation.subject)
            .collect();
        let expected: Vec<_> = broken
            .iter()
            .map(|broken| format!("audit entry {}", broken.seq))
            .collect();
        assert_eq!(named, expected);
        broken
    }
}

#[tokio::test]
async fn the_database_refuses_to_change_or_remove_entries() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.changes(2).await;
        for statement in [
            "UPDATE audit_entries SET actor = 'nobody' WHERE seq = 1",
            "DELETE FROM audit_entries WHERE seq = 1",
            "UPDATE audit_head SET seq = 0",
            "UPDATE audit_head SET seq = seq + 2",
            "DELETE FROM audit_head",
        ] {
            let refused = world.try_execute(statement).await;
            let rule = match refused {
                Err(StoreError::Check { constraint }) => constraint,
                other => panic!("{statement}: {other:?}"),
            };
            assert!(
                rule == "audit_entries_are_append_only" || rule == "audit_head_moves_by_one",
                "{rule}"
            );
        }
        let replace = match engine {
            TestEngine::Sqlite => {
                "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE seq = 1"
            }
            TestEngine::Postgres => "TRUNCATE audit_entries",
        };
        assert!(matches!(
            world.try_execute(replace).await,
            Err(StoreError::Check { .. })
        ));
        assert_eq!(world.verify(100).await.verified, 2);
    }
}

#[tokio::test]
async fn a_change_of_any_column_is_found() {
    const CHANGES: &[&str] = &[
        "UPDATE audit_entries SET id = event_id WHERE seq = 4",
        "UPDATE audit_entries SET event_id = id WHERE seq = 4",
        "UPDATE audit_entries SET occurred_at = (SELECT min(occurred_at) FROM audit_entries) WHERE seq = 4",
        "UPDATE audit_entries SET recorded_at = (SELECT min(occurred_at) FROM audit_entries) WHERE seq = 4",
        "UPDATE audit_entries SET actor = 'nobody' WHERE seq = 4",
        "UPDATE audit_entries SET interface = 'rest' WHERE seq = 4",
        "UPDATE audit_entries SET action = 'product.created' WHERE seq = 4",
        "UPDATE audit_entries SET target = 'prd_9' WHERE seq = 4",
        "UPDATE audit_entries SET source = 'orders' WHERE seq = 4",
        "UPDATE audit_entries SET trace_id = NULL WHERE seq = 4",
        "UPDATE audit_entries SET correlation_id = 'x' WHERE seq = 4",
        "UPDATE audit_entries SET causation_id = '' WHERE seq = 4",
        "UPDATE audit_entries SET state_before = state_after WHERE seq = 4",
        "UPDATE audit_entries SET state_after = state_before WHERE seq = 4",
        "UPDATE audit_entries SET data = 'null' WHERE seq = 4",
    ];
    for engine in engines() {
        let world = World::new(engine).await;
        world.changes(10).await;
        world.drop_triggers(engine).await;
        for change in CHANGES {
            let save = "CREATE TABLE saved AS SELECT * FROM audit_entries WHERE seq = 4";
            world.execute("DROP TABLE IF EXISTS saved").await;
            world.execute(save).await;
            assert_eq!(world.execute(change).await, 1, "{change}");
            assert_eq!(
                world.broken().await,
                Some(BrokenEntry {
                    seq: 4,
                    fault: ChainFault::Altered
                }),
                "{change}"
            );
            world
                .execute("DELETE FROM audit_entries WHERE seq = 4")
                .await;
            world
                .execute("INSERT INTO audit_entries SELECT * FROM saved")
                .await;
            assert_eq!(world.broken().await, None, "restored after {change}");
        }
    }
}

#[tokio::test]
async fn every_way_to_break_the_chain_is_found_and_named() {
    let cases: &[(&[&str], i64, ChainFault)] = &[
        // removed: in the middle, the first, the last
        (
            &["DELETE FROM audit_entries WHERE seq = 5"],
            5,
            ChainFault::Missing,
        ),
        (
            &["DELETE FROM audit_entries WHERE seq = 1"],
            1,
            ChainFault::Missing,
        ),
        (
            &["DELETE FROM audit_entries WHERE seq = 10"],
            10,
            ChainFault::Missing,
        ),
        // removed, and the next moved up
        (
            &[
                "DELETE FROM audit_entries WHERE seq = 5",
                "UPDATE audit_entries SET seq = 5 WHERE seq = 6",
            ],
            5,
            ChainFault::NotLinked,
        ),
        // exchanged
        (
            &[
                "UPDATE audit_entries SET seq = 100 WHERE seq = 3",
                "UPDATE audit_entries SET seq = 3 WHERE seq = 7",
                "UPDATE audit_entries SET seq = 7 WHERE seq = 100",
            ],
            3,
            ChainFault::NotLinked,
        ),
        // the hashes of a changed entry made to fit its neighbour
        (
            &["UPDATE audit_entries SET previous_hash = hash WHERE seq = 6"],
            6,
            ChainFault::NotLinked,
        ),
        (
            &["UPDATE audit_entries SET hash = previous_hash WHERE seq = 6"],
            6,
            ChainFault::Altered,
        ),
        // the end moved
        (&["UPDATE audit_head SET seq = 9"], 9, ChainFault::NotLinked),
        (&["UPDATE audit_head SET seq = 12"], 11, ChainFault::Missing),
        (
            &["UPDATE audit_head SET hash = (SELECT hash FROM audit_entries WHERE seq = 2)"],
            10,
            ChainFault::NotLinked,
        ),
    ];
    for engine in engines() {
        for (statements, seq, fault) in cases {
            let broken = World::tampered(engine, statements).await;
            assert_eq!(
                broken,
                Some(BrokenEntry {
                    seq: *seq,
                    fault: *fault
                }),
                "{engine:?}: {statements:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_entry_that_was_slipped_in_is_found() {
    const INSERT: &str = "
        INSERT INTO audit_entries (seq, id, event_id, occurred_at, recorded_at, actor, interface, action, target,
                                   source, previous_hash, hash)
        SELECT 11, saved.event_id, saved.id, occurred_at, recorded_at, 'service:test', interface, action, target,
               source, hash, previous_hash
          FROM audit_entries AS saved WHERE seq = 10";
    for engine in engines() {
        let broken = World::tampered(engine, &[INSERT]).await;
        assert_eq!(
            broken,
            Some(BrokenEntry {
                seq: 11,
                fault: ChainFault::Surplus
            })
        );
        let broken = World::tampered(engine, &[INSERT, "UPDATE audit_head SET seq = 11"]).await;
        assert_eq!(
            broken,
            Some(BrokenEntry {
                seq: 11,
                fault: ChainFault::Altered
            })
        );
    }
}
