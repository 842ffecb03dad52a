//! `[identity]`: who issues tokens, how long things live, and the keys that guard what is stored.

mod federation;
mod relying_party;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::VerifierSettings;
use tenon_kernel::{Env, Role};
use tenon_settings::Secret;
use url::Url;

pub use self::federation::{FederationSettings, ProviderSettings};

use crate::domain::oauth::redirect::is_loopback;

/// `[identity]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentitySettings {
    /// `iss` of access tokens: the public URL of this installation.
    pub issuer: String,
    /// `aud` of access tokens.
    pub audience: String,
    /// Life of an access token; 300 to 600.
    pub access_token_seconds: u32,
    /// How long an ended session may still be let in; 1 to 60.
    pub session_check_seconds: u32,
    /// How long a sign-in counts as recent: captures, voids, refunds and their approval ask people for one; 300 to 86,400.
    pub recent_sign_in_seconds: u32,
    /// A session that is not refreshed for so long ends; 3,600 to 7,776,000.
    pub session_idle_seconds: u32,
    /// A session ends after so long, refreshed or not; not less than the idle time, at most 31,536,000.
    pub session_absolute_seconds: u32,
    /// Life of the tokens sent by mail; 60 to 1,800.
    pub challenge_seconds: u32,
    /// Age at which the key that signs access tokens is replaced; 1 to 365.
    pub signing_key_days: u32,
    /// Days between a person's wish to have their account erased and the erasure, in which they can take it back; 1 to 30.
    pub erasure_days: u32,
    /// Passwords hashed at once, 19 MiB and one core each; 0 means as many as there are cores.
    pub password_slots: u16,
    /// Requests that may wait for a slot; further ones are told to come back.
    pub password_queue: u16,
    /// The domain that passkeys are made for (WebAuthn's RP ID): that of the public URL unless said, `localhost` where that is this
    /// machine. A parent domain lets several names share passkeys. Never change it: passkeys of another domain are lost.
    pub passkey_domain: String,
    /// Origins on which passkeys are used, such as `https://shop.example`; that of the public URL unless said. Each is of the domain.
    pub passkey_origins: Vec<String>,
    /// Roles whose holders must have a second factor, such as `["admin", "staff"]`; nobody must unless said. Whoever has none can do
    /// nothing but add one.
    pub second_factor_roles: Vec<Role>,
    /// Keys that guard what identity stores: the first is used, the others still open what they closed.
    /// At least one; nothing stored can be read without it, so keep it as safe as the database, and elsewhere.
    pub key_ring: Vec<KeyRingEntry>,
    /// Signing in with accounts of other OpenID Connect providers.
    pub federation: FederationSettings,
}

/// One key of the ring.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRingEntry {
    /// Names the key beside everything it closed: 1 to 8 lower-case letters and digits. Never use one twice.
    pub id: String,
    /// 32 random bytes in base64url without padding: 43 characters.
    pub key: Secret,
}

/// A setting that cannot be. Shows no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("identity.{key}: {problem}")]
pub struct IdentitySettingsError {
    /// Which one, below `identity`.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Default for IdentitySettings {
    fn default() -> Self {
        const DAY: u32 = 86_400;
        Self {
            issuer: "http://localhost:8080".to_owned(),
            audience: "tenon".to_owned(),
            access_token_seconds: 600,
            session_check_seconds: 15,
            recent_sign_in_seconds: 1_800,
            session_idle_seconds: 14 * DAY,
            session_absolute_seconds: 90 * DAY,
            challenge_seconds: 1_800,
            signing_key_days: 30,
            erasure_days: 7,
            password_slots: 0,
            password_queue: 32,
            passkey_domain: String::new(),
            passkey_origins: Vec::new(),
            second_factor_roles: Vec::new(),
            key_ring: Vec::new(),
            federation: FederationSettings::default(),
        }
    }
}

impl KeyRingEntry {
    /// Makes a new key.
    pub fn generate(id: impl Into<String>, env: &Env) -> Self {
        Self {
            id: id.into(),
            key: Secret::new(URL_SAFE_NO_PAD.encode(env.random::<32>())),
        }
    }
}

impl IdentitySettings {
    /// The settings of an installation that people reach under `public_url`: it issues the access tokens.
    #[must_use]
    pub fn issued_by(&self, public_url: &str) -> Self {
        Self {
            issuer: public_url.to_owned(),
            ..self.clone()
        }
    }

