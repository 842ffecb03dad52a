//! One key, one effect, equal answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tenon_kernel::{CallCtx, IdempotencyScope};
use tenon_seam::{SeamError, SeamFault, SeamResult};
use tenon_store::{Claim, Db, Engine, KeyFate, Queryable, StoreError, retrying};
use tenon_testkit::Kit;

use crate::fixture::{count, insert, stores, thing};

const OPERATION: &str = "add_thing";

fn keyed(kit: &Kit, key: &str, body: u8) -> CallCtx {
    kit.ctx().with_idempotency(IdempotencyScope {
        key: key.to_owned(),
        subject: "user:1".to_owned(),
        fingerprint: [body; 32],
    })
}

/// A use case as modules write it; counts how often its body got to work.
async fn add_thing(
    kit: &Kit,
    db: &Db,
    ctx: &CallCtx,
    runs: &AtomicU32,
) -> SeamResult<String, String> {
    retrying(|| async {
        let mut ctx = ctx.child();
        let mut tx = db.begin(&mut ctx, "things.add").await?;
        match tx.claim_key::<String, String>(OPERATION).await? {
            Claim::Replay(outcome) => return outcome.map_err(SeamError::Domain),
            Claim::Fresh => {}
        }
        let run = runs.fetch_add(1, Ordering::SeqCst);
        let thing = thing(kit, &format!("thing {run}"));
        insert(&mut tx, &thing).await?;
        let id = thing.id.to_string();
        tx.commit_outcome::<String, String>(OPERATION, &Ok(id.clone()), Some(id.clone()))
            .await?;
        Ok(id)
    })
    .await
}

