//! What a module is to the platform, and the runtime that starts and stops modules.

mod assemble;
mod invariant;
mod maintenance;
mod module;
mod platform;
mod runtime;

pub use self::assemble::{AssembleError, NodeParts};
pub use self::invariant::{Invariant, Violation};
pub use self::maintenance::Retention;
pub use self::module::Module;
pub use self::platform::platform_invariants;
pub use self::runtime::{RemoteFeed, Runtime, RuntimeSettings};
