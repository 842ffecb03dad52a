//! What a move would do, and about how long it would take: nothing is changed.

use serde::Serialize;
use tenon_store::{Beside, Engine};
use tokio::time::Instant;

use crate::error::{RelocationError, Result, Side};
use crate::link::Link;
use crate::mover::Relocation;
use crate::pair;
use crate::schema;
use crate::sql::{End, quoted};
use crate::state::State;

/// Rows that are read to learn how fast reading is.
const SAMPLE: usize = 2_000;

/// What would be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Where the data is, without password.
    pub source: String,
    /// Where it would go, without password.
    pub destination: String,
    /// What the source is: `owner`, or how far a move was begun.
    pub state: String,
    /// In the order in which they would be copied.
    pub tables: Vec<PlannedTable>,
    /// Rows per second that were read from the largest table; `None` if it has too few to tell.
    pub rows_per_second: Option<u64>,
    /// Copying and verifying read every row, writing takes about as long again: milliseconds.
    pub copy_ms: Option<u128>,
    /// Under the fence every row is read once more: milliseconds for which nobody could write.
    pub pause_ms: Option<u128>,
}

/// A table that would be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedTable {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// What it takes on disk with its indexes, in bytes.
    pub bytes: u64,
}

impl Relocation {
    /// Looks at the source; changes nothing, and does not look at the destination.
    pub async fn plan(&self) -> Result<Plan> {
        let store = Beside::find(self.source.config(), self.migrations.module)
            .await
            .map_err(|source| RelocationError::Store {
                side: Side::Source,
                doing: "looking for it".to_owned(),
                source,
            })?;
        let mut link = Link::open(&store, Side::Source).await?;
        let state = State::read(&mut link).await?;
        let found = schema::tables(&mut link).await?;
        let engine = link.engine();
        let pairs = pair::pairs((engine, engine), found.clone(), found)?;
        let mut tables = Vec::new();
        for pair in &pairs {
            let count = format!("SELECT CAST(COUNT(*) AS text) FROM {}", quoted(&pair.name));
            let size = match engine {
                Engine::Sqlite => {
                    "SELECT CAST(COALESCE(SUM(pgsize), 0) AS text) FROM dbstat
                      WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = $1)"
                }
                Engine::Postgres => {
                    "SELECT pg_total_relation_size(to_regclass(quote_ident($1)))::text"
                }
            };
            link.doing(format!("measuring {}", pair.name));
            tables.push(PlannedTable {
                table: pair.name.clone(),
                rows: u64::try_from(link.number(count, &[]).await?).unwrap_or(0),
                bytes: u64::try_from(link.number(size, &[&pair.name]).await?).unwrap_or(0),
            });
        }
        let rows: u64 = tables.iter().map(|table| table.rows).sum();
        let largest = tables
            .iter()
            .zip(&pairs)
            .max_by_key(|(table, _)| table.rows)
            .map(|(_, pair)| pair);
        let mut sampled = None;
        if let Some(pair) = largest {
            let all = pair.select_all(engine, End::Source { fenced: true });
            let began = Instant::now();
            let read = link
                .texts(format!("{all} LIMIT {SAMPLE}"), &[])
                .await?
                .len();
            sampled = (read == SAMPLE).then(|| began.elapsed().as_micros().max(1));
        }
        let time = |passes: u128| {
            sampled.map(|micros| u128::from(rows) * passes * micros / SAMPLE as u128 / 1_000)
        };
        let rate = sampled.map(|micros| SAMPLE as u128 * 1_000_000 / micros);
        Ok(Plan {
            source: self.source.to_string(),
            destination: self.destination.to_string(),
            state: state.map_or("owner", |state| state.phase.text()).to_owned(),
            tables,
            rows_per_second: rate.and_then(|rate| u64::try_from(rate).ok()),
            copy_ms: time(2),
            pause_ms: time(1),
        })
    }
}
