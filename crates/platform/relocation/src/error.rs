//! Why data could not be moved.

use std::fmt;

use tenon_store::StoreError;

/// Which of the two stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where the data is.
    Source,
    /// Where it is to go.
    Destination,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Destination => "destination",
        })
    }
}

/// Why data could not be moved. Unless the text says otherwise the source is as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelocationError {
    /// A store failed.
    #[error("the {side} failed while {doing}")]
    Store {
        /// Which.
        side: Side,
        /// What was being done.
        doing: String,
        /// What it said.
        #[source]
        source: StoreError,
    },
    /// A table that cannot be moved.
    #[error("table {table} of the {side} cannot be moved: {problem}")]
    Table {
        /// Which store.
        side: Side,
        /// Its name.
        table: String,
        /// Why.
        problem: String,
    },
    /// Source and destination are made by different migrations.
    #[error(
        "source and destination differ in their tables: {what}; run this program's `tenon migrate` on the source first"
    )]
    Schema {
        /// The difference.
        what: String,
    },
    /// The source is not at the newest step of this program.
    #[error("the source lacks the migrations {}; run `tenon migrate` first", .pending.join(", "))]
    Behind {
        /// What is missing.
        pending: Vec<String>,
    },
    /// A move was begun before.
    #[error(
        "a move to {to} was begun and is {state}: go on with --resume, or give it up with --abort"
    )]
    UnderWay {
        /// Where to.
        to: String,
        /// How far it is.
        state: String,
    },
    /// There is nothing to go on with or to give up.
    #[error("no move is under way: the source {state}")]
    NothingUnderWay {
        /// What it is instead.
        state: String,
    },
    /// The move under way goes elsewhere.
    #[error("the move under way goes to {to}, not to {asked}")]
    OtherDestination {
        /// Where it goes.
        to: String,
        /// What was asked for.
        asked: String,
    },
    /// The data is not here any more.
    #[error("the data moved to {to} at {at}: that is the source now")]
    Moved {
        /// Where to.
        to: String,
        /// When.
        at: String,
    },
    /// The destination holds something.
    #[error("{place} holds a store of this module already ({what}): {remedy}")]
    Occupied {
        /// Where.
        place: String,
        /// What is there.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Source and destination are one.
    #[error("{place} is where the data is already")]
    SamePlace {
        /// Where.
        place: String,
    },
    /// Another mover goes on with this move, or has given it up.
    #[error(
        "another mover has taken this move over; this one has stopped without touching anything more"
    )]
    Overtaken,
    /// The fence could not be put up or taken down, because transactions stood in the way.
    #[error("table {table} was in use for too long to {doing}")]
    Busy {
        /// Which.
        table: String,
        /// What for.
        doing: &'static str,
    },
    /// More is written than can be brought over.
    #[error(
        "after {passes} passes {left} changed rows were still left: writes come faster than they can be brought over; move at a quieter time"
    )]
    NotCaughtUp {
        /// How often it was tried.
        passes: u32,
        /// Changed rows in the last pass.
        left: usize,
    },
    /// The two sides are not equal.
    #[error("table {table} differs at the key {key}: {what}")]
    Differs {
        /// Which.
        table: String,
        /// Which row, as JSON.
        key: String,
        /// How.
        what: String,
    },
    /// A row breaks a foreign key of the destination.
    #[error("table {table} of the destination breaks the foreign key to {parent}")]
    ForeignKey {
        /// Which.
        table: String,
        /// Where it points to.
        parent: String,
    },
    /// A value that cannot be read.
    #[error("a row of {table} cannot be read: {problem}")]
    Value {
        /// Which.
        table: String,
        /// Why.
        problem: String,
    },
    /// The data is handed over, so it cannot be taken back.
    #[error("{to} owns the data since {at}: move it back instead")]
    HandedOver {
        /// Where to.
        to: String,
        /// When.
        at: String,
    },
    /// After a failure the source could not be made as it was.
    #[error(
        "{cause}; and the source is still marked as being moved: run the same command with --abort"
    )]
    NotWithdrawn {
        /// What failed first.
        cause: Box<RelocationError>,
        /// Why it could not be undone.
        #[source]
        source: Box<RelocationError>,
    },
}

impl RelocationError {
    /// Says whether a move is in the hands of another mover: then this one must not tidy up.
    pub(crate) fn is_overtaken(&self) -> bool {
        matches!(self, Self::Overtaken)
    }
}

/// What the functions of this crate return.
pub(crate) type Result<T, E = RelocationError> = std::result::Result<T, E>;
