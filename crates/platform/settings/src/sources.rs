//! Where settings come from, and what is said about bad ones.

use std::path::PathBuf;

use figment::error::{Actual, Kind};
use figment::providers::{Env, Format as _, Serialized, Toml};
use figment::{Figment, Source};
use serde::de::DeserializeOwned;

/// `TENON__ORDERS__CHECKOUT_TTL_SECONDS=900` sets `checkout_ttl_seconds` of `[orders]`.
pub const ENV_PREFIX: &str = "TENON__";

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A TOML file; must exist if named.
    pub file: Option<PathBuf>,
    /// Whether `TENON__…` variables count.
    pub environment: bool,
    /// Flags: dotted key and value.
    pub overrides: Vec<(String, String)>,
}

/// A setting that is not good. Never shows the value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting `{key}` ({source_name}): {problem}")]
pub struct SettingsError {
    /// Dotted key: `orders.checkout_ttl_seconds`.
    pub key: String,
    /// The file, the environment or a flag.
    pub source_name: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl SettingsError {
    /// For rules that span several settings, checked by their owner.
    pub fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            source_name: "settings".to_owned(),
            problem: problem.into(),
        }
    }
}

/// Reads the settings of a process.
///
/// # Errors
///
/// [`SettingsError`] names the first key that is unknown, of the wrong type or out of range.
pub fn load<T: DeserializeOwned>(sources: &Sources) -> Result<T, SettingsError> {
    let mut figment = Figment::new();
    if let Some(file) = &sources.file {
        if !file.is_file() {
            return Err(SettingsError {
                key: "--config".to_owned(),
                source_name: file.display().to_string(),
                problem: "the file does not exist".to_owned(),
            });
        }
        figment = figment.merge(Toml::file_exact(file));
    }
    if sources.environment {
        figment = figment.merge(Env::prefixed(ENV_PREFIX).split("__"));
    }
    for (key, value) in &sources.overrides {
        // Flags are text like environment variables: `8080` is a number, `true` a boolean.
        let value: figment::value::Value = value.parse().unwrap_or_else(|_| value.clone().into());
        figment = figment.merge(Serialized::default(key, value));
    }
    figment.extract().map_err(|error| describe(&error))
}

fn describe(error: &figment::Error) -> SettingsError {
    let mut path = error.path.clone();
    let problem = match &error.kind {
        Kind::UnknownField(name, known) => {
            if path.last() != Some(name) {
                path.push(name.clone());
            }
            format!("unknown key; known here: {}", known.join(", "))
        }
        Kind::UnknownVariant(_, known) => format!("expected one of: {}", known.join(", ")),
        Kind::InvalidType(actual, expected) => {
            format!("expected {expected}, found {}", type_name(actual))
        }
        Kind::InvalidValue(_, expected) | Kind::InvalidLength(_, expected) => {
            format!("expected {expected}")
        }
        Kind::MissingField(name) => {
            path.push(name.to_string());
            "missing".to_owned()
        }
        Kind::DuplicateField(_) => "given twice".to_owned(),
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => {
            "the number is out of range".to_owned()
        }
        Kind::Unsupported(actual) => format!("{} is not possible here", type_name(actual)),
        Kind::UnsupportedKey(..) => "keys are text".to_owned(),
        Kind::Message(message) => message.clone(),
    };
    let source_name = match error.metadata.as_ref() {
        Some(metadata) => match &metadata.source {
            Some(Source::File(file)) => file.display().to_string(),
            Some(_) => "flag".to_owned(),
            None if metadata.name.contains("environment") => {
                format!("environment variable {ENV_PREFIX}…")
            }
            None => metadata.name.to_string(),
        },
        None => "settings".to_owned(),
    };
    SettingsError {
        key: path.join("."),
        source_name,
        problem,
    }
}

fn type_name(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "a boolean",
        Actual::Unsigned(_) | Actual::Signed(_) => "a whole number",
        Actual::Float(_) => "a decimal number",
        Actual::Char(_) | Actual::Str(_) => "text",
        Actual::Seq => "a list",
        Actual::Map => "a section",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct Top {
        orders: Orders,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct Orders {
        ttl_seconds: u32,
        secret: String,
    }
    impl Default for Orders {
        fn default() -> Self {
            Self {
                ttl_seconds: 900,
                secret: "none".to_owned(),
            }
        }
    }

    fn flags(pairs: &[(&str, &str)]) -> Sources {
        let overrides = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Sources {
            overrides,
            ..Sources::default()
        }
    }

    #[test]
    fn nothing_given_is_all_defaults() {
        assert_eq!(load::<Top>(&Sources::default()), Ok(Top::default()));
    }

    #[test]
    fn flags_beat_the_file() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("tenon.toml");
        std::fs::write(&file, "[orders]\nttl_seconds = 5\nsecret = \"s3cr3t\"\n")
            .expect("writable");
        let sources = Sources {
            file: Some(file),
            ..flags(&[("orders.ttl_seconds", "7")])
        };
        let top: Top = load(&sources).expect("good settings");
        assert_eq!(
            (top.orders.ttl_seconds, top.orders.secret.as_str()),
            (7, "s3cr3t")
        );
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = load::<Top>(&flags(&[("orders.tll_seconds", "7")])).expect_err("unknown key");
        assert_eq!(error.key, "orders.tll_seconds");
        assert!(error.problem.contains("ttl_seconds"), "{error}");
    }

    #[test]
    fn a_bad_value_is_never_shown() {
        let error =
            load::<Top>(&flags(&[("orders.ttl_seconds", "hunter2")])).expect_err("wrong type");
        assert_eq!(error.key, "orders.ttl_seconds");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn a_missing_file_is_refused() {
        let sources = Sources {
            file: Some("no/such/file.toml".into()),
            ..Sources::default()
        };
        assert!(load::<Top>(&sources).is_err());
    }
}
