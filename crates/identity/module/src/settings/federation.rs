//! `[identity.federation]`: providers of other people's accounts, and how they are reached.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use tenon_outbound::{Egress, EgressConfig, Network, SystemLookup};
use tenon_settings::Secret;
use url::Url;

use super::IdentitySettingsError;
use crate::domain::oauth::redirect::check_redirect_uri;

/// Longest name of a provider: it stands in paths.
const MAX_NAME: usize = 32;
const MAX_DISPLAY_NAME: usize = 60;

/// Signing in with accounts of other OpenID Connect providers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FederationSettings {
    /// The providers by name: `[identity.federation.providers.acme]` with `issuer`, `client_id`, `client_secret`, and if you like
    /// `display_name`, `scopes` and `trusts_mfa`. Register `<public_url>/v1/auth/federation/acme/callback` there. A name has up to
    /// 32 lower-case letters, digits and dashes.
    pub providers: BTreeMap<String, ProviderSettings>,
    /// Where browsers of API clients may be sent back to with a code, character by character: `["https://shop.example/signed-in"]`.
    pub return_urls: Vec<String>,
    /// Whether `http` will do for providers: for development, never where others read along.
    pub allow_http: bool,
    /// Ports of providers beside 443 and 8443.
    pub further_ports: Vec<u16>,
    /// Networks that may be reached although they are not public: `["127.0.0.0/8"]` for development.
    pub allowed_networks: Vec<String>,
    /// How long one call to a provider may take; 1 to 15.
    pub timeout_seconds: u32,
}

/// A provider at which this installation is registered as a confidential client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// Its issuer, character by character as its discovery document has it.
    pub issuer: String,
    /// What it calls this installation.
    pub client_id: String,
    /// What it gave this installation as a secret.
    pub client_secret: Secret,
    /// What the button says; its name unless said.
    #[serde(default)]
    pub display_name: String,
    /// What it is asked for; `openid` must be among it.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Whether `mfa` in its `amr` counts: nobody who showed two factors there is asked for one of ours.
    #[serde(default)]
    pub trusts_mfa: bool,
}

fn scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

impl Default for FederationSettings {
    fn default() -> Self {
        Self {
            providers: BTreeMap::new(),
            return_urls: Vec::new(),
            allow_http: false,
            further_ports: Vec::new(),
            allowed_networks: Vec::new(),
            timeout_seconds: 5,
        }
    }
}

