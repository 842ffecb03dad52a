//! `relocation_state`: one row in each of the two stores that says who owns the data and how far a move is.
//!
//! `tenon-store` reads it when a server starts.

use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;
use tenon_store::Engine;

use crate::error::{RelocationError, Result};
use crate::link::Link;

/// What a store is to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// It owns the data; nothing is under way.
    Owner,
    /// It owns the data; changes are being captured.
    Capturing,
    /// It owns the data; nobody may write.
    Fenced,
    /// It owned the data.
    Moved,
    /// It is being filled.
    Receiving,
    /// It was being filled; the move was given up.
    Withdrawn,
}

/// How far the destination is. Written in the transaction that brings the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marker {
    /// The moment of the source that the copied tables show: see `changes`. `None` before the first snapshot.
    pub(crate) position: Option<String>,
    /// Tables that are copied.
    pub(crate) copied: Vec<String>,
}

/// The row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// Counts owners: the next one has one more.
    pub(crate) epoch: i64,
    pub(crate) phase: Phase,
    /// The same on both sides.
    pub(crate) move_id: String,
    /// Counts the movers of this move. Who is behind writes nothing more.
    pub(crate) attempt: i64,
    /// The other side, without password.
    pub(crate) counterpart: String,
    pub(crate) marker: Marker,
    pub(crate) changed_at: String,
}

/// The part of a [`State`] that makes a write of a mover lawful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) move_id: String,
    pub(crate) attempt: i64,
}

/// Epoch, state, move, attempt, counterpart, marker, time.
type Row = (i64, Phase, String, i64, String, String, String);

const CREATE: &str = "
    CREATE TABLE IF NOT EXISTS relocation_state (
        one         bigint PRIMARY KEY CHECK (one = 1),
        epoch       bigint NOT NULL CHECK (epoch >= 1),
        state       text   NOT NULL,
        move_id     text   NOT NULL,
        attempt     bigint NOT NULL,
        counterpart text   NOT NULL,
        marker      text   NOT NULL,
        changed_at  text   NOT NULL
    )";

impl Phase {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Capturing => "capturing",
            Self::Fenced => "fenced",
            Self::Moved => "moved",
            Self::Receiving => "receiving",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Turn {
    /// Inside a transaction on the source: goes on only if this is the latest attempt, and keeps later ones out
    /// until the transaction ends.
    pub(crate) async fn hold(&self, link: &mut Link, phase: Phase) -> Result<()> {
        self.advance(link, phase, phase, None).await
    }

    /// From one phase to the next, if this is the latest attempt.
    pub(crate) async fn advance(
        &self,
        link: &mut Link,
        from: Phase,
        to: Phase,
        now: Option<Timestamp>,
    ) -> Result<()> {
        let now = now.map(|now| now.to_string()).unwrap_or_default();
        let changed = link
            .execute(
                "UPDATE relocation_state
                    SET state = $1, changed_at = CASE WHEN $2 = '' THEN changed_at ELSE $2 END
                  WHERE state = $3 AND move_id = $4 AND attempt = CAST($5 AS bigint)",
                &[
                    to.text(),
                    &now,
                    from.text(),
                    &self.move_id,
                    &self.attempt.to_string(),
                ],
            )
            .await?;
        one_row(changed)
    }

    /// Inside a transaction on the destination: notes how far it will be with this transaction.
    pub(crate) async fn mark(&self, link: &mut Link, marker: &Marker) -> Result<()> {
        let marker = serde_json::to_string(marker).expect("text and lists of text are JSON");
        let changed = link
            .execute(
                "UPDATE relocation_state SET marker = $1
                  WHERE state = 'receiving' AND move_id = $2 AND attempt = CAST($3 AS bigint)",
                &[&marker, &self.move_id, &self.attempt.to_string()],
            )
            .await?;
        one_row(changed)
    }

    /// The turn after this one: from its commit on, this one is over.
    pub(crate) async fn take_over(&self, link: &mut Link, phase: Phase) -> Result<Self> {
        let next = Self {
            move_id: self.move_id.clone(),
            attempt: self.attempt + 1,
        };
        let changed = link
            .execute(
                "UPDATE relocation_state SET attempt = CAST($1 AS bigint)
                  WHERE state = $2 AND move_id = $3 AND attempt = CAST($4 AS bigint)",
                &[
                    &next.attempt.to_string(),
                    phase.text(),
                    &self.move_id,
                    &self.attempt.to_string(),
                ],
            )
            .await?;
        one_row(changed)?;
        Ok(next)
    }
}

impl State {
    pub(crate) fn turn(&self) -> Turn {
        Turn {
            move_id: self.move_id.clone(),
            attempt: self.attempt,
        }
    }

    /// Reads the row; `None` where data was never moved from or to.
    pub(crate) async fn read(link: &mut Link) -> Result<Option<Self>> {
        let (exists, row) = match link.engine() {
            Engine::Sqlite => (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'relocation_state'",
                "SELECT json_array(epoch, state, move_id, attempt, counterpart, marker, changed_at)
                   FROM relocation_state",
            ),
            Engine::Postgres => (
                "SELECT to_regclass('relocation_state')::text",
                "SELECT json_build_array(epoch, state, move_id, attempt, counterpart, marker, changed_at)::text
                   FROM relocation_state",
            ),
        };
        if link.text(exists, &[]).await?.is_none() {
            return Ok(None);
        }
        let Some(text) = link.text(row, &[]).await? else {
            return Ok(None);
        };
        let unreadable = |error: serde_json::Error| RelocationError::Value {
            table: "relocation_state".to_owned(),
            problem: error.to_string(),
        };
        let (epoch, phase, move_id, attempt, counterpart, marker, changed_at): Row =
            serde_json::from_str(&text).map_err(unreadable)?;
        Ok(Some(Self {
            epoch,
            phase,
            move_id,
            attempt,
            counterpart,
            marker: serde_json::from_str(&marker).map_err(unreadable)?,
            changed_at,
        }))
    }

    /// Writes the row, whatever was there. Inside the caller's transaction.
    pub(crate) async fn write(&self, link: &mut Link) -> Result<()> {
        let marker = serde_json::to_string(&self.marker).expect("text and lists of text are JSON");
        link.script(CREATE).await?;
        link.script("DELETE FROM relocation_state").await?;
        link.execute(
            "INSERT INTO relocation_state (one, epoch, state, move_id, attempt, counterpart, marker, changed_at)
             VALUES (1, CAST($1 AS bigint), $2, $3, CAST($4 AS bigint), $5, $6, $7)",
            &[
                &self.epoch.to_string(),
                self.phase.text(),
                &self.move_id,
                &self.attempt.to_string(),
                &self.counterpart,
                &marker,
                &self.changed_at,
            ],
        )
        .await
        .map(drop)
    }
}

fn one_row(changed: u64) -> Result<()> {
    match changed {
        1 => Ok(()),
        _ => Err(RelocationError::Overtaken),
    }
}
