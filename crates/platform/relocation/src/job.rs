//! A move under way: its connections, and the steps at which it changes hands.

use tenon_kernel::{Env, Timestamp};
use tenon_store::{Beside, Db, Engine, StoreConfig, StoreError};

use crate::capture;
use crate::destination;
use crate::error::{RelocationError, Result, Side};
use crate::link::Link;
use crate::mover::Relocation;
use crate::pair::{self, Pair};
use crate::report::{Event, Observer};
use crate::schema;
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

/// The source, before it is known what to do.
pub(crate) struct Source {
    pub(crate) reading: Link,
    pub(crate) writing: Link,
    pub(crate) state: Option<State>,
}

impl Source {
    pub(crate) async fn open(relocation: &Relocation) -> Result<Self> {
        if relocation.source.to_string() == relocation.destination.to_string() {
            return Err(RelocationError::SamePlace {
                place: relocation.source.to_string(),
            });
        }
        let store = Beside::find(relocation.source.config(), relocation.migrations.module)
            .await
            .map_err(store_error(Side::Source, "looking for it"))?;
        let reading = Link::open(&store, Side::Source).await?;
        let mut writing = Link::open(&store, Side::Source).await?;
        let state = State::read(writing.doing("reading how far it is")).await?;
        Ok(Self {
            reading,
            writing,
            state,
        })
    }

    async fn into_job(
        mut self,
        relocation: &Relocation,
        (db, mut target): (Db, Link),
        turn: Turn,
        epoch: i64,
        stage: Stage,
    ) -> Result<Job> {
        let from = schema::tables(&mut self.reading).await?;
        let to = schema::tables(&mut target).await?;
        let pairs = pair::pairs((self.reading.engine(), target.engine()), from, to)?;
        Ok(Job {
            db,
            reading: self.reading,
            writing: self.writing,
            target,
            pairs,
            turn,
            epoch,
            marker: Marker::default(),
            stage,
            fenced_at: None,
            module: relocation.migrations.module,
        })
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

/// Refuses a destination that holds anything but what an earlier move from here left.
async fn may_be_filled(relocation: &Relocation) -> Result<()> {
    let found = Beside::find(
        relocation.destination.config(),
        relocation.migrations.module,
    )
    .await;
    let store = match found {
        Ok(store) => store,
        Err(StoreError::NoStore { .. }) => return Ok(()),
        Err(source) => return Err(store_error(Side::Destination, "looking for it")(source)),
    };
    let mut link = Link::open(&store, Side::Destination).await?;
    let occupied = |what: &str, remedy| RelocationError::Occupied {
        place: relocation.destination.to_string(),
        what: what.to_owned(),
        remedy,
    };
    match State::read(&mut link).await? {
        None if schema::tables(&mut link).await?.is_empty() => Ok(()),
        None => Err(occupied(
            "it has tables of its own",
            "name a place that holds nothing of this module",
        )),
        Some(state) => match state.phase {
            Phase::Receiving | Phase::Withdrawn
                if state.counterpart == relocation.source.to_string() =>
            {
                Ok(())
            }
            Phase::Moved if relocation.replaces => Ok(()),
            Phase::Moved => Err(occupied(
                "it owned the data before",
                "--replace empties it and moves the data back there",
            )),
            Phase::Receiving | Phase::Withdrawn => Err(occupied(
                "a move from elsewhere was filling it",
                "name a place that holds nothing of this module",
            )),
            Phase::Owner | Phase::Capturing | Phase::Fenced => Err(occupied(
                "it owns data",
                "name a place that holds nothing of this module",
            )),
        },
    }
}

/// Opens the destination; `arriving` is what it becomes before anything else happens to it.
async fn open_target(relocation: &Relocation, arriving: Option<&State>) -> Result<(Db, Link)> {
    let config = relocation.destination.config();
    let opening = store_error(Side::Destination, "opening it");
    let db = Db::open_to_receive(config, relocation.migrations, relocation.env.clone())
        .await
        .map_err(opening)?;
    let store = Beside::find(config, relocation.migrations.module)
        .await
        .map_err(store_error(Side::Destination, "looking for it"))?;
    let mut link = Link::open(&store, Side::Destination).await?;
    if let Some(arriving) = arriving {
        link.doing("marking it as arriving");
        link.begin_write().await?;
        arriving.write(&mut link).await?;
        link.commit().await?;
        let turn = arriving.turn();
        // What a move from here to elsewhere has left, if it comes back.
        capture::lift(
            &mut link,
            relocation.migrations.module,
            &turn,
            Phase::Receiving,
            false,
        )
        .await?;
        db.migrate()
            .await
            .map_err(store_error(Side::Destination, "making its tables"))?;
    }
    is_current(relocation, &db).await?;
    Ok((db, link))
}

/// The source must be at the step that the destination is at: only then are their tables the same.
async fn is_current(relocation: &Relocation, target: &Db) -> Result<()> {
    let pending = target
        .pending()
        .await
        .map_err(store_error(Side::Destination, "reading its history"))?;
    if !pending.is_empty() {
        return Err(RelocationError::Schema {
            what: format!("the destination lacks {}", pending.join(", ")),
        });
    }
    // Its own engine has its own history; names and numbers of the steps are the same.
    let engine = match relocation.source.config() {
        StoreConfig::Sqlite { .. } => Engine::Sqlite,
        StoreConfig::Postgres { .. } => Engine::Postgres,
    };
    let store = Beside::find(relocation.source.config(), relocation.migrations.module)
        .await
        .map_err(store_error(Side::Source, "looking for it"))?;
    let mut link = Link::open(&store, Side::Source).await?;
    let applied = link
        .doing("reading its history")
        .texts(
            format!("SELECT CAST(version AS text) FROM {}", schema::HISTORY),
            &[],
        )
        .await?;
    let missing: Vec<String> = relocation
        .migrations
        .steps(engine)
        .into_iter()
        .filter(|(version, _)| !applied.contains(&version.to_string()))
        .map(|(_, name)| name)
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(RelocationError::Behind { pending: missing })
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

pub(crate) fn store_error(
    side: Side,
    doing: &'static str,
) -> impl FnOnce(StoreError) -> RelocationError {
    move |source| RelocationError::Store {
        side,
        doing: doing.to_owned(),
        source,
    }
}
