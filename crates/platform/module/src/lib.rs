//! What a module is to the platform, and the runtime that starts and stops modules.

mod assemble;
mod deprecated_uses;
mod invariant;
mod maintenance;
mod module;
mod platform;
mod runtime;
mod shared;
mod stretch;
mod watch;

pub use self::assemble::{AssembleError, NodeParts};
pub use self::invariant::{Invariant, Stretch, Violation, check_whole};
pub use self::maintenance::Retention;
pub use self::module::Module;
pub use self::platform::platform_invariants;
pub use self::runtime::{RemoteFeed, Runtime, RuntimeSettings};
pub use self::shared::{OperationView, SharedApi, Surface, accepted};
pub use self::stretch::IdRange;
pub use tenon_events::Progress;
