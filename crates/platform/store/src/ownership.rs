//! Whether this store owns the module's data, as a move to another database has left it.
//!
//! `relocation_state` has one row and exists only where data was moved from or to. It is written by
//! `tenon-relocation`; here it is read, so that nobody serves what lives elsewhere by now.

use tenon_chaos::steady;

use crate::db::Backend;
use crate::{Db, StoreError};

const HAS_STATE_SQLITE: &str = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'relocation_state')";
const HAS_STATE_POSTGRES: &str = "SELECT to_regclass('relocation_state') IS NOT NULL";
const STATE: &str = "SELECT state, counterpart, changed_at FROM relocation_state";

/// Refuses a store whose data has moved away, or that is still being filled.
pub(crate) async fn check(db: &Db) -> Result<(), StoreError> {
    let state: Option<(String, String, String)> = match db.backend() {
        Backend::Sqlite(store) => {
            let mut reader = store.reader().await?;
            let exists = sqlx::query_scalar(HAS_STATE_SQLITE).fetch_one(&mut *reader);
            let exists: bool = steady(exists).await?;
            if exists {
                sqlx::query_as(STATE).fetch_optional(&mut *reader).await?
            } else {
                None
            }
        }
        Backend::Postgres(store) => {
            let mut connection = store.connection().await?;
            let exists: bool = sqlx::query_scalar(HAS_STATE_POSTGRES)
                .fetch_one(&mut *connection)
                .await?;
            if exists {
                sqlx::query_as(STATE)
                    .fetch_optional(&mut *connection)
                    .await?
            } else {
                None
            }
        }
    };
    let module = db.module();
    let problem = match state {
        None => return Ok(()),
        Some((state, other, at)) => match state.as_str() {
            "moved" => {
                format!("moved to {other} at {at}; point the settings there, or move it back")
            }
            "receiving" => format!(
                "is still arriving from {other}; wait for `tenon module move {module}`, or go on with its --resume"
            ),
            "withdrawn" => format!("stayed at {other}: the move here was given up at {at}"),
            _ => return Ok(()),
        },
    };
    Err(StoreError::NotOwner { module, problem })
}
