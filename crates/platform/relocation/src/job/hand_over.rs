//! The steps at which a move changes hands: the source closes, the destination opens, or both go back.

use tenon_kernel::Env;

use super::{Job, Stage};
use crate::capture;
use crate::error::{RelocationError, Result};
use crate::link::Link;
use crate::state::{Phase, State, Turn};

impl Job {
    /// The source is over: whoever starts on it is told where the data is.
    pub(crate) async fn close_source(&mut self, env: &Env) -> Result<()> {
        self.writing.doing("closing the source");
        self.writing.begin_write().await?;
        self.turn
            .advance(
                &mut self.writing,
                Phase::Fenced,
                Phase::Moved,
                Some(env.now()),
            )
            .await?;
        // From here on a failure leaves it to a later mover: the commit may have happened.
        self.stage = Stage::Closed;
        self.writing.commit().await
    }

    /// The destination owns the data.
    pub(crate) async fn open_destination(&mut self, env: &Env) -> Result<()> {
        self.target.doing("opening the destination");
        self.target.begin_write().await?;
        self.turn
            .advance(
                &mut self.target,
                Phase::Receiving,
                Phase::Owner,
                Some(env.now()),
            )
            .await?;
        self.target
            .script("DROP TABLE IF EXISTS relocation_parked")
            .await?;
        self.target.commit().await
    }

    /// Makes the source what it was, and the destination nothing.
    pub(crate) async fn withdraw(&mut self, env: &Env) -> Result<()> {
        self.reading.rollback().await;
        self.writing.rollback().await;
        self.target.rollback().await;
        // What is stored counts, not what was intended: a step may have failed on either side of its commit.
        let state = State::read(self.writing.doing("giving the move up")).await?;
        let phase = match state {
            Some(state) if state.turn() == self.turn => state.phase,
            _ => return Err(RelocationError::Overtaken),
        };
        release_source(&mut self.writing, self.module, &self.turn, phase, env).await?;
        // The destination may be what failed; a later move to it finds it as it is.
        if let Err(error) = withdraw_target(&mut self.target, &self.turn.move_id, env).await {
            tracing::warn!(%error, "the destination is left half-filled; no server starts on it");
        }
        Ok(())
    }
}

/// Takes the triggers down and makes the source the owner again.
pub(crate) async fn release_source(
    writing: &mut Link,
    module: &str,
    turn: &Turn,
    phase: Phase,
    env: &Env,
) -> Result<()> {
    capture::lift(writing, module, turn, phase, false).await?;
    writing.begin_write().await?;
    turn.advance(writing, phase, Phase::Owner, Some(env.now()))
        .await?;
    writing.commit().await
}

/// Marks a destination that is still being filled as given up; an error if it is anything else.
pub(crate) async fn withdraw_target(target: &mut Link, move_id: &str, env: &Env) -> Result<()> {
    target.doing("giving the destination up");
    let changed = target
        .execute(
            "UPDATE relocation_state SET state = 'withdrawn', changed_at = $1
              WHERE move_id = $2 AND state IN ('receiving', 'withdrawn')",
            &[&env.now().to_string(), move_id],
        )
        .await?;
    match changed {
        1 => Ok(()),
        _ => Err(RelocationError::Overtaken),
    }
}
