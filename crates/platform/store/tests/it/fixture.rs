//! A module with one table.

use sqlx::migrate::Migrator;
use tenon_kernel::{CallCtx, Id, IdKind, Timestamp};
use tenon_store::{Db, Json, Migrations, Queryable, StoreError, Tx};
use tenon_testkit::{Kit, TestEngine, engines};

static SQLITE: Migrator = sqlx::migrate!("tests/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("tests/migrations/postgres");

pub(crate) const THINGS: Migrations = Migrations {
    module: "things",
    sqlite: Some(&SQLITE),
    postgres: Some(&POSTGRES),
};

pub(crate) struct ThingKind;

impl IdKind for ThingKind {
    const PREFIX: &'static str = "thg";
}

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub(crate) struct Thing {
    pub(crate) id: Id<ThingKind>,
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) amount: i64,
    pub(crate) active: bool,
    pub(crate) data: Option<Vec<u8>>,
    pub(crate) note: Option<String>,
    pub(crate) details: Option<Json<Details>>,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Details {
    pub(crate) tags: Vec<String>,
}

/// A kit and an open store for each engine.
pub(crate) async fn stores() -> Vec<(Kit, Db)> {
    let mut stores = Vec::new();
    for engine in engines() {
        stores.push(store_on(engine).await);
    }
    stores
}

pub(crate) async fn store_on(engine: TestEngine) -> (Kit, Db) {
    let kit = Kit::new(engine).await;
    let db = kit.db(THINGS).await;
    (kit, db)
}

/// For what SQLite has nothing like.
pub(crate) async fn on_postgres() -> Option<(Kit, Db)> {
    if !engines().contains(&TestEngine::Postgres) {
        return None;
    }
    Some(store_on(TestEngine::Postgres).await)
}

pub(crate) fn thing(kit: &Kit, name: &str) -> Thing {
    Thing {
        id: kit.env().new_id(),
        name: name.to_owned(),
        place: "shelf".to_owned(),
        amount: 1,
        active: true,
        data: None,
        note: None,
        details: None,
        at: kit.env().now(),
    }
}

pub(crate) async fn insert(tx: &mut Tx<'_>, thing: &Thing) -> Result<(), StoreError> {
    let changed = tx
        .query(
            "INSERT INTO things (id, name, place, amount, active, data, note, details, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(thing.id)
        .bind(&thing.name)
        .bind(thing.place.as_str())
        .bind(thing.amount)
        .bind(thing.active)
        .bind(thing.data.as_deref())
        .bind(thing.note.as_deref())
        .bind(thing.details.as_ref())
        .bind(thing.at)
        .execute()
        .await?;
    assert_eq!(changed, 1);
    Ok(())
}

pub(crate) async fn find(db: &Db, ctx: &CallCtx, name: &str) -> Option<Thing> {
    db.read(ctx)
        .query("SELECT * FROM things WHERE name = $1")
        .bind(name)
        .fetch_optional()
        .await
        .expect("things can be read")
}

pub(crate) async fn count(db: &Db, ctx: &CallCtx) -> i64 {
    let count = db
        .read(ctx)
        .query("SELECT COUNT(*) FROM things")
        .fetch_scalar()
        .await;
    count.expect("things can be counted").expect("a count")
}
