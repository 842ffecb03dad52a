//! Sagas as rows.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenon_jobs::{Saga, SagaStatus, due_sagas, unfinished_sagas};
use tenon_kernel::Timestamp;
use tenon_store::{Db, Migrations, StoreError};
use tenon_testkit::{Kit, engines};
use uuid::Uuid;

const MIGRATIONS: Migrations = Migrations {
    module: "shop",
    sqlite: None,
    postgres: None,
};
const KIND: &str = "checkout";
const MINUTE: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Checkout {
    reserved: bool,
}

async fn start(kit: &Kit, db: &Db, wake_at: Timestamp) -> Result<Saga<Checkout>, StoreError> {
    start_as(kit, db, kit.env().new_uuid(), wake_at).await
}

async fn start_as(
    kit: &Kit,
    db: &Db,
    id: Uuid,
    wake_at: Timestamp,
) -> Result<Saga<Checkout>, StoreError> {
    let mut ctx = kit.ctx();
    let mut tx = db.begin(&mut ctx, "test.start").await?;
    let saga = Saga::start(
        &mut tx,
        KIND,
        id,
        "reserve",
        Checkout { reserved: false },
        wake_at,
    )
    .await?;
    tx.commit().await?;
    Ok(saga)
}

async fn advance(
    kit: &Kit,
    db: &Db,
    saga: &mut Saga<Checkout>,
    status: SagaStatus,
    wake_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let mut ctx = kit.ctx();
    let mut tx = db.begin(&mut ctx, "test.advance").await?;
    saga.advance(&mut tx, "pay", status, wake_at).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_saga_is_found_as_it_was_left() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let db = kit.db(MIGRATIONS).await;
        let mut saga = start(&kit, &db, kit.env().now()).await.expect("starts");
        saga.state.reserved = true;
        advance(&kit, &db, &mut saga, SagaStatus::Compensating, None)
            .await
            .expect("advances");

        let ctx = kit.ctx();
        let found = Saga::<Checkout>::find(&mut db.read(&ctx), KIND, saga.id)
            .await
            .expect("reads")
            .expect("exists");
        assert_eq!(
            (found.step.as_str(), found.status, found.state),
            ("pay", SagaStatus::Compensating, saga.state)
        );
        let other_kind = Saga::<Checkout>::find(&mut db.read(&ctx), "refund", saga.id)
            .await
            .expect("reads");
        assert!(other_kind.is_none());
    }
}

#[tokio::test]
async fn of_two_that_advance_a_saga_one_wins() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let db = kit.db(MIGRATIONS).await;
        let mut mine = start(&kit, &db, kit.env().now()).await.expect("starts");
        let mut theirs = mine.clone();
        let (first, second) = tokio::join!(
            advance(&kit, &db, &mut mine, SagaStatus::Running, None),
            advance(&kit, &db, &mut theirs, SagaStatus::Running, None),
        );
        let outcomes = [first, second];
        assert_eq!(
            outcomes.iter().filter(|outcome| outcome.is_ok()).count(),
            1,
            "{outcomes:?}"
        );
        assert_eq!(
            outcomes
                .iter()
                .filter(|outcome| matches!(outcome, Err(StoreError::LeaseLost)))
                .count(),
            1
        );
        // The winner goes on.
        let winner = if outcomes[0].is_ok() {
            &mut mine
        } else {
            &mut theirs
        };
        advance(&kit, &db, winner, SagaStatus::Completed, None)
            .await
            .expect("advances");
    }
}

#[tokio::test]
async fn a_saga_starts_once() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let db = kit.db(MIGRATIONS).await;
        let (id, now) = (kit.env().new_uuid(), kit.env().now());
        start_as(&kit, &db, id, now).await.expect("starts");
        let again = start_as(&kit, &db, id, now).await.map(drop);
        assert!(
            again
                .as_ref()
                .is_err_and(|error| error.is_duplicate("sagas.id")),
            "{again:?}"
        );
    }
}

#[tokio::test]
async fn the_sweeper_sees_what_is_past_its_wake_up_and_unfinished() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let db = kit.db(MIGRATIONS).await;
        let now = kit.env().now();
        let later = start(&kit, &db, now + 2 * MINUTE).await.expect("starts");
        let mut sooner = start(&kit, &db, now + MINUTE).await.expect("starts");
        let ctx = kit.ctx();
        assert!(
            due_sagas(&db, &ctx, KIND, 10)
                .await
                .expect("reads")
                .is_empty()
        );
        kit.advance(2 * MINUTE);
        assert_eq!(
            due_sagas(&db, &ctx, KIND, 10).await.expect("reads"),
            [sooner.id, later.id]
        );
        assert_eq!(
            due_sagas(&db, &ctx, KIND, 1).await.expect("reads"),
            [sooner.id]
        );
        assert!(
            due_sagas(&db, &ctx, "refund", 10)
                .await
                .expect("reads")
                .is_empty()
        );

        // A finished saga sleeps for good, whatever the caller says.
        advance(&kit, &db, &mut sooner, SagaStatus::Completed, Some(now))
            .await
            .expect("advances");
        assert_eq!(
            due_sagas(&db, &ctx, KIND, 10).await.expect("reads"),
            [later.id]
        );
        let unfinished = unfinished_sagas(&db, &ctx, 10).await.expect("reads");
        assert_eq!(
            unfinished.iter().map(|saga| saga.id).collect::<Vec<_>>(),
            [later.id]
        );
        assert_eq!(unfinished[0].wake_at, Some(now + 2 * MINUTE));
    }
}
