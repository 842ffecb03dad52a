//! Settings from defaults, file, environment and flags; unknown keys refused with the key named.
//!
//! A module owns its settings struct (`#[serde(deny_unknown_fields, default)]` and `JsonSchema`); the app
//! composes them into one, and [`load`] fills it. Later sources win: defaults, file, `TENON__…`, flags.

mod sample;
mod secret;
mod sources;

pub use self::sample::{sample, schema};
pub use self::secret::Secret;
pub use self::sources::{ENV_PREFIX, SettingsError, Sources, load};
