//! The end of the chain.

use tenon_store::{Engine, Queryable, StoreError, Tx};

use crate::domain::{Hash, Head};

#[derive(sqlx::FromRow)]
struct HeadRow {
    seq: i64,
    hash: Vec<u8>,
}

/// Reads the end of the chain.
pub(crate) async fn find_head(db: &mut dyn Queryable) -> Result<Head, StoreError> {
    db.query("SELECT seq, hash FROM audit_head WHERE id = 1")
        .fetch_one::<HeadRow>()
        .await?
        .try_into()
}

/// Reads the end of the chain and keeps others from adding to it until this unit ends.
pub(crate) async fn lock_head(tx: &mut Tx<'_>) -> Result<Head, StoreError> {
    // SQLite has one writer, and this unit is it.
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT seq, hash FROM audit_head WHERE id = 1",
        Engine::Postgres => "SELECT seq, hash FROM audit_head WHERE id = 1 FOR UPDATE",
    };
    tx.query(sql).fetch_one::<HeadRow>().await?.try_into()
}

/// Moves the end of the chain one entry on.
pub(crate) async fn move_head(tx: &mut Tx<'_>, head: Head) -> Result<(), StoreError> {
    let moved = tx
        .query(
            "UPDATE audit_head
                SET seq = $1, hash = $2
              WHERE id = 1 AND seq = $3",
        )
        .bind(head.seq)
        .bind(head.hash.to_vec())
        .bind(head.seq - 1)
        .execute()
        .await?;
    if moved == 1 {
        Ok(())
    } else {
        Err(StoreError::inconsistent(format!(
            "audit_head: not at {}",
            head.seq - 1
        )))
    }
}

impl TryFrom<HeadRow> for Head {
    type Error = StoreError;

    fn try_from(row: HeadRow) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.seq,
            hash: hash(row.hash, "audit_head.hash")?,
        })
    }
}

/// Takes a stored hash, which a `CHECK` keeps at 32 bytes.
pub(super) fn hash(bytes: Vec<u8>, column: &str) -> Result<Hash, StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::inconsistent(format!("{column}: not 32 bytes")))
}
