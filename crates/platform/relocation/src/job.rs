//! A move under way: its connections, and how it is begun or taken over.

mod hand_over;
mod source;
mod target;

use tenon_kernel::Timestamp;
use tenon_store::Db;

pub(crate) use self::hand_over::{release_source, withdraw_target};
pub(crate) use self::source::{Source, store_error};
use self::target::{may_be_filled, open_target};
use crate::capture;
use crate::destination;
use crate::error::{RelocationError, Result};
use crate::link::Link;
use crate::mover::Relocation;
use crate::pair::Pair;
use crate::report::{Event, Observer};
use crate::state::{Marker, Phase, State, Turn};

/// How far the source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Capturing,
    Fenced,
    /// It is marked as moved.
    Closed,
}

/// A move under way.
pub(crate) struct Job {
    /// The destination; on SQLite its lock keeps servers out.
    pub(crate) db: Db,
    /// Reads snapshots of the source.
    pub(crate) reading: Link,
    /// Puts triggers and states at the source.
    pub(crate) writing: Link,
    pub(crate) target: Link,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) turn: Turn,
    /// The epoch of the destination.
    pub(crate) epoch: i64,
    pub(crate) marker: Marker,
    pub(crate) stage: Stage,
    /// When an earlier mover fenced.
    pub(crate) fenced_at: Option<Timestamp>,
    module: &'static str,
}

impl Job {
    /// Prepares the destination and begins to capture.
    pub(crate) async fn begin(relocation: &Relocation, observer: &dyn Observer) -> Result<Self> {
        let source = Source::open(relocation).await?;
        let epoch = match &source.state {
            None => 1,
            Some(state) => match state.phase {
                Phase::Owner => state.epoch,
                Phase::Capturing | Phase::Fenced => {
                    return Err(RelocationError::UnderWay {
                        to: state.counterpart.clone(),
                        state: state.phase.text().to_owned(),
                    });
                }
                Phase::Moved => {
                    return Err(RelocationError::Moved {
                        to: state.counterpart.clone(),
                        at: state.changed_at.clone(),
                    });
                }
                Phase::Receiving | Phase::Withdrawn => return Err(not_the_owner(state)),
            },
        };
        may_be_filled(relocation).await?;
        let turn = Turn {
            move_id: relocation.env.new_uuid().to_string(),
            attempt: 1,
        };
        let now = relocation.env.now().to_string();
        let arriving = State {
            epoch: epoch + 1,
            phase: Phase::Receiving,
            move_id: turn.move_id.clone(),
            attempt: turn.attempt,
            counterpart: relocation.source.to_string(),
            marker: Marker::default(),
            changed_at: now.clone(),
        };
        let target = open_target(relocation, Some(&arriving)).await?;
        let mut job = source
            .into_job(relocation, target, turn, epoch + 1, Stage::Capturing)
            .await?;
        destination::park(&mut job.target, &job.pairs, &job.turn).await?;
        destination::empty(&mut job.target, &job.pairs, &job.turn).await?;
        job.prepared(relocation, observer).await;
        let leaving = State {
            epoch,
            phase: Phase::Capturing,
            counterpart: relocation.destination.to_string(),
            ..arriving
        };
        let begun = capture::begin(&mut job.writing, job.module, &job.pairs, &leaving).await;
        if let Err(cause) = begun {
            return Err(job.give_up(relocation, cause).await);
        }
        observer.notice(&Event::Capturing).await;
        Ok(job)
    }

