//! Deployments that hand a store's workers over, and the one that slept through it.

use std::time::Duration;

use tenon_kernel::CallCtx;
use tenon_store::{Db, Queryable as _, StoreError, Taken, WorkerLease};
use tenon_testkit::{Kit, engines};

use crate::fixture::THINGS;

const LENGTH: Duration = Duration::from_secs(20);

/// Does a worker's unit of work.
async fn work(lease: &WorkerLease, kit: &Kit) -> Result<(), StoreError> {
    let mut ctx: CallCtx = kit.ctx();
    let db = lease.db();
    let mut tx = db.begin(&mut ctx, "test.work").await?;
    tx.query("SELECT 1").execute().await?;
    tx.commit().await
}

async fn two(kit: &Kit) -> (Db, WorkerLease, WorkerLease) {
    let db = kit.db(THINGS).await;
    let (old, new) = (
        WorkerLease::new(&db, "tenon"),
        WorkerLease::new(&db, "things-service"),
    );
    (db, old, new)
}

#[tokio::test]
async fn the_store_is_handed_over_at_a_clean_stop() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let (_db, old, new) = two(&kit).await;
        assert!(
            matches!(work(&old, &kit).await, Err(StoreError::LeaseLost)),
            "before it was taken"
        );
        assert_eq!(old.take(LENGTH).await.expect("taken"), Taken::Here);
        work(&old, &kit).await.expect("the owner works");
        let until = kit.env().now() + LENGTH;
        let refused = Taken::Elsewhere {
            deployment: "tenon".to_owned(),
            until,
        };
        assert_eq!(
            new.take(LENGTH).await.expect("asked"),
            refused,
            "{engine:?}"
        );
        assert!(matches!(work(&new, &kit).await, Err(StoreError::LeaseLost)));

        old.release().await.expect("handed back");
        assert_eq!(
            new.take(LENGTH).await.expect("taken"),
            Taken::Here,
            "{engine:?}: at once"
        );
        work(&new, &kit).await.expect("the new owner works");
        assert!(matches!(work(&old, &kit).await, Err(StoreError::LeaseLost)));
    }
}

#[tokio::test]
async fn an_owner_that_sleeps_through_its_end_writes_nothing() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let (_db, old, new) = two(&kit).await;
        old.take(LENGTH).await.expect("taken");
        kit.advance(LENGTH - Duration::from_micros(1));
        assert!(
            matches!(new.take(LENGTH).await, Ok(Taken::Elsewhere { .. })),
            "{engine:?}"
        );
        kit.advance(Duration::from_micros(1));
        work(&old, &kit).await.expect("nobody else has it yet");
        assert_eq!(
            new.take(LENGTH).await.expect("taken"),
            Taken::Here,
            "{engine:?}"
        );
        assert!(matches!(work(&old, &kit).await, Err(StoreError::LeaseLost)));
        assert!(matches!(
            old.take(LENGTH).await,
            Ok(Taken::Elsewhere { .. })
        ));
        // And back again: the token is a new one, so the first owner's old share would not fit either.
        new.release().await.expect("handed back");
        assert_eq!(old.take(LENGTH).await.expect("taken"), Taken::Here);
        work(&old, &kit).await.expect("works");
        assert!(matches!(work(&new, &kit).await, Err(StoreError::LeaseLost)));
    }
}

#[tokio::test]
async fn processes_of_one_deployment_share_it_until_the_last_one_stops() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let (db, one, new) = two(&kit).await;
        let other = WorkerLease::new(&db, "tenon");
        one.take(LENGTH).await.expect("taken");
        assert_eq!(other.take(LENGTH).await.expect("taken"), Taken::Here);
        one.release().await.expect("handed back");
        assert!(
            matches!(new.take(LENGTH).await, Ok(Taken::Elsewhere { .. })),
            "{engine:?}"
        );
        work(&other, &kit).await.expect("works");
        other.release().await.expect("handed back");
        assert_eq!(
            new.take(LENGTH).await.expect("taken"),
            Taken::Here,
            "{engine:?}"
        );
    }
}

/// A unit of work that has begun is waited for: nobody takes over in its middle.
#[tokio::test]
async fn nobody_takes_over_in_the_middle_of_a_unit_of_work() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let (_db, old, new) = two(&kit).await;
        old.take(LENGTH).await.expect("taken");
        kit.advance(LENGTH);
        let mut ctx = kit.ctx();
        let db = old.db();
        let tx = db.begin(&mut ctx, "test.work").await.expect("begins");
        let taker = tokio::spawn(async move { new.take(LENGTH).await });
        tokio::task::yield_now().await;
        assert!(!taker.is_finished());
        tx.commit().await.expect("the unit of work commits");
        assert_eq!(
            taker.await.expect("joins").expect("taken"),
            Taken::Here,
            "{engine:?}"
        );
        assert!(matches!(work(&old, &kit).await, Err(StoreError::LeaseLost)));
    }
}

#[tokio::test]
async fn an_absent_store_is_unavailable_in_every_way() {
    let kit = Kit::new(engines()[0]).await;
    let db = Db::absent(THINGS, kit.env());
    let mut ctx = kit.ctx();
    let read = db.read(&ctx).query("SELECT 1").fetch_scalar::<i64>().await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    let begun = db.begin(&mut ctx, "test.absent").await.map(drop);
    assert!(
        matches!(begun, Err(StoreError::Unavailable(_))),
        "{begun:?}"
    );
    assert!(matches!(db.ping().await, Err(StoreError::Unavailable(_))));
    assert!(db.migrate().await.is_err());
    db.close().await;
}
