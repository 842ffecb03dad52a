//! Moves a module's live data to another database while the server that owns it keeps running.
//!
//! ```text
//! prepare   the destination is made and marked `receiving`: no server starts on it
//! capture   triggers write the key of every changed row to `relocation_log`
//! copy      every table, from one snapshot, in the order of its key
//! catch up  changed keys again and again, each pass from a newer snapshot, until few are left
//! fence     triggers refuse every write, whoever sends it; the last changes follow
//! verify    row counts and SHA-256 of every table, source against destination
//! hand over the source is marked `moved`, then the destination becomes the owner
//! ```
//!
//! Until the hand-over the source is the owner: whatever fails, the fence is lifted, the triggers are dropped, and
//! the source is as it was. A mover that was killed is followed by another: [`Relocation::resume`] goes on,
//! [`Relocation::abort`] gives up. Each follower has a higher attempt number, and a mover writes nothing, on either
//! side, once a later attempt has begun.
//!
//! **Architecture invariant:** after the fence nobody can write to the source, however old the program or paused the
//! process, because the database itself refuses. Checked by `tests/it/live.rs`.

mod abort;
mod canonical;
mod capture;
mod changes;
mod copy;
mod destination;
mod error;
mod job;
mod link;
mod mover;
mod pair;
mod place;
mod plan;
mod report;
mod schema;
mod sql;
mod state;
mod verify;

pub use self::abort::Aborted;
pub use self::error::{RelocationError, Side};
pub use self::mover::Relocation;
pub use self::place::{Place, PlaceError};
pub use self::plan::{Plan, PlannedTable};
pub use self::report::{Event, Observer, Report, Silent, VerifiedTable};
