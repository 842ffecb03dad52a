//! Reads what the two engines say: the only place that knows their codes and messages.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgDatabaseError;

use super::StoreError;

const LOCK_NOT_AVAILABLE: &str = "55P03";
/// SQLSTATE of a fence, in a class that SQL leaves to implementations; `tenon-relocation` raises it.
const FENCED: &str = "TN001";
/// How the text begins that a fence raises on SQLite, which has no codes of one's own.
const FENCE_TEXT: &str = "tenon_fence:";

/// Says whether PostgreSQL gave up waiting for a lock.
pub(super) fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(DatabaseError::code)
        .is_some_and(|code| code == LOCK_NOT_AVAILABLE)
}

/// Translates an error of the driver.
pub(super) fn classify(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
            Some(postgres) => from_postgres(postgres),
            None => from_sqlite(database.as_ref()),
        }
        .with_source(error),
        // A server that goes away in the middle of a greeting is a `Protocol` error.
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => StoreError::Unavailable(error),
        sqlx::Error::ColumnDecode { index, source } => {
            StoreError::inconsistent(format!("column {index}: {source}"))
        }
        sqlx::Error::Decode(source) => StoreError::inconsistent(source.to_string()),
        _ => StoreError::Other(error),
    }
}

/// What an error code means, before the driver's error is attached.
enum Meaning {
    Duplicate(String),
    Check(String),
    Contention,
    Unavailable,
    Fenced,
    Cancelled,
    Other,
}

impl Meaning {
    fn with_source(self, error: sqlx::Error) -> StoreError {
        match self {
            Self::Duplicate(constraint) => StoreError::Duplicate { constraint },
            Self::Check(constraint) => StoreError::Check { constraint },
            Self::Contention => StoreError::Contention(error),
            Self::Unavailable => StoreError::Unavailable(error),
            Self::Fenced => StoreError::Fenced(error),
            Self::Cancelled => StoreError::DeadlineExceeded,
            Self::Other => StoreError::Other(error),
        }
    }
}

/// https://www.postgresql.org/docs/current/errcodes-appendix.html
fn from_postgres(error: &PgDatabaseError) -> Meaning {
    match error.code() {
        "23505" => Meaning::Duplicate(postgres_unique_rule(
            error.table(),
            error.detail(),
            error.constraint(),
        )),
        // A trigger's RAISE, with or without `ERRCODE = 'check_violation'`, carries its rule as the message.
        "23514" | "P0001" => Meaning::Check(
            error
                .constraint()
                .unwrap_or_else(|| error.message())
                .to_owned(),
        ),
        "40001" | "40P01" | LOCK_NOT_AVAILABLE => Meaning::Contention,
        FENCED => Meaning::Fenced,
        "57014" => Meaning::Cancelled,
        // Gone over to a standby that only reads; idle for too long inside a transaction.
        "25006" | "25P03" => Meaning::Unavailable,
        code => match code.get(..2) {
            // Connection, authorization, resources, operator intervention, the system below.
            Some("08" | "28" | "53" | "57" | "58") => Meaning::Unavailable,
            _ => Meaning::Other,
        },
    }
}

/// `Key (subject, key)=(a, b) already exists.` in any language of the server: the columns stand in the first parentheses.
fn postgres_unique_rule(
    table: Option<&str>,
    detail: Option<&str>,
    constraint: Option<&str>,
) -> String {
    let columns = detail.and_then(|detail| {
        let (_, rest) = detail.split_once('(')?;
        let (columns, _) = rest.split_once(")=(")?;
        Some(
            columns
                .split(", ")
                .map(|column| column.trim_matches('"'))
                .collect::<Vec<_>>()
                .join(","),
        )
    });
    match (table, columns) {
        (Some(table), Some(columns)) => format!("{table}.{columns}"),
        _ => constraint.unwrap_or("unknown").to_owned(),
    }
}

/// https://www.sqlite.org/rescode.html
fn from_sqlite(error: &dyn DatabaseError) -> Meaning {
    const TRIGGER: i32 = 1811;
    let code: i32 = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
    match error.kind() {
        ErrorKind::UniqueViolation => {
            return Meaning::Duplicate(sqlite_unique_rule(error.message()));
        }
        ErrorKind::CheckViolation => {
            return Meaning::Check(after_colon(error.message()).to_owned());
        }
        _ if code == TRIGGER && error.message().starts_with(FENCE_TEXT) => return Meaning::Fenced,
        _ if code == TRIGGER => return Meaning::Check(error.message().to_owned()),
        _ => {}
    }
    match code & 0xFF {
        5 | 6 => Meaning::Contention,             // BUSY, LOCKED
        7 | 10 | 13 | 14 => Meaning::Unavailable, // NOMEM, IOERR, FULL, CANTOPEN
        9 => Meaning::Cancelled,                  // INTERRUPT
        _ => Meaning::Other,
    }
}

/// `UNIQUE constraint failed: carts.owner, carts.state` becomes `carts.owner,state`.
fn sqlite_unique_rule(message: &str) -> String {
    let mut columns = after_colon(message).split(", ");
    let mut rule = columns.next().unwrap_or_default().to_owned();
    for column in columns {
        rule.push(',');
        rule.push_str(column.rsplit_once('.').map_or(column, |(_, column)| column));
    }
    rule
}

fn after_colon(message: &str) -> &str {
    message.split_once(": ").map_or(message, |(_, rule)| rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_hangs_up_in_the_middle_of_a_greeting_is_unavailable() {
        let told = "unexpected response from SSLRequest: 0x00".to_owned();
        let error = classify(sqlx::Error::Protocol(told));
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    }

    #[test]
    fn both_engines_name_a_unique_rule_alike() {
        let sqlite = sqlite_unique_rule("UNIQUE constraint failed: carts.owner, carts.state");
        let detail = "Key (owner, state)=(a=(b, c), open) already exists.";
        let postgres = postgres_unique_rule(Some("carts"), Some(detail), Some("carts_owner_key"));
        assert_eq!(sqlite, "carts.owner,state");
        assert_eq!(postgres, sqlite);
    }

    #[test]
    fn a_translated_message_is_read_too() {
        let detail = "Schlüssel »(\"user\", key)=(1, 2)« existiert bereits.";
        assert_eq!(
            postgres_unique_rule(Some("t"), Some(detail), None),
            "t.user,key"
        );
    }
}
