//! Stored nodes of the Merkle tree.

use tenon_store::{Queryable, StoreError, Tx};

use super::head::hash;
use crate::domain::{Hash, Subtree};

#[derive(sqlx::FromRow)]
struct NodeRow {
    level: i64,
    position: i64,
    hash: Vec<u8>,
}

/// Finds the hash of a subtree, if it is stored.
pub(crate) async fn find_node(
    db: &mut dyn Queryable,
    subtree: Subtree,
) -> Result<Option<Hash>, StoreError> {
    let found = db
        .query("SELECT hash FROM audit_tree_nodes WHERE level = $1 AND position = $2")
        .bind(i64::from(subtree.level))
        .bind(subtree.position)
        .fetch_scalar::<Vec<u8>>()
        .await?;
    found
        .map(|bytes| hash(bytes, "audit_tree_nodes.hash"))
        .transpose()
}

/// Stores the hash of a subtree. It can have no other: where one is stored already, nothing is to be done.
pub(crate) async fn insert_node(
    tx: &mut Tx<'_>,
    subtree: Subtree,
    hash: &Hash,
) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO audit_tree_nodes (level, position, hash)
         VALUES ($1, $2, $3)
         ON CONFLICT (level, position) DO NOTHING",
    )
    .bind(i64::from(subtree.level))
    .bind(subtree.position)
    .bind(hash.to_vec())
    .execute()
    .await?;
    Ok(())
}

/// Returns the place behind the last stored subtree of a level.
pub(crate) async fn next_position(db: &mut dyn Queryable, level: u32) -> Result<i64, StoreError> {
    let last = db
        .query(
            "SELECT position
               FROM audit_tree_nodes
              WHERE level = $1
              ORDER BY position DESC
              LIMIT 1",
        )
        .bind(i64::from(level))
        .fetch_scalar::<i64>()
        .await?;
    Ok(last.map_or(0, |last| last + 1))
}

/// Lists stored subtrees and their hashes behind one of them, or from the first.
pub(crate) async fn list_nodes(
    db: &mut dyn Queryable,
    after: Option<Subtree>,
    limit: u32,
) -> Result<Vec<(Subtree, Hash)>, StoreError> {
    let (level, position) = after.map_or((0, 0), |after| (i64::from(after.level), after.position));
    let rows = db
        .query(
            "SELECT level, position, hash
               FROM audit_tree_nodes
              WHERE (level, position) > ($1, $2)
              ORDER BY level, position
              LIMIT $3",
        )
        .bind(level)
        .bind(position)
        .bind(i64::from(limit))
        .fetch_all::<NodeRow>()
        .await?;
    rows.into_iter()
        .map(|row| {
            let level = u32::try_from(row.level).map_err(|_| {
                StoreError::inconsistent(format!("audit_tree_nodes.level: {}", row.level))
            })?;
            let subtree = Subtree {
                level,
                position: row.position,
            };
            Ok((subtree, hash(row.hash, "audit_tree_nodes.hash")?))
        })
        .collect()
}
