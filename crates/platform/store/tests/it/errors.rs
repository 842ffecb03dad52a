//! Broken rules look alike on both engines.

use tenon_kernel::Id;
use tenon_store::{Queryable, StoreError};

use crate::fixture::{Thing, ThingKind, count, insert, stores, thing};

#[tokio::test]
async fn a_broken_unique_rule_is_named_by_its_columns() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let tea = thing(&kit, "tea");
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &tea).await.expect("inserts");
        tx.commit().await.expect("commits");

        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        let same_name = insert(&mut tx, &thing(&kit, "tea"))
            .await
            .expect_err("the name is taken");
        assert!(same_name.is_duplicate("things.place,name"), "{same_name:?}");
        drop(tx);

        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        let same_id = insert(
            &mut tx,
            &Thing {
                id: tea.id,
                ..thing(&kit, "cup")
            },
        )
        .await
        .expect_err("the id is taken");
        assert!(same_id.is_duplicate("things.id"), "{same_id:?}");
    }
}

#[tokio::test]
async fn a_broken_check_is_named_by_its_name() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        let negative = insert(
            &mut tx,
            &Thing {
                amount: -1,
                ..thing(&kit, "tea")
            },
        )
        .await
        .expect_err("a check holds");
        assert!(
            negative.is_check("things_amount_not_negative"),
            "{negative:?}"
        );
    }
}

#[tokio::test]
async fn a_trigger_that_refuses_is_named_by_its_text() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.rename").await.expect("begins");
        insert(&mut tx, &thing(&kit, "tea")).await.expect("inserts");
        let renamed = tx
            .query("UPDATE things SET name = 'cup'")
            .execute()
            .await
            .expect_err("a trigger refuses");
        assert!(renamed.is_check("things_never_renamed"), "{renamed:?}");
    }
}

#[tokio::test]
async fn a_unit_does_not_go_on_after_a_failed_statement() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &thing(&kit, "tea")).await.expect("inserts");
        insert(&mut tx, &thing(&kit, "tea"))
            .await
            .expect_err("the name is taken");
        let next = insert(&mut tx, &thing(&kit, "cup")).await;
        assert!(
            matches!(
                next,
                Err(StoreError::Aborted {
                    unit: "things.insert"
                })
            ),
            "{next:?}"
        );
        let committed = tx.commit().await;
        assert!(
            matches!(committed, Err(StoreError::Aborted { .. })),
            "{committed:?}"
        );
        assert_eq!(count(&db, &ctx).await, 0);
    }
}

#[tokio::test]
async fn nonsense_is_an_incident() {
    for (kit, db) in stores().await {
        let ctx = kit.ctx();
        let error = db
            .read(&ctx)
            .query("SELEC nonsense")
            .fetch_optional::<(Id<ThingKind>,)>()
            .await;
        assert!(matches!(error, Err(StoreError::Other(_))), "{error:?}");
    }
}
