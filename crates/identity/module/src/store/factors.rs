//! Table `factors`.

use identity_contract::{FactorId, FactorKind, UserId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use crate::domain::factor::Factor;

/// Spells out a statement over factors.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, name, sealed_secret, last_step, last_used_at, confirmed_at, created_at
               FROM factors ",
            $rest
        )
    };
}

/// A factor with its secret, sealed.
#[derive(Debug, Clone)]
pub(crate) struct SealedFactor {
    pub(crate) factor: Factor,
    pub(crate) sealed_secret: Vec<u8>,
    /// The step whose code counted last.
    pub(crate) last_step: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: FactorId,
    kind: String,
    name: String,
    sealed_secret: Vec<u8>,
    last_step: Option<i64>,
    last_used_at: Option<Timestamp>,
    confirmed_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<Row> for SealedFactor {
    fn from(row: Row) -> Self {
        Self {
            factor: Factor {
                id: row.id,
                kind: kind_of(&row.kind),
                name: row.name,
                confirmed_at: row.confirmed_at,
                last_used_at: row.last_used_at,
                created_at: row.created_at,
            },
            sealed_secret: row.sealed_secret,
            last_step: row.last_step,
        }
    }
}

/// Adds a factor that is pending.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: FactorId,
    user: UserId,
    name: &str,
    sealed_secret: Vec<u8>,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO factors (id, user_id, kind, name, sealed_secret, created_at)
         VALUES ($1, $2, 'totp', $3, $4, $5)",
    )
    .bind(id)
    .bind(user)
    .bind(name)
    .bind(sealed_secret)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns the factors of a person, oldest first: those that count, and those that have been pending since `pending_since` or
/// later.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    user: UserId,
    pending_since: Timestamp,
) -> Result<Vec<SealedFactor>, StoreError> {
    let rows = db
        .query(select!(
            "WHERE user_id = $1 AND (confirmed_at IS NOT NULL OR created_at > $2) ORDER BY id LIMIT 100"
        ))
        .bind(user)
        .bind(pending_since)
        .fetch_all::<Row>()
        .await?;
    Ok(rows.into_iter().map(SealedFactor::from).collect())
}

/// Says whether a person has to show more than a password.
pub(crate) async fn is_guarded(db: &mut dyn Queryable, user: UserId) -> Result<bool, StoreError> {
    let count = db
        .query("SELECT count(*) FROM factors WHERE user_id = $1 AND confirmed_at IS NOT NULL")
        .bind(user)
        .fetch_scalar::<i64>()
        .await?;
    Ok(count.unwrap_or_default() > 0)
}

/// Makes a pending factor count, by the code of a step; `false` if it is gone or counts already.
pub(crate) async fn confirm(tx: &mut Tx<'_>, id: FactorId, step: i64) -> Result<bool, StoreError> {
    let now = tx.now();
    let confirmed = tx
        .query(
            "UPDATE factors
                SET confirmed_at = $3, last_used_at = $3, last_step = $2
              WHERE id = $1 AND confirmed_at IS NULL",
        )
        .bind(id)
        .bind(step)
        .bind(now)
        .execute()
        .await?;
    Ok(confirmed == 1)
}

/// Uses the code of a step up; `false` if it, or a later one, was used meanwhile. Of many at once exactly one gets `true`.
pub(crate) async fn use_step(tx: &mut Tx<'_>, id: FactorId, step: i64) -> Result<bool, StoreError> {
    let now = tx.now();
    let used = tx
        .query(
            "UPDATE factors
                SET last_step = $2, last_used_at = $3
              WHERE id = $1 AND confirmed_at IS NOT NULL AND last_step < $2",
        )
        .bind(id)
        .bind(step)
        .bind(now)
        .execute()
        .await?;
    Ok(used == 1)
}

/// Puts the same secret, sealed with another key.
pub(crate) async fn reseal(
    tx: &mut Tx<'_>,
    id: FactorId,
    sealed_secret: Vec<u8>,
) -> Result<(), StoreError> {
    tx.query("UPDATE factors SET sealed_secret = $2 WHERE id = $1")
        .bind(id)
        .bind(sealed_secret)
        .execute()
        .await?;
    Ok(())
}

/// Deletes a factor.
pub(crate) async fn delete(tx: &mut Tx<'_>, id: FactorId) -> Result<(), StoreError> {
    tx.query("DELETE FROM factors WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Deletes factors that have been pending since before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM factors
          WHERE id IN (SELECT id FROM factors WHERE confirmed_at IS NULL AND created_at <= $1 LIMIT 500)
            AND confirmed_at IS NULL",
    )
    .bind(before)
    .execute()
    .await
}

fn kind_of(name: &str) -> FactorKind {
    match name {
        "totp" => FactorKind::Totp,
        _ => FactorKind::Unknown,
    }
}
