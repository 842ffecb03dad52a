//! The source of a move, opened.

use tenon_store::{Beside, Db, StoreError};

use super::{Job, Stage};
use crate::error::{RelocationError, Result, Side};
use crate::link::Link;
use crate::mover::Relocation;
use crate::pair;
use crate::schema;
use crate::state::{Marker, State, Turn};

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

    pub(super) async fn into_job(
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