    /// What whoever checks access tokens must be told; the same for every process of the installation.
    pub fn verifier(&self) -> VerifierSettings {
        VerifierSettings {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            session_check_every: seconds(self.session_check_seconds),
            recent_sign_in: seconds(self.recent_sign_in_seconds),
        }
    }

    /// Checks what types cannot say. The key ring is checked where it is opened.
    ///
    /// # Errors
    ///
    /// [`IdentitySettingsError`] naming the first wrong key.
    pub fn validate(&self) -> Result<(), IdentitySettingsError> {
        for (key, text) in [("issuer", &self.issuer), ("audience", &self.audience)] {
            if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
                return Err(IdentitySettingsError::new(
                    key,
                    "must be there and hold no white space",
                ));
            }
        }
        let ranges = [
            ("access_token_seconds", self.access_token_seconds, 300, 600),
            ("session_check_seconds", self.session_check_seconds, 1, 60),
            (
                "recent_sign_in_seconds",
                self.recent_sign_in_seconds,
                300,
                86_400,
            ),
            (
                "session_idle_seconds",
                self.session_idle_seconds,
                3_600,
                7_776_000,
            ),
            (
                "session_absolute_seconds",
                self.session_absolute_seconds,
                self.session_idle_seconds,
                31_536_000,
            ),
            ("challenge_seconds", self.challenge_seconds, 60, 1_800),
            ("signing_key_days", self.signing_key_days, 1, 365),
            ("erasure_days", self.erasure_days, 1, 30),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(IdentitySettingsError::new(
                    key,
                    format!("goes from {least} to {most}"),
                ));
            }
        }
        if self.second_factor_roles.contains(&Role::Unknown) {
            return Err(IdentitySettingsError::new(
                "second_factor_roles",
                "knows admin, staff and customer",
            ));
        }
        let has_providers = !self.federation.providers.is_empty();
        if has_providers && !self.serves_tls() && !self.is_on_loopback() {
            return Err(IdentitySettingsError::new(
                "federation.providers",
                "need an https address as public_url: a cookie binds the answer to the browser",
            ));
        }
        self.federation.validate()
    }

    /// Whether people reach this installation over TLS.
    pub(crate) fn serves_tls(&self) -> bool {
        self.issuer.starts_with("https://")
    }

    /// Whether people reach this installation on their own machine only: development.
    pub(crate) fn is_on_loopback(&self) -> bool {
        Url::parse(&self.issuer).is_ok_and(|url| is_loopback(&url))
    }

    /// The address of one of our own operations.
    pub(crate) fn address_of(&self, path: &str) -> String {
        format!("{}{path}", self.issuer.trim_end_matches('/'))
    }

    pub(crate) fn access_token_life(&self) -> Duration {
        seconds(self.access_token_seconds)
    }

    pub(crate) fn session_idle(&self) -> Duration {
        seconds(self.session_idle_seconds)
    }

    pub(crate) fn session_absolute(&self) -> Duration {
        seconds(self.session_absolute_seconds)
    }

    pub(crate) fn challenge_life(&self) -> Duration {
        seconds(self.challenge_seconds)
    }

    pub(crate) fn erasure_delay(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.erasure_days))
    }

    pub(crate) fn signing_key_age(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.signing_key_days))
    }
}

impl IdentitySettingsError {
    pub(crate) fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            problem: problem.into(),
        }
    }
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_good() {
        assert_eq!(IdentitySettings::default().validate(), Ok(()));
    }

    #[test]
    fn a_value_out_of_range_is_named() {
        let settings = IdentitySettings {
            access_token_seconds: 3_600,
            ..IdentitySettings::default()
        };
        let error = settings.validate().expect_err("too long");
        assert_eq!(
            error.to_string(),
            "identity.access_token_seconds: goes from 300 to 600"
        );
    }

    /// A role that is misspelt would protect nobody.
    #[test]
    fn roles_that_need_a_factor_exist() {
        let settings = |role| IdentitySettings {
            second_factor_roles: vec![Role::Admin, role],
            ..IdentitySettings::default()
        };
        assert_eq!(settings(Role::Staff).validate(), Ok(()));
        let error = settings(Role::Unknown).validate().expect_err("unknown");
        assert_eq!(error.key, "second_factor_roles");
    }

    #[test]
    fn keys_are_not_printed() {
        let entry = KeyRingEntry::generate("k1", &Env::system());
        assert!(!format!("{entry:?}").contains(entry.key.expose()));
    }
}
