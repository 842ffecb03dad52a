//! Where a debug build can be stopped, bugs that can be planted in it, and the stage of a simulation. A release
//! contains none of this.
//!
//! **Architecture invariant:** everything that acts is compiled with `debug_assertions` only; without them the
//! functions here are empty and nothing reads a switch. Checked by `cargo xtask check chaos`.

mod crash;
mod planted;
mod stage;

pub use self::crash::{Crossing, crossing};
pub use self::planted::is_planted;
pub use self::stage::{is_simulated, steady};

#[cfg(debug_assertions)]
pub use self::crash::{BadSwitch, arm};
#[cfg(all(debug_assertions, feature = "planted-bugs"))]
pub use self::planted::plant;
#[cfg(debug_assertions)]
pub use self::stage::{Entered, Hold, Side, Stage, enter, finish};

#[cfg(all(feature = "planted-bugs", not(debug_assertions)))]
compile_error!("planted bugs are for debug builds: a release must not carry them");

/// The variable of the process's environment that switches crash points on.
#[cfg(debug_assertions)]
pub const SWITCH: &str = "TENON_CRASH_POINTS";
/// The variable of the process's environment that names the planted bug.
#[cfg(all(debug_assertions, feature = "planted-bugs"))]
pub const PLANTED: &str = "TENON_PLANTED";