    /// Takes a move over from a mover that was interrupted.
    pub(crate) async fn take_over(
        relocation: &Relocation,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let mut source = Source::open(relocation).await?;
        let Some(before) = source
            .state
            .clone()
            .filter(|before| before.phase != Phase::Owner)
        else {
            return Err(RelocationError::NothingUnderWay {
                state: "owns the data".to_owned(),
            });
        };
        let stage = match before.phase {
            Phase::Capturing => Stage::Capturing,
            Phase::Fenced => Stage::Fenced,
            Phase::Moved => Stage::Closed,
            Phase::Owner | Phase::Receiving | Phase::Withdrawn => {
                return Err(not_the_owner(&before));
            }
        };
        goes_there(relocation, &before)?;
        // From here on the mover before writes nothing more at the source.
        source.writing.doing("taking the move over");
        source.writing.begin_write().await?;
        let turn = before
            .turn()
            .take_over(&mut source.writing, before.phase)
            .await?;
        source.writing.commit().await?;

        let target = open_target(relocation, None).await?;
        let mut job = source
            .into_job(relocation, target, turn, before.epoch + 1, stage)
            .await?;
        if stage == Stage::Fenced {
            job.fenced_at = before.changed_at.parse().ok();
        }
        if job.join_target(&before).await? {
            // All that the mover before left to do.
            capture::lift(&mut job.writing, job.module, &job.turn, Phase::Moved, true).await?;
            job.db.close().await;
            return Err(RelocationError::Moved {
                to: before.counterpart,
                at: before.changed_at,
            });
        }
        if stage != Stage::Closed {
            destination::park(&mut job.target, &job.pairs, &job.turn).await?;
        }
        job.prepared(relocation, observer).await;
        if stage == Stage::Capturing {
            capture::go_on(&mut job.writing, job.module, &job.pairs, &job.turn).await?;
            observer.notice(&Event::Capturing).await;
        }
        Ok(job)
    }

    /// Makes the destination follow this attempt, and learns how far it is; `true` if it owns the data already.
    async fn join_target(&mut self, source: &State) -> Result<bool> {
        let link = &mut self.target;
        link.doing("taking the move over");
        link.begin_write().await?;
        let state = State::read(link).await?;
        let Some(mut state) = state.filter(|state| state.move_id == source.move_id) else {
            return Err(RelocationError::Occupied {
                place: source.counterpart.clone(),
                what: "another move, or none".to_owned(),
                remedy: "it is not what this move was filling: give it up with --abort",
            });
        };
        match state.phase {
            Phase::Receiving => {}
            Phase::Owner if source.phase == Phase::Moved => {
                link.rollback().await;
                return Ok(true);
            }
            _ => return Err(not_the_owner(&state)),
        }
        state.attempt = self.turn.attempt;
        state.write(link).await?;
        link.commit().await?;
        self.marker = state.marker;
        Ok(false)
    }

    /// After [`capture::begin`] failed: nobody knows how much of it is there.
    async fn give_up(mut self, relocation: &Relocation, cause: RelocationError) -> RelocationError {
        self.writing.rollback().await;
        let ours = State::read(&mut self.writing)
            .await
            .ok()
            .flatten()
            .is_some_and(|state| state.move_id == self.turn.move_id);
        let withdrawn = if ours {
            self.withdraw(&relocation.env).await
        } else {
            Ok(())
        };
        self.db.close().await;
        match withdrawn {
            Ok(()) => cause,
            Err(source) => RelocationError::NotWithdrawn {
                cause: Box::new(cause),
                source: Box::new(source),
            },
        }
    }

    async fn prepared(&self, relocation: &Relocation, observer: &dyn Observer) {
        let event = Event::Prepared {
            source: relocation.source.to_string(),
            destination: relocation.destination.to_string(),
            tables: self.pairs.len(),
            attempt: self.turn.attempt,
        };
        observer.notice(&event).await;
    }
}

pub(crate) fn goes_there(relocation: &Relocation, state: &State) -> Result<()> {
    let asked = relocation.destination.to_string();
    if state.counterpart == asked {
        return Ok(());
    }
    Err(RelocationError::OtherDestination {
        to: state.counterpart.clone(),
        asked,
    })
}

fn not_the_owner(state: &State) -> RelocationError {
    RelocationError::NothingUnderWay {
        state: format!(
            "is {}, from or to {}",
            state.phase.text(),
            state.counterpart
        ),
    }
}
