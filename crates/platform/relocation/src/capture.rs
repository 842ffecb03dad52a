//! Triggers at the source: those that note changed keys, and those that refuse every write.
//!
//! A trigger on PostgreSQL waits for the table's writers, and they for it. So each table has a transaction of its own
//! that holds one lock only: there is nothing to deadlock over. On SQLite all come in one short transaction.

mod postgres;
mod sqlite;

use std::time::Duration;

use tenon_store::Engine;

use crate::error::{RelocationError, Result};
use crate::link::{Link, is_contention};
use crate::pair::Pair;
use crate::schema::HISTORY;
use crate::state::{Phase, State, Turn};

/// How often a table's lock is asked for, half a second each time.
const MOST_TRIES: u32 = 60;
/// Between two tries everyone who waited behind the mover gets a turn.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// What a fence says. `tenon-store` knows it by its beginning, or on PostgreSQL by SQLSTATE `TN001`.
const FENCE_TEXT: &str =
    "tenon_fence: the data of this module is being moved, or has moved; nothing is written here";

/// Begins to note changed keys, and refuses migrations from now on; `fresh` is what the source becomes.
pub(crate) async fn begin(
    link: &mut Link,
    module: &str,
    pairs: &[Pair],
    fresh: &State,
) -> Result<()> {
    link.doing("beginning to capture changes");
    link.begin_write().await?;
    // Another mover may have begun since this one looked.
    if State::read(link)
        .await?
        .is_some_and(|state| state.phase != Phase::Owner)
    {
        return Err(RelocationError::Overtaken);
    }
    link.script("DROP TABLE IF EXISTS relocation_log").await?;
    fresh.write(link).await?;
    set_up(link, module, pairs).await?;
    link.commit().await?;
    on_each_table(link, module, pairs, &fresh.turn()).await
}

/// As [`begin`] for a move that was interrupted: what is there already stays.
pub(crate) async fn go_on(
    link: &mut Link,
    module: &str,
    pairs: &[Pair],
    turn: &Turn,
) -> Result<()> {
    link.doing("going on to capture changes");
    link.begin_write().await?;
    turn.hold(link, Phase::Capturing).await?;
    set_up(link, module, pairs).await?;
    link.commit().await?;
    on_each_table(link, module, pairs, turn).await
}

async fn set_up(link: &mut Link, module: &str, pairs: &[Pair]) -> Result<()> {
    match link.engine() {
        Engine::Sqlite => {
            link.script(sqlite::LOG).await?;
            link.script(sqlite::fence(HISTORY)).await?;
            for pair in pairs {
                link.script(sqlite::capture(pair)).await?;
            }
        }
        Engine::Postgres => {
            link.script(postgres::LOG).await?;
            link.script(postgres::fence_function(module)).await?;
            link.script(postgres::fence(module, HISTORY)).await?;
            for pair in pairs {
                link.script(postgres::capture_function(module, pair))
                    .await?;
            }
        }
    }
    Ok(())
}

async fn on_each_table(link: &mut Link, module: &str, pairs: &[Pair], turn: &Turn) -> Result<()> {
    if link.engine() == Engine::Sqlite {
        return Ok(()); // came with the set-up
    }
    for pair in pairs {
        let sql = postgres::capture(module, &pair.name);
        patiently(
            link,
            &pair.name,
            "capture its changes",
            turn,
            Phase::Capturing,
            &sql,
        )
        .await?;
    }
    Ok(())
}

/// Refuses every write from now on. When it returns, no transaction that wrote is open any more.
pub(crate) async fn fence(
    link: &mut Link,
    module: &str,
    pairs: &[Pair],
    turn: &Turn,
    now: tenon_kernel::Timestamp,
    resumed: bool,
) -> Result<()> {
    link.doing("fencing writes");
    link.begin_write().await?;
    if resumed {
        turn.hold(link, Phase::Fenced).await?;
    } else {
        turn.advance(link, Phase::Capturing, Phase::Fenced, Some(now))
            .await?;
    }
    if link.engine() == Engine::Sqlite {
        for pair in pairs {
            link.script(sqlite::fence(&pair.name)).await?;
        }
        return link.commit().await;
    }
    link.commit().await?;
    for pair in pairs {
        let sql = postgres::fence(module, &pair.name);
        patiently(link, &pair.name, "fence it", turn, Phase::Fenced, &sql).await?;
    }
    Ok(())
}

/// Takes down whatever a mover has put up; with `keep_fence` all but the fence.
pub(crate) async fn lift(
    link: &mut Link,
    module: &str,
    turn: &Turn,
    phase: Phase,
    keep_fence: bool,
) -> Result<()> {
    link.doing("taking the mover's triggers down");
    let pattern = if keep_fence {
        "relocation\\_capture%"
    } else {
        "relocation\\_%"
    };
    if link.engine() == Engine::Sqlite {
        link.begin_write().await?;
        turn.hold(link, phase).await?;
        for trigger in link.texts(sqlite::TRIGGERS, &[pattern]).await? {
            link.script(format!("DROP TRIGGER {}", crate::sql::quoted(&trigger)))
                .await?;
        }
        link.script("DROP TABLE IF EXISTS relocation_log").await?;
        return link.commit().await;
    }
    for table in link.texts(postgres::TABLES, &[pattern]).await? {
        let sql = postgres::lift(module, &table, keep_fence);
        patiently(
            link,
            &table,
            "take the mover's triggers down",
            turn,
            phase,
            &sql,
        )
        .await?;
    }
    link.begin_write().await?;
    turn.hold(link, phase).await?;
    for function in link.texts(postgres::FUNCTIONS, &[pattern]).await? {
        link.script(format!("DROP FUNCTION {}()", crate::sql::quoted(&function)))
            .await?;
    }
    link.script("DROP TABLE IF EXISTS relocation_log").await?;
    link.commit().await
}

/// Runs a statement that needs a table's lock, as often as it takes. The row of the state is locked with it, so a
/// mover that was overtaken puts nothing up behind its successor's back.
async fn patiently(
    link: &mut Link,
    table: &str,
    doing: &'static str,
    turn: &Turn,
    phase: Phase,
    sql: &str,
) -> Result<()> {
    for _ in 0..MOST_TRIES {
        link.begin_write().await?;
        let outcome = async {
            turn.hold(link, phase).await?;
            link.script(sql).await?;
            link.commit().await
        }
        .await;
        match outcome {
            Err(error) if is_contention(&error) => {
                link.rollback().await;
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            outcome => {
                if outcome.is_err() {
                    link.rollback().await;
                }
                return outcome;
            }
        }
    }
    Err(RelocationError::Busy {
        table: table.to_owned(),
        doing,
    })
}