impl FederationSettings {
    /// Builds what reaches the providers; nothing where there are none.
    pub(crate) fn egress(&self) -> Result<Option<Egress>, IdentitySettingsError> {
        let networks = self.allowed_networks.iter().map(|text| text.parse());
        let networks: Result<Vec<Network>, _> = networks.collect();
        let config = EgressConfig {
            user_agent: concat!("Tenon/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(self.timeout_seconds.into()),
            allow_http: self.allow_http,
            further_ports: self.further_ports.clone(),
            allowed_networks: networks
                .map_err(|_| wrong("allowed_networks", "must look like 10.0.0.0/8"))?,
        };
        if self.providers.is_empty() {
            return Ok(None);
        }
        Egress::new(config, std::sync::Arc::new(SystemLookup))
            .map(Some)
            .map_err(|error| wrong("providers", &format!("cannot be reached: {error}")))
    }

    pub(super) fn validate(&self) -> Result<(), IdentitySettingsError> {
        if !(1..=15).contains(&self.timeout_seconds) {
            return Err(wrong("timeout_seconds", "goes from 1 to 15"));
        }
        for (position, url) in self.return_urls.iter().enumerate() {
            check_redirect_uri(url, "")
                .map_err(|error| wrong(&format!("return_urls[{position}]"), &error.detail))?;
        }
        let mut issuers = BTreeSet::new();
        for (name, provider) in &self.providers {
            let key = |member: &str| format!("providers.{name}.{member}");
            let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            // `/v1/auth/federation/sessions` is another operation.
            let is_free = name != "sessions";
            if !is_free || !(1..=MAX_NAME).contains(&name.len()) || !name.bytes().all(is_plain) {
                let problem =
                    "has a name of up to 32 lower-case letters, digits and dashes, not `sessions`";
                return Err(wrong(&format!("providers.{name}"), problem));
            }
            provider.validate(self.allow_http, &key)?;
            // Accounts are told apart by issuer and subject: two names for one issuer would be one provider.
            if !issuers.insert(provider.issuer.as_str()) {
                return Err(wrong(&key("issuer"), "is that of another provider, too"));
            }
        }
        self.egress().map(drop)
    }
}

impl ProviderSettings {
    fn validate(
        &self,
        allow_http: bool,
        key: &impl Fn(&str) -> String,
    ) -> Result<(), IdentitySettingsError> {
        let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        let url = Url::parse(&self.issuer).ok().filter(Url::has_host);
        let scheme_is_good = url
            .as_ref()
            .is_some_and(|url| url.scheme() == "https" || allow_http && url.scheme() == "http");
        // RFC 8414 §2: no query, no fragment.
        if !is_plain(&self.issuer) || !scheme_is_good || self.issuer.contains(['?', '#', '@']) {
            let problem = "must be an https URL without user, query and fragment";
            return Err(wrong(&key("issuer"), problem));
        }
        if !is_plain(&self.client_id) || self.client_id.len() > 255 {
            let problem = "must be there and hold visible ASCII characters";
            return Err(wrong(&key("client_id"), problem));
        }
        if self.client_secret.is_empty() {
            return Err(wrong(&key("client_secret"), "must be there"));
        }
        let name = &self.display_name;
        if name.chars().count() > MAX_DISPLAY_NAME || name.chars().any(char::is_control) {
            let problem = "has up to 60 characters, none of them a control character";
            return Err(wrong(&key("display_name"), problem));
        }
        let has_openid = self.scopes.iter().any(|scope| scope == "openid");
        if !has_openid || !self.scopes.iter().all(|scope| is_plain(scope)) {
            let problem = "must have openid, and hold words of visible ASCII characters";
            return Err(wrong(&key("scopes"), problem));
        }
        Ok(())
    }
}

fn wrong(key: &str, problem: &str) -> IdentitySettingsError {
    IdentitySettingsError::new(format!("federation.{key}"), problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme() -> ProviderSettings {
        ProviderSettings {
            issuer: "https://login.acme.example".to_owned(),
            client_id: "tenon".to_owned(),
            client_secret: Secret::new("hush"),
            display_name: "Acme".to_owned(),
            scopes: scopes(),
            trusts_mfa: false,
        }
    }

    fn with(name: &str, change: impl FnOnce(&mut ProviderSettings)) -> Result<(), String> {
        let mut provider = acme();
        change(&mut provider);
        let settings = FederationSettings {
            providers: [(name.to_owned(), provider)].into(),
            ..FederationSettings::default()
        };
        settings.validate().map_err(|error| error.key)
    }

    #[test]
    fn a_wrong_member_is_named() {
        assert_eq!(with("acme", |_| {}), Ok(()));
        let named = |key: &str| Err(format!("federation.providers.{key}"));
        assert_eq!(with("Acme", |_| {}), named("Acme"));
        assert_eq!(with("", |_| {}), named(""));
        assert_eq!(with("sessions", |_| {}), named("sessions"));
        for bad in [
            "",
            "acme",
            "http://login.acme.example",
            "https://login.acme.example?x",
            "https://login.acme.example#x",
            "https://a@login.acme.example",
            "https://login acme.example",
        ] {
            let found = with("acme", |acme| acme.issuer = bad.to_owned());
            assert_eq!(found, named("acme.issuer"), "{bad}");
        }
        let none = || String::new();
        assert_eq!(
            with("acme", |acme| acme.client_id = none()),
            named("acme.client_id")
        );
        let found = with("acme", |acme| acme.client_secret = Secret::default());
        assert_eq!(found, named("acme.client_secret"));
        assert_eq!(
            with("acme", |acme| acme.scopes.clear()),
            named("acme.scopes")
        );
        let found = with("acme", |acme| acme.display_name = "a\nb".to_owned());
        assert_eq!(found, named("acme.display_name"));
    }

    #[test]
    fn two_names_for_one_issuer_are_refused() {
        let settings = FederationSettings {
            providers: [("a".to_owned(), acme()), ("b".to_owned(), acme())].into(),
            ..FederationSettings::default()
        };
        let error = settings.validate().expect_err("one issuer");
        assert_eq!(error.key, "federation.providers.b.issuer");
    }

    #[test]
    fn browsers_are_sent_back_over_tls_only() {
        let settings = FederationSettings {
            return_urls: vec!["http://shop.example/".to_owned()],
            ..FederationSettings::default()
        };
        let error = settings.validate().expect_err("no TLS");
        assert_eq!(error.key, "federation.return_urls[0]");
    }

    #[test]
    fn secrets_are_not_printed() {
        assert!(!format!("{:?}", acme()).contains("hush"));
    }
}
