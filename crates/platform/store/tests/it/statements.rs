//! One SQL text, two engines: values in and out.

use tenon_kernel::{Id, Timestamp};
use tenon_store::{Engine, Json, Queryable, StoreError, Value};

use crate::fixture::{Details, Thing, ThingKind, find, insert, stores, thing};

#[test]
fn everything_a_module_stores_is_a_value() {
    fn is_value<T: Value>() {}
    is_value::<String>();
    is_value::<&'static str>();
    is_value::<i64>();
    is_value::<i32>();
    is_value::<bool>();
    is_value::<Vec<u8>>();
    is_value::<uuid::Uuid>();
    is_value::<Id<ThingKind>>();
    is_value::<Timestamp>();
    is_value::<Json<Details>>();
    is_value::<Option<String>>();
    is_value::<Option<Id<ThingKind>>>();
    is_value::<Option<Timestamp>>();
    is_value::<Option<Json<Details>>>();
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let full = Thing {
            amount: i64::MAX,
            active: false,
            data: Some(vec![0, 255, 7]),
            note: Some("tea's \"best\" – 茶".to_owned()),
            details: Some(Json(Details {
                tags: vec!["new".to_owned()],
            })),
            at: "2026-01-31T10:30:00.123456Z".parse().expect("a time"),
            ..thing(&kit, "full")
        };
        let empty = Thing {
            amount: 0,
            at: Timestamp::from_micros(-1),
            ..thing(&kit, "empty")
        };
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &full).await.expect("inserts");
        insert(&mut tx, &empty).await.expect("inserts");
        tx.commit().await.expect("commits");

        assert_eq!(find(&db, &ctx, "full").await, Some(full));
        assert_eq!(find(&db, &ctx, "empty").await, Some(empty));
        assert_eq!(find(&db, &ctx, "absent").await, None);
    }
}

#[tokio::test]
async fn times_sort_as_times() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let times = [
            "1999-12-31T23:59:59.999999Z",
            "2000-01-01T00:00:00Z",
            "2026-01-31T09:00:00Z",
            "2026-01-31T09:00:00.000001Z",
        ];
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        for (position, at) in [2, 0, 3, 1].map(|position| (position, times[position])) {
            let thing = Thing {
                at: at.parse().expect("a time"),
                ..thing(&kit, &position.to_string())
            };
            insert(&mut tx, &thing).await.expect("inserts");
        }
        let names: Vec<(String,)> = tx
            .query("SELECT name FROM things ORDER BY at DESC")
            .fetch_all()
            .await
            .expect("reads");
        assert_eq!(
            names.into_iter().map(|(name,)| name).collect::<String>(),
            "3210"
        );
        let after: Option<i64> = tx
            .query("SELECT COUNT(*) FROM things WHERE at > $1")
            .bind("2000-01-01T00:00:00Z".parse::<Timestamp>().expect("a time"))
            .fetch_scalar()
            .await
            .expect("reads");
        assert_eq!(after, Some(2));
    }
}

#[tokio::test]
async fn upserts_and_returning_are_one_text() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.upsert").await.expect("begins");
        for expected in [5, 10] {
            let row: (i64, bool) = tx
                .query(
                    "INSERT INTO things (id, name, place, amount, active, at)
                     VALUES ($1, 'tea', 'shelf', 5, $2, $3)
                     ON CONFLICT (place, name) DO UPDATE SET amount = things.amount + excluded.amount
                     RETURNING amount, active",
                )
                .bind(kit.env().new_uuid())
                .bind(true)
                .bind(kit.env().now())
                .fetch_one()
                .await
                .expect("upserts");
            assert_eq!(row, (expected, true));
        }
        tx.commit().await.expect("commits");
        assert_eq!(
            find(&db, &ctx, "tea").await.map(|thing| thing.amount),
            Some(10),
            "RETURNING does not cut it short"
        );
    }
}

#[tokio::test]
async fn an_absent_filter_does_not_filter() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &thing(&kit, "tea")).await.expect("inserts");
        insert(&mut tx, &thing(&kit, "cup")).await.expect("inserts");
        for (filter, expected) in [(None, 2), (Some("tea"), 1), (Some("pot"), 0)] {
            let found: Vec<Thing> = tx
                .query(
                    "SELECT * FROM things WHERE (CAST($1 AS text) IS NULL OR name = $1) LIMIT $2",
                )
                .bind(filter)
                .bind(10_i64)
                .fetch_all()
                .await
                .expect("reads");
            assert_eq!(found.len(), expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn rows_that_cannot_be_are_told_apart() {
    for (kit, db) in stores().await {
        let ctx = kit.ctx();
        let missing = db
            .read(&ctx)
            .query("SELECT amount FROM things")
            .fetch_one::<(i64,)>()
            .await;
        assert!(
            matches!(missing, Err(StoreError::Inconsistent { .. })),
            "{missing:?}"
        );
        if db.engine() == Engine::Postgres {
            // The driver reads NULL as 0 on SQLite: one more reason to test on both.
            let null = db
                .read(&ctx)
                .query("SELECT MAX(amount) FROM things")
                .fetch_scalar::<i64>()
                .await;
            assert!(
                matches!(null, Err(StoreError::Inconsistent { .. })),
                "{null:?}"
            );
        }
        let null = db
            .read(&ctx)
            .query("SELECT MAX(amount) FROM things")
            .fetch_scalar::<Option<i64>>()
            .await;
        assert_eq!(null.expect("reads"), Some(None));
    }
}

#[tokio::test]
async fn readers_cannot_write_on_sqlite_and_statements_are_counted() {
    for (kit, db) in stores().await {
        let ctx = kit.ctx();
        let written = db.read(&ctx).query("DELETE FROM things").execute().await;
        if db.engine() == Engine::Sqlite {
            assert!(matches!(written, Err(StoreError::Other(_))), "{written:?}");
        }
        assert_eq!(ctx.stats().statements(), 1);
    }
}
