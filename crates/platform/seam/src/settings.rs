//! How each module is reached: `[modules.catalog]`, checked before anything is built on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which end the calls to a module reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mode {
    /// The implementation is called directly.
    #[default]
    Local,
    /// Everything is encoded and decoded in this process, as if the module were elsewhere.
    Wire,
    /// The module runs in the process behind `url`.
    Remote,
    /// The module here answers; some queries are also sent to `url`, and the answers compared.
    Shadow,
    /// Calls fail as `fault` says, before or after the module here or behind `url`: for tests and rehearsals.
    Fault,
}

/// How one module is reached: `[modules.catalog]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EdgeSettings {
    /// Which end.
    pub mode: Mode,
    /// Where the module's process listens for calls: `https://catalog.internal:7443`. For `remote`, `shadow`, `fault`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Name of the service that has to be there, as its certificate says; `<module>-service` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// How many of a hundred queries `shadow` sends to the other process too.
    pub percent: u8,
    /// Calls in flight from one caller before further ones wait, and then are shed.
    pub max_concurrent: u32,
    /// Most attempts of a call that may safely be repeated; 1 never repeats.
    pub max_attempts: u32,
    /// How long calls may take, in percent of what the contract says: more for a slow machine or a distant module.
    pub timeout_percent: u32,
    /// What goes wrong in mode `fault`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultSettings>,
}

/// What goes wrong, and how often: `[modules.catalog.fault]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FaultSettings {
    /// How many of a hundred calls are hit.
    pub percent: u8,
    /// Names of the methods that are hit; empty means all.
    pub methods: Vec<String>,
    /// How long a hit call is held up first, in milliseconds.
    pub delay_ms: u64,
    /// What becomes of a hit call after the delay.
    pub effect: FaultEffect,
}

/// What becomes of a call that is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultEffect {
    /// It is held up and nothing more.
    #[default]
    Delay,
    /// It is delivered twice; the second answer counts.
    Duplicate,
    /// It runs, and its answer is lost.
    LostReply,
    /// It never gets an answer and never runs.
    Silence,
    /// It fails before it is sent: `unavailable`, certainly not executed.
    Unavailable,
    /// `deadline_exceeded`, certainly not executed.
    DeadlineExceeded,
    /// `overloaded`.
    Overloaded,
    /// `cancelled`.
    Cancelled,
    /// `unauthenticated`.
    Unauthenticated,
    /// `forbidden`.
    Forbidden,
    /// `too_large`, not executed.
    TooLarge,
    /// `version_skew`.
    VersionSkew,
    /// `misuse`.
    Misuse,
    /// `key_reused`.
    KeyReused,
    /// `key_in_flight`.
    KeyInFlight,
    /// `internal`.
    Internal,
}

/// Settings that contradict each other or the program: names the setting and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {reason}")]
pub struct SetupError {
    /// `modules.catalog.url`
    pub setting: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Default for EdgeSettings {
    fn default() -> Self {
        Self {
            mode: Mode::Local,
            url: None,
            service: None,
            percent: 100,
            max_concurrent: 512,
            max_attempts: 3,
            timeout_percent: 100,
            fault: None,
        }
    }
}

impl Default for FaultSettings {
    fn default() -> Self {
        Self {
            percent: 100,
            methods: Vec::new(),
            delay_ms: 0,
            effect: FaultEffect::Delay,
        }
    }
}

impl SetupError {
    /// Names a setting and what is wrong with it.
    pub fn new(setting: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            setting: setting.into(),
            reason: reason.into(),
        }
    }
}

impl Mode {
    /// The word that stands in settings and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Wire => "wire",
            Self::Remote => "remote",
            Self::Shadow => "shadow",
            Self::Fault => "fault",
        }
    }
}

impl EdgeSettings {
    /// Settings of a mode, everything else as it is by default.
    pub fn of(mode: Mode) -> Self {
        Self {
            mode,
            ..Self::default()
        }
    }

    /// Settings of a module that runs behind `url`.
    pub fn remote(url: impl Into<String>) -> Self {
        Self {
            url: Some(url.into()),
            ..Self::of(Mode::Remote)
        }
    }

    /// Whether the module is to run in this process.
    pub fn is_here(&self) -> bool {
        match self.mode {
            Mode::Local | Mode::Wire | Mode::Shadow => true,
            Mode::Remote => false,
            Mode::Fault => self.url.is_none(),
        }
    }

