//! Planted bugs: each is a branch in the code it breaks, taken only if the process was told its name.
//!
//! They prove that tests can fail. `cargo xtask chaos --planted` lists them and the tests that must find each.

/// Whether this bug is in the program now. Without the feature `planted-bugs` it never is, and the branch is gone.
#[inline]
pub fn is_planted(name: &'static str) -> bool {
    #[cfg(all(debug_assertions, feature = "planted-bugs"))]
    let planted = chosen::is(name);
    #[cfg(not(all(debug_assertions, feature = "planted-bugs")))]
    let planted = {
        let _ = name;
        false
    };
    planted
}

#[cfg(all(debug_assertions, feature = "planted-bugs"))]
pub use self::chosen::plant;

#[cfg(all(debug_assertions, feature = "planted-bugs"))]
mod chosen {
    use std::sync::OnceLock;

    static CHOSEN: OnceLock<String> = OnceLock::new();

    /// Plants a bug for the rest of the process, instead of the one that its environment names.
    pub fn plant(name: &str) {
        drop(CHOSEN.set(name.to_owned()));
    }

    pub(super) fn is(name: &str) -> bool {
        CHOSEN.get_or_init(from_environment) == name
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of test programs, which have no settings; no release can contain it"
    )]
    fn from_environment() -> String {
        std::env::var(crate::PLANTED).unwrap_or_default()
    }
}
