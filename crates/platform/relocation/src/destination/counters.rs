//! Numbers that are never given twice: each counter of the destination goes on where the source's stands, even where
//! the row with the highest number is deleted. The feed's head is one of them.

use tenon_store::Engine;

use crate::error::{RelocationError, Result};
use crate::link::Link;
use crate::pair::{FEED_HEAD, OUTBOX, Pair};
use crate::sql::quoted;
use crate::state::{Phase, Turn};

const SEQUENCE_POSTGRES: &str = "
    SELECT COALESCE(pg_sequence_last_value(seqrelid), seqstart - seqincrement)::text
      FROM pg_sequence
     WHERE seqrelid = pg_get_serial_sequence($1, $2)::regclass";

/// A sequence that has given nothing yet goes on at its own beginning.
const SET_POSTGRES: &str = "
    SELECT setval(s.seqrelid::regclass, CASE WHEN $3::bigint > 0 THEN $3::bigint ELSE s.seqstart END, $3::bigint > 0)::text
      FROM pg_sequence AS s
     WHERE s.seqrelid = pg_get_serial_sequence($1, $2)::regclass";

/// The last position given, counting the events that get theirs on the way.
const HEAD_POSTGRES: &str = "
    SELECT (position + (SELECT COUNT(*) FROM outbox WHERE feedposition IS NULL))::text FROM feed_head";

/// Reads the counters at the fenced source and sets them at the destination.
pub(crate) async fn carry(
    source: &mut Link,
    target: &mut Link,
    pairs: &[Pair],
    turn: &Turn,
) -> Result<()> {
    source.doing("reading counters");
    target.doing("setting counters");
    target.begin_write().await?;
    turn.hold(target, Phase::Receiving).await?;
    let engines = (source.engine(), target.engine());
    for pair in pairs {
        let Some(column) = &pair.counter else {
            continue;
        };
        let last = match engines {
            (Engine::Postgres, Engine::Sqlite) if pair.name == OUTBOX => {
                source.number(HEAD_POSTGRES, &[]).await?
            }
            _ => last_number(source, &pair.name, column).await?,
        };
        set(target, &pair.name, column, last).await?;
        let now = last_number(target, &pair.name, column).await?;
        if last > 0 && now != last {
            return Err(RelocationError::Differs {
                table: pair.name.clone(),
                key: column.clone(),
                what: format!("its counter stands at {now} instead of {last}"),
            });
        }
        if pair.name == OUTBOX && engines == (Engine::Sqlite, Engine::Postgres) {
            let head = quoted(FEED_HEAD);
            target
                .script(format!(
                    "DELETE FROM {head}; INSERT INTO {head} (position) VALUES ({last})"
                ))
                .await?;
        }
    }
    target.commit().await
}

async fn last_number(link: &mut Link, table: &str, column: &str) -> Result<i64> {
    let highest = format!(
        "SELECT CAST(COALESCE(MAX({}), 0) AS text) FROM {}",
        quoted(column),
        quoted(table)
    );
    let highest = link.number(highest, &[]).await?;
    let counted = match link.engine() {
        Engine::Sqlite => {
            link.number(
                "SELECT CAST(seq AS text) FROM sqlite_sequence WHERE name = $1",
                &[table],
            )
            .await?
        }
        Engine::Postgres => {
            link.number(SEQUENCE_POSTGRES, &[&quoted(table), column])
                .await?
        }
    };
    Ok(highest.max(counted))
}

async fn set(link: &mut Link, table: &str, column: &str, last: i64) -> Result<()> {
    match link.engine() {
        Engine::Sqlite => {
            link.execute("DELETE FROM sqlite_sequence WHERE name = $1", &[table])
                .await?;
            link.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, CAST($2 AS INTEGER))",
                &[table, &last.to_string()],
            )
            .await?;
        }
        Engine::Postgres => {
            link.text(SET_POSTGRES, &[&quoted(table), column, &last.to_string()])
                .await?;
        }
    }
    Ok(())
}