/// Asks again while the first copy is still running, as clients are told to: a busy machine may take a second.
async fn until_answered<Fut>(request: impl Fn() -> Fut) -> SeamResult<String, String>
where
    Fut: Future<Output = SeamResult<String, String>>,
{
    loop {
        match request().await {
            Err(SeamError::Seam(SeamFault::KeyInFlight { .. })) => {}
            answer => return answer,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_copies_have_one_effect_and_equal_answers() {
    for (kit, db) in stores().await {
        let (kit, runs) = (Arc::new(kit), Arc::new(AtomicU32::new(0)));
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let (kit, db, runs) = (Arc::clone(&kit), db.clone(), Arc::clone(&runs));
                tokio::spawn(async move {
                    let ctx = keyed(&kit, "k1", 1);
                    until_answered(|| add_thing(&kit, &db, &ctx, &runs)).await
                })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.expect("runs").expect("is answered"));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert_eq!(count(&db, &kit.ctx()).await, 1);
    }
}

#[tokio::test]
async fn a_replay_is_marked_and_costs_no_effect() {
    for (kit, db) in stores().await {
        let runs = AtomicU32::new(0);
        let first = keyed(&kit, "k1", 1);
        let id = add_thing(&kit, &db, &first, &runs).await.expect("is added");
        assert!(!first.was_replayed());
        let second = keyed(&kit, "k1", 1);
        assert_eq!(add_thing(&kit, &db, &second, &runs).await, Ok(id.clone()));
        assert!(second.was_replayed());
        assert_eq!(
            db.key_fate(&second, OPERATION).await.expect("reads"),
            KeyFate::Done { resource: Some(id) }
        );
    }
}

#[tokio::test]
async fn keys_of_other_people_and_operations_are_other_keys() {
    for (kit, db) in stores().await {
        let runs = AtomicU32::new(0);
        add_thing(&kit, &db, &keyed(&kit, "k1", 1), &runs)
            .await
            .expect("is added");
        let mut other = keyed(&kit, "k1", 1);
        other.idempotency.as_mut().expect("keyed").subject = "user:2".to_owned();
        add_thing(&kit, &db, &other, &runs).await.expect("is added");
        add_thing(&kit, &db, &keyed(&kit, "k2", 1), &runs)
            .await
            .expect("is added");
        add_thing(&kit, &db, &kit.ctx(), &runs)
            .await
            .expect("without a key every request is new");
        assert_eq!(runs.into_inner(), 4);
        assert_eq!(
            db.key_fate(&other, "another_operation")
                .await
                .expect("reads"),
            KeyFate::Unseen
        );
    }
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused() {
    for (kit, db) in stores().await {
        let runs = AtomicU32::new(0);
        add_thing(&kit, &db, &keyed(&kit, "k1", 1), &runs)
            .await
            .expect("is added");
        let other_body = keyed(&kit, "k1", 2);
        assert_eq!(
            add_thing(&kit, &db, &other_body, &runs).await,
            Err(SeamError::Seam(SeamFault::KeyReused))
        );
        assert!(matches!(
            db.key_fate(&other_body, OPERATION).await,
            Err(StoreError::KeyReused)
        ));
    }
}

#[tokio::test]
async fn a_rolled_back_unit_leaves_no_record() {
    for (kit, db) in stores().await {
        let mut ctx = keyed(&kit, "k1", 1);
        let mut tx = db.begin(&mut ctx, "things.add").await.expect("begins");
        assert!(matches!(
            tx.claim_key::<String, String>(OPERATION).await,
            Ok(Claim::Fresh)
        ));
        drop(tx);
        assert_eq!(
            db.key_fate(&ctx, OPERATION).await.expect("reads"),
            KeyFate::Unseen
        );
        add_thing(&kit, &db, &ctx, &AtomicU32::new(0))
            .await
            .expect("is added");
    }
}

#[tokio::test]
async fn a_claimed_key_needs_an_outcome() {
    for (kit, db) in stores().await {
        let mut ctx = keyed(&kit, "k1", 1);
        let mut tx = db.begin(&mut ctx, "things.add").await.expect("begins");
        tx.claim_key::<String, String>(OPERATION)
            .await
            .expect("claims");
        assert!(matches!(
            tx.commit().await,
            Err(StoreError::Inconsistent { .. })
        ));
        assert_eq!(
            db.key_fate(&ctx, OPERATION).await.expect("reads"),
            KeyFate::Unseen
        );
    }
}

/// A use case that refuses after it has written something.
async fn refuse_thing(
    kit: &Kit,
    db: &Db,
    ctx: &CallCtx,
    refusals: &AtomicU32,
) -> SeamResult<String, String> {
    retrying(|| async {
        let mut ctx = ctx.child();
        let mut tx = db.begin(&mut ctx, "things.refuse").await?;
        match tx.claim_key::<String, String>(OPERATION).await? {
            Claim::Replay(outcome) => return outcome.map_err(SeamError::Domain),
            Claim::Fresh => {}
        }
        let number = refusals.fetch_add(1, Ordering::SeqCst);
        insert(&mut tx, &thing(kit, "half done")).await?;
        let refusal = tx
            .refuse::<String, String>(OPERATION, format!("sold out {number}"))
            .await?;
        Err(SeamError::Domain(refusal))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refusal_is_kept_and_its_work_is_not() {
    for (kit, db) in stores().await {
        let (kit, refusals) = (Arc::new(kit), Arc::new(AtomicU32::new(0)));
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (kit, db, refusals) = (Arc::clone(&kit), db.clone(), Arc::clone(&refusals));
                tokio::spawn(async move {
                    let ctx = keyed(&kit, "k1", 1);
                    until_answered(|| refuse_thing(&kit, &db, &ctx, &refusals)).await
                })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            let answer = task.await.expect("runs");
            assert!(
                matches!(&answer, Err(SeamError::Domain(text)) if text.starts_with("sold out")),
                "{answer:?}"
            );
            answers.push(answer);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(count(&db, &kit.ctx()).await, 0);
    }
}

#[tokio::test]
async fn a_held_key_is_in_flight_until_it_is_completed() {
    for (kit, db) in stores().await {
        let mut ctx = keyed(&kit, "k1", 1);
        let mut tx = db.begin(&mut ctx, "things.start").await.expect("begins");
        tx.claim_key::<String, String>(OPERATION)
            .await
            .expect("claims");
        tx.hold_key(OPERATION, "chk_1").await.expect("holds");
        tx.commit().await.expect("commits");
        assert_eq!(
            db.key_fate(&ctx, OPERATION).await.expect("reads"),
            KeyFate::Running {
                resource: Some("chk_1".to_owned())
            }
        );
        let runs = AtomicU32::new(0);
        let meanwhile = add_thing(&kit, &db, &keyed(&kit, "k1", 1), &runs).await;
        assert!(
            matches!(
                meanwhile,
                Err(SeamError::Seam(SeamFault::KeyInFlight { .. }))
            ),
            "{meanwhile:?}"
        );

        let mut job = kit.ctx();
        let mut tx = db.begin(&mut job, "things.finish").await.expect("begins");
        tx.complete_key_of::<String, String>(OPERATION, "chk_1", &Ok("done".to_owned()))
            .await
            .expect("completes");
        tx.commit().await.expect("commits");
        assert_eq!(
            add_thing(&kit, &db, &keyed(&kit, "k1", 1), &runs).await,
            Ok("done".to_owned())
        );
        assert_eq!(runs.into_inner(), 0);
    }
}

#[tokio::test]
async fn a_held_key_can_be_completed_under_its_own_context() {
    for (kit, db) in stores().await {
        let mut ctx = keyed(&kit, "k1", 1);
        let mut tx = db.begin(&mut ctx, "things.start").await.expect("begins");
        tx.claim_key::<String, String>(OPERATION)
            .await
            .expect("claims");
        tx.hold_key(OPERATION, "chk_1").await.expect("holds");
        tx.commit().await.expect("commits");
        let mut tx = db.begin(&mut ctx, "things.finish").await.expect("begins");
        tx.complete_key::<String, String>(OPERATION, &Err("declined".to_owned()))
            .await
            .expect("completes");
        tx.commit().await.expect("commits");
        let again = add_thing(&kit, &db, &keyed(&kit, "k1", 1), &AtomicU32::new(0)).await;
        assert_eq!(again, Err(SeamError::Domain("declined".to_owned())));
        assert_eq!(
            db.key_fate(&ctx, OPERATION).await.expect("reads"),
            KeyFate::Done {
                resource: Some("chk_1".to_owned())
            }
        );
    }
}

#[tokio::test]
async fn the_patience_for_a_key_ends_with_its_statement() {
    for (kit, db) in stores().await {
        if db.engine() != Engine::Postgres {
            continue;
        }
        let mut ctx = keyed(&kit, "k1", 1);
        let mut tx = db.begin(&mut ctx, "things.add").await.expect("begins");
        tx.claim_key::<String, String>(OPERATION)
            .await
            .expect("claims");
        let timeout: Option<String> = tx
            .query("SELECT current_setting('lock_timeout')")
            .fetch_scalar()
            .await
            .expect("reads");
        assert_eq!(timeout.as_deref(), Some("5s"));
    }
}

#[tokio::test]
async fn expired_records_are_purged_in_batches() {
    for (kit, db) in stores().await {
        let runs = AtomicU32::new(0);
        for key in ["a", "b", "c"] {
            add_thing(&kit, &db, &keyed(&kit, key, 1), &runs)
                .await
                .expect("is added");
        }
        let mut ctx = kit.ctx();
        kit.advance(Duration::from_hours(29 * 24));
        assert_eq!(
            db.purge_expired_keys(&mut ctx, 10).await.expect("purges"),
            0
        );
        kit.advance(Duration::from_hours(24));
        assert_eq!(db.purge_expired_keys(&mut ctx, 2).await.expect("purges"), 2);
        assert_eq!(db.purge_expired_keys(&mut ctx, 2).await.expect("purges"), 1);
        add_thing(&kit, &db, &keyed(&kit, "a", 2), &runs)
            .await
            .expect("the key is free again");
    }
}

#[tokio::test]
async fn an_outcome_too_large_to_keep_is_an_error() {
    for (kit, db) in stores().await {
        let mut ctx = keyed(&kit, "k1", 1);
        let mut tx = db.begin(&mut ctx, "things.add").await.expect("begins");
        tx.claim_key::<String, String>(OPERATION)
            .await
            .expect("claims");
        let kept = tx
            .commit_outcome::<String, String>(OPERATION, &Ok("x".repeat(64 * 1024)), None)
            .await;
        assert!(
            matches!(kept, Err(StoreError::Inconsistent { .. })),
            "{kept:?}"
        );
    }
}
