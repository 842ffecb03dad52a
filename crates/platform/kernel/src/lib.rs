//! Vocabulary shared by every crate of Tenon; it knows no domain word and does no IO.
//!
//! **Architecture invariant:** time and randomness enter the program through [`Env`] only.
//! Checked by the bans in `clippy.toml`.

mod clock;
mod ctx;
mod elapsed;
mod emitted;
mod entropy;
mod error;
mod id;
mod money;
mod page;
mod stats;
mod timestamp;

pub use self::clock::{Clock, MovableClock, SystemClock};
pub use self::ctx::{
    CallCtx, Caller, Deadline, IdempotencyScope, Interface, Principal, Role, TraceContext,
    UserPrincipal,
};
pub use self::emitted::{Emitted, MAX_EMITTED};
pub use self::entropy::{Entropy, Env, SystemEntropy};
pub use self::error::{ErrorKind, FieldError, Retry, ServiceError};
pub use self::id::{Id, IdKind, ParseIdError};
pub use self::money::{Currency, Money, MoneyError};
pub use self::page::{Cursor, CursorError, CursorKey, Page, PageRequest};
pub use self::stats::{CallStats, OpenUnit, SeamCalls};
pub use self::timestamp::{ParseTimestampError, Timestamp};

/// The moving clock and seeded entropy, for tests of this and every other crate.
#[cfg(any(test, feature = "testing"))]
pub mod testing {
    pub use crate::clock::ManualClock;
    pub use crate::elapsed::simulate_elapsed;
    pub use crate::entropy::SeededEntropy;
}
