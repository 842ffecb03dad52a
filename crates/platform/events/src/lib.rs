//! Facts leave a module through its outbox, in the fact's own transaction, and arrive once.
//!
//! [`Emit`] writes to the outbox. A [`Feed`] gives a module's events in commit order, without gaps. An
//! [`EventWorker`] moves them into the consumer's inbox and from there into its handlers, in order per subject.
//!
//! **Architecture invariant:** an event is never handled in the producer's transaction, not even in one process.
//! Handlers open their own transaction with [`Receipt::begin`]; nothing else reaches them.

mod emit;
mod envelope;
mod era;
mod feed;
mod inbox;
mod intake;
mod metrics;
mod outbox;
mod positioner;
mod progress;
mod subscription;
mod upkeep;
mod worker;

pub use self::emit::Emit;
pub use self::envelope::{Envelope, EventId, EventKind};
pub use self::era::{ERA_BITS, begin_era};
pub use self::feed::{Feed, FeedPage, LocalFeed};
pub use self::positioner::position_events;
pub use self::progress::{Behind, Progress};
pub use self::subscription::{
    AfterCommit, Handle, HandleAny, HandlerError, Keep, Receipt, Subscription,
};
pub use self::upkeep::{DeadEvent, dead_events, purge_inbox, purge_outbox, replay, rewind, skip};
pub use self::worker::EventWorker;
