//! The destination while it is filled: its triggers and foreign keys stand aside, and come back before it is verified.
//!
//! A trigger would do again what the source's did already (fold a ledger, refuse to delete). A foreign key would ask
//! for an order of rows that a replay does not have, and cascade. What steps aside is kept in `relocation_parked`, so
//! a mover that comes later can put it back.

mod counters;
mod postgres;
mod sqlite;

use tenon_store::Engine;

pub(crate) use self::counters::carry as carry_counters;
use crate::error::Result;
use crate::link::Link;
use crate::pair::Pair;
use crate::state::{Phase, Turn};

const PARKED: &str = "
    CREATE TABLE IF NOT EXISTS relocation_parked (
        name    text PRIMARY KEY,
        removal text NOT NULL,
        remedy  text NOT NULL
    )";

/// Puts triggers and foreign keys aside; those that are aside already stay there.
pub(crate) async fn park(link: &mut Link, pairs: &[Pair], turn: &Turn) -> Result<()> {
    link.doing("putting triggers and foreign keys aside");
    link.begin_write().await?;
    turn.hold(link, Phase::Receiving).await?;
    link.script(PARKED).await?;
    match link.engine() {
        Engine::Sqlite => sqlite::park(link).await?,
        Engine::Postgres => postgres::park(link, pairs).await?,
    }
    link.commit().await
}

/// Puts triggers and foreign keys back; rows that break a foreign key are an error.
pub(crate) async fn restore(link: &mut Link, pairs: &[Pair], turn: &Turn) -> Result<()> {
    link.doing("putting triggers and foreign keys back");
    link.begin_write().await?;
    let outcome = async {
        turn.hold(link, Phase::Receiving).await?;
        match link.engine() {
            Engine::Sqlite => sqlite::check_foreign_keys(link).await?,
            Engine::Postgres => postgres::enable(link, pairs).await?,
        }
        for remedy in link
            .texts("SELECT remedy FROM relocation_parked ORDER BY name", &[])
            .await?
        {
            link.script(remedy).await?;
        }
        link.script("DELETE FROM relocation_parked").await?;
        link.commit().await
    }
    .await;
    if outcome.is_err() {
        link.rollback().await;
    }
    outcome
}

/// Removes every row: what migrations put there is at the source too.
pub(crate) async fn empty(link: &mut Link, pairs: &[Pair], turn: &Turn) -> Result<()> {
    link.doing("emptying the tables");
    link.begin_write().await?;
    turn.hold(link, Phase::Receiving).await?;
    for pair in pairs {
        link.script(format!("DELETE FROM {}", crate::sql::quoted(&pair.name)))
            .await?;
    }
    link.commit().await
}

/// Keeps what stands aside in mind, then removes it.
async fn set_aside(link: &mut Link, what: Vec<(String, String, String)>) -> Result<()> {
    for (name, removal, remedy) in what {
        link.execute(
            "INSERT INTO relocation_parked (name, removal, remedy) VALUES ($1, $2, $3)",
            &[&name, &removal, &remedy],
        )
        .await?;
        link.script(removal).await?;
    }
    Ok(())
}
