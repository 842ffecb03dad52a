//! Where a debug build can be stopped, and bugs that can be planted in it. A release contains none of this.
//!
//! **Architecture invariant:** everything that acts is compiled with `debug_assertions` only; without them the
//! functions here are empty and nothing reads a switch. Checked by `cargo xtask check chaos`.

mod crash;
mod planted;

pub use self::crash::{Crossing, crossing};
pub use self::planted::is_planted;

#[cfg(debug_assertions)]
pub use self::crash::{BadSwitch, arm};
#[cfg(all(debug_assertions, feature = "planted-bugs"))]
pub use self::planted::plant;

#[cfg(all(feature = "planted-bugs", not(debug_assertions)))]
compile_error!("planted bugs are for debug builds: a release must not carry them");

/// The variable of the process's environment that switches crash points on.
#[cfg(debug_assertions)]
pub const SWITCH: &str = "TENON_CRASH_POINTS";
/// The variable of the process's environment that names the planted bug.
#[cfg(all(debug_assertions, feature = "planted-bugs"))]
pub const PLANTED: &str = "TENON_PLANTED";