    /// Name of the service that has to be behind `url`.
    pub fn service_of(&self, module: &str) -> String {
        self.service
            .clone()
            .unwrap_or_else(|| format!("{module}-service"))
    }

    /// Checks what can be checked without knowing the program.
    ///
    /// # Errors
    ///
    /// Names the setting, as it stands in the file.
    pub fn check(&self, module: &str) -> Result<(), SetupError> {
        let wrong = |key: &str, reason: &str| {
            Err(SetupError::new(format!("modules.{module}.{key}"), reason))
        };
        if self.max_concurrent == 0 {
            return wrong("max_concurrent", "at least 1");
        }
        if self.max_attempts == 0 || self.max_attempts > 10 {
            return wrong("max_attempts", "from 1 (never repeat) to 10");
        }
        if !(10..=10_000).contains(&self.timeout_percent) {
            return wrong("timeout_percent", "from 10 to 10000");
        }
        if self.percent > 100 {
            return wrong("percent", "from 0 to 100");
        }
        match (self.mode, &self.url) {
            (Mode::Remote | Mode::Shadow, None) => {
                return wrong("url", &format!("mode = \"{}\" needs one", self.mode.name()));
            }
            (_, Some(url)) if !is_origin(url) => {
                return wrong("url", "expected https://host:port and nothing more");
            }
            _ => {}
        }
        match (self.mode, &self.fault) {
            (Mode::Fault, None) => wrong("fault", "mode = \"fault\" needs it"),
            (Mode::Fault, Some(fault)) if fault.percent > 100 => {
                wrong("fault.percent", "from 0 to 100")
            }
            (Mode::Fault, Some(_)) | (_, None) => Ok(()),
            (_, Some(_)) => wrong("fault", "only with mode = \"fault\""),
        }
    }
}

/// `https://host:port`, without path, query or credentials: calls are never sent in clear.
fn is_origin(url: &str) -> bool {
    let Some(authority) = url.strip_prefix("https://") else {
        return false;
    };
    let Some((host, port)) = authority.rsplit_once(':') else {
        return false;
    };
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(settings: &EdgeSettings) -> String {
        match settings.check("catalog") {
            Ok(()) => "fine".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused_by_the_name_of_the_setting() {
        let with = |change: fn(&mut EdgeSettings)| {
            let mut settings = EdgeSettings::default();
            change(&mut settings);
            said(&settings)
        };
        let cases = [
            (with(|_| {}), "fine"),
            (with(|s| s.mode = Mode::Remote), "modules.catalog.url"),
            (with(|s| s.mode = Mode::Shadow), "modules.catalog.url"),
            (
                with(|s| s.url = Some("http://a:1".into())),
                "modules.catalog.url",
            ),
            (
                with(|s| s.url = Some("https://a".into())),
                "modules.catalog.url",
            ),
            (
                with(|s| s.url = Some("https://a:1/x".into())),
                "modules.catalog.url",
            ),
            (
                with(|s| s.url = Some("https://u:p@a:1".into())),
                "modules.catalog.url",
            ),
            (with(|s| s.url = Some("https://[::1]:7443".into())), "fine"),
            (with(|s| s.percent = 101), "modules.catalog.percent"),
            (
                with(|s| s.max_concurrent = 0),
                "modules.catalog.max_concurrent",
            ),
            (with(|s| s.max_attempts = 0), "modules.catalog.max_attempts"),
            (with(|s| s.mode = Mode::Fault), "modules.catalog.fault"),
            (
                with(|s| s.fault = Some(FaultSettings::default())),
                "modules.catalog.fault",
            ),
        ];
        for (said, wanted) in cases {
            assert!(said.starts_with(wanted), "wanted `{wanted}`, but: {said}");
        }
    }

    #[test]
    fn unknown_keys_and_modes_are_refused() {
        let read = |text| serde_json::from_str::<EdgeSettings>(text).map_err(|e| e.to_string());
        assert!(read(r#"{"mode":"remote","url":"https://a:1"}"#).is_ok());
        assert!(read(r#"{"mood":"remote"}"#).is_err_and(|e| e.contains("mood")));
        assert!(read(r#"{"mode":"telepathy"}"#).is_err_and(|e| e.contains("telepathy")));
        assert!(read(r#"{"fault":{"delay":1}}"#).is_err_and(|e| e.contains("`delay`")));
    }
}
