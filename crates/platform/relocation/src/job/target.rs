//! The destination of a move: what may be filled, opened and brought to the source's step.

use tenon_store::{Beside, Db, Engine, StoreConfig, StoreError};

use super::source::store_error;
use crate::capture;
use crate::error::{RelocationError, Result, Side};
use crate::link::Link;
use crate::mover::Relocation;
use crate::schema;
use crate::state::{Phase, State};

/// Refuses a destination that holds anything but what an earlier move from here left.
pub(super) async fn may_be_filled(relocation: &Relocation) -> Result<()> {
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
pub(super) async fn open_target(
    relocation: &Relocation,
    arriving: Option<&State>,
) -> Result<(Db, Link)> {
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
