//! Giving a move up.

use serde::Serialize;
use tenon_store::{Beside, StoreError};

use crate::error::{RelocationError, Result, Side};
use crate::job::{Source, goes_there, release_source, store_error, withdraw_target};
use crate::link::Link;
use crate::mover::Relocation;
use crate::state::{Phase, State};

/// What giving up came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Aborted {
    /// How far the move was.
    pub was: String,
    /// Who owns the data, as before.
    pub owner: String,
    /// Why the destination could not be marked as given up, if it could not: no server starts on it either way.
    pub destination_problem: Option<String>,
}

impl Relocation {
    /// Gives an interrupted move up: the fence is lifted, the triggers are dropped, the source is as it was.
    ///
    /// # Errors
    ///
    /// [`RelocationError::HandedOver`] if the destination owns the data already: then a move back is the way.
    pub async fn abort(&self) -> Result<Aborted> {
        let mut source = Source::open(self).await?;
        let state = source.state.clone();
        let Some(state) = state.filter(|state| state.phase != Phase::Owner) else {
            return Err(RelocationError::NothingUnderWay {
                state: "owns the data".to_owned(),
            });
        };
        goes_there(self, &state)?;
        match state.phase {
            Phase::Capturing | Phase::Fenced => {}
            // The source is closed, but the destination not opened: whoever marks it first decides.
            Phase::Moved => self.take_back(&state).await?,
            Phase::Owner | Phase::Receiving | Phase::Withdrawn => {
                return Err(RelocationError::NothingUnderWay {
                    state: format!("is {}", state.phase.text()),
                });
            }
        }
        // From here on the mover before writes nothing more.
        let link = source.writing.doing("giving the move up");
        link.begin_write().await?;
        let turn = state.turn().take_over(link, state.phase).await?;
        link.commit().await?;
        release_source(link, self.migrations.module, &turn, state.phase, &self.env).await?;
        let destination_problem = match state.phase {
            Phase::Moved => None,
            _ => self
                .leave_target(&state)
                .await
                .err()
                .map(|error| error.to_string()),
        };
        Ok(Aborted {
            was: state.phase.text().to_owned(),
            owner: self.source.to_string(),
            destination_problem,
        })
    }

    async fn take_back(&self, state: &State) -> Result<()> {
        match self.leave_target(state).await {
            Err(RelocationError::Overtaken) => Err(RelocationError::HandedOver {
                to: state.counterpart.clone(),
                at: state.changed_at.clone(),
            }),
            outcome => outcome,
        }
    }

    async fn leave_target(&self, state: &State) -> Result<()> {
        let store = match Beside::find(self.destination.config(), self.migrations.module).await {
            Err(StoreError::NoStore { .. }) if state.phase != Phase::Moved => return Ok(()),
            found => found.map_err(store_error(Side::Destination, "looking for it"))?,
        };
        let mut link = Link::open(&store, Side::Destination).await?;
        if State::read(&mut link).await?.is_none() && state.phase != Phase::Moved {
            return Ok(());
        }
        withdraw_target(&mut link, &state.move_id, &self.env).await
    }
}
