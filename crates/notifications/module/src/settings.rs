//! `[notifications]`: who writes, where links lead, the mail server, the log of events, and where webhooks may go.

use std::net::IpAddr;
use std::time::Duration;

use http::Uri;
use lettre::message::Mailbox;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tenon_outbound::{EgressConfig, Network};
use tenon_settings::Secret;

/// `[notifications]`
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NotificationsSettings {
    /// What the shop is called in mails.
    pub shop_name: String,
    /// Where people meet the shop: links in mails begin with it.
    pub shop_url: String,
    /// Sender of all mails: `Shop <shop@example.com>`.
    pub from: String,
    /// Where answers go; to the sender if empty.
    pub reply_to: String,
    /// Pages of the shop that mails link to.
    pub links: LinkSettings,
    /// The mail server.
    pub smtp: SmtpSettings,
    /// The log of public events.
    pub events: EventSettings,
    /// Webhooks.
    pub webhooks: WebhookSettings,
    /// The provider of text messages.
    pub sms: TextSettings,
    /// The provider of messages to devices.
    pub push: TextSettings,
}

/// A provider of short messages: what it is asked and answers is in `docs/notifications.md`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TextSettings {
    /// Where its API is; `messages` is added. Nothing is sent over this channel if it is empty.
    pub url: String,
    /// Sent as `Authorization: Bearer`; nothing is sent if empty.
    pub api_key: Secret,
    /// How long it may take to answer; 10 to 30,000.
    pub timeout_ms: u64,
    /// Most calls at once; 1 to 1,000.
    pub max_in_flight: usize,
}

/// Webhooks: where they may go, and how.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookSettings {
    /// Whether `http` will do: for development, never where others read along.
    pub allow_http: bool,
    /// Ports of receivers beside 443 and 8443.
    pub further_ports: Vec<u16>,
    /// Networks that may be reached although they are not public: `["127.0.0.0/8"]` for development.
    pub allowed_networks: Vec<String>,
    /// How long a receiver may take to answer; 1 to 30.
    pub timeout_seconds: u32,
    /// Most calls at once to one receiver; 1 to 64.
    pub max_in_flight: usize,
    /// How long deliveries that are over can be looked at; 1 to 365.
    pub retention_days: u32,
}

/// The log of public events, for readers outside.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EventSettings {
    /// How long events are kept; 1 to 3,650. Readers who are further behind have to begin anew.
    pub retention_days: u32,
}

/// Pages of the shop, below `shop_url`. One-time tokens are added behind `#`, which browsers send to no server.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LinkSettings {
    /// Takes `#challenge=chl_…&token=…` and proves an address.
    pub verify_email: String,
    /// Takes `#challenge=chl_…&token=…` and asks for a new password.
    pub reset_password: String,
    /// Shows an order; `{id}` is its id.
    pub order: String,
    /// Shows and ends a person's sessions.
    pub sessions: String,
}

/// The mail server.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// 25 between servers, 587 with `start_tls`, 465 with `implicit`.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: SmtpTls,
    /// Whether mail may go unencrypted to another machine.
    pub allow_plaintext: bool,
    /// Empty if the server asks for none.
    pub username: String,
    /// Empty if the server asks for none.
    pub password: Secret,
    /// Longest time for reaching the server, and again for handing it one message; 1 to 30.
    pub timeout_seconds: u32,
}

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// Not at all: on this machine only, unless `allow_plaintext` is set.
    None,
    /// Encrypted before anything is said; refused if the server cannot.
    StartTls,
    /// Encrypted from the first byte.
    Implicit,
}

/// A setting that cannot be. Shows no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("notifications.{key}: {problem}")]
pub struct NotificationsSettingsError {
    /// Which one, below `notifications`.
    pub key: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl Default for NotificationsSettings {
    fn default() -> Self {
        Self {
            shop_name: "Tenon".to_owned(),
            shop_url: "http://localhost:8080".to_owned(),
            from: "Tenon <shop@localhost>".to_owned(),
            reply_to: String::new(),
            links: LinkSettings::default(),
            smtp: SmtpSettings::default(),
            events: EventSettings::default(),
            webhooks: WebhookSettings::default(),
            sms: TextSettings::default(),
            push: TextSettings::default(),
        }
    }
}

impl Default for TextSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            api_key: Secret::default(),
            timeout_ms: 10_000,
            max_in_flight: 32,
        }
    }
}

impl TextSettings {
    /// The key, if there is one.
    pub(crate) fn api_key(&self) -> Option<SecretString> {
        (!self.api_key.is_empty()).then(|| SecretString::from(self.api_key.expose()))
    }

    fn validate(&self, keys: [&'static str; 3]) -> Result<(), NotificationsSettingsError> {
        let [url, timeout_ms, max_in_flight] = keys;
        if !self.url.is_empty() {
            let uri = self.url.parse::<Uri>().ok();
            let is_web = uri.is_some_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https"))
                    && uri.host().is_some()
                    && uri.query().is_none()
            });
            if !is_web {
                return Err(wrong(url, "must be an http or https URL"));
            }
        }
        if !(10..=30_000).contains(&self.timeout_ms) {
            return Err(wrong(timeout_ms, "goes from 10 to 30000"));
        }
        if !(1..=1_000).contains(&self.max_in_flight) {
            return Err(wrong(max_in_flight, "goes from 1 to 1000"));
        }
        Ok(())
    }
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            allow_http: false,
            further_ports: Vec::new(),
            allowed_networks: Vec::new(),
            timeout_seconds: 15,
            max_in_flight: 8,
            retention_days: 30,
        }
    }
}

impl Default for EventSettings {
    fn default() -> Self {
        Self { retention_days: 30 }
    }
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self {
            verify_email: "/verify-email".to_owned(),
            reset_password: "/reset-password".to_owned(),
            order: "/orders/{id}".to_owned(),
            sessions: "/account/sessions".to_owned(),
        }
    }
}

impl Default for SmtpSettings {
    /// The mail catcher of a developer's machine.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 1025,
            tls: SmtpTls::None,
            allow_plaintext: false,
            username: String::new(),
            password: Secret::default(),
            timeout_seconds: 10,
        }
    }
}

impl NotificationsSettings {
    /// Checks what types cannot say.
    ///
    /// # Errors
    ///
    /// [`NotificationsSettingsError`] naming the first wrong key.
    pub fn validate(&self) -> Result<(), NotificationsSettingsError> {
        if self.shop_name.trim().is_empty() || self.shop_name.chars().any(char::is_control) {
            return Err(wrong("shop_name", "must be there, on one line"));
        }
        let url = self.shop_url.parse::<Uri>().ok();
        let is_web = url.as_ref().is_some_and(|url| {
            matches!(url.scheme_str(), Some("http" | "https"))
                && url.host().is_some()
                && url.query().is_none()
        });
        if !is_web {
            return Err(wrong("shop_url", "must be an http or https URL"));
        }
        for (key, path) in [
            ("links.verify_email", &self.links.verify_email),
            ("links.reset_password", &self.links.reset_password),
            ("links.order", &self.links.order),
            ("links.sessions", &self.links.sessions),
        ] {
            let is_path = path.starts_with('/')
                && !path.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#');
            if !is_path {
                return Err(wrong(
                    key,
                    "must begin with / and hold neither # nor white space",
                ));
            }
        }
        self.sender()?;
        self.reply_to()?;
        if !(1..=3_650).contains(&self.events.retention_days) {
            return Err(wrong("events.retention_days", "goes from 1 to 3650"));
        }
        self.webhooks.validate()?;
        self.sms
            .validate(["sms.url", "sms.timeout_ms", "sms.max_in_flight"])?;
        self.push
            .validate(["push.url", "push.timeout_ms", "push.max_in_flight"])?;
        self.smtp.validate()
    }

    /// The sender of all mails.
    pub(crate) fn sender(&self) -> Result<Mailbox, NotificationsSettingsError> {
        self.from
            .parse()
            .map_err(|_| wrong("from", "must look like `Shop <shop@example.com>`"))
    }

    /// Where answers go, if not to the sender.
    pub(crate) fn reply_to(&self) -> Result<Option<Mailbox>, NotificationsSettingsError> {
        if self.reply_to.is_empty() {
            return Ok(None);
        }
        self.reply_to
            .parse()
            .map(Some)
            .map_err(|_| wrong("reply_to", "must look like `Help <help@example.com>`"))
    }
}

impl WebhookSettings {
    /// How long deliveries that are over can be looked at.
    pub(crate) fn retention(&self) -> Duration {
        Duration::from_hours(24) * self.retention_days
    }

    /// Where calls may go.
    pub(crate) fn egress(&self) -> Result<EgressConfig, NotificationsSettingsError> {
        let networks = self.allowed_networks.iter().map(|text| text.parse());
        let networks: Result<Vec<Network>, _> = networks.collect();
        Ok(EgressConfig {
            user_agent: concat!("Tenon-Webhooks/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(self.timeout_seconds.into()),
            allow_http: self.allow_http,
            further_ports: self.further_ports.clone(),
            allowed_networks: networks
                .map_err(|_| wrong("webhooks.allowed_networks", "must look like 10.0.0.0/8"))?,
        })
    }

    fn validate(&self) -> Result<(), NotificationsSettingsError> {
        self.egress()?;
        if !(1..=30).contains(&self.timeout_seconds) {
            return Err(wrong("webhooks.timeout_seconds", "goes from 1 to 30"));
        }
        if !(1..=64).contains(&self.max_in_flight) {
            return Err(wrong("webhooks.max_in_flight", "goes from 1 to 64"));
        }
        if !(1..=365).contains(&self.retention_days) {
            return Err(wrong("webhooks.retention_days", "goes from 1 to 365"));
        }
        Ok(())
    }
}

impl SmtpSettings {
    fn validate(&self) -> Result<(), NotificationsSettingsError> {
        if self.host.is_empty()
            || self
                .host
                .contains(|c: char| c.is_whitespace() || c.is_control())
        {
            return Err(wrong("smtp.host", "must be there and hold no white space"));
        }
        if self.port == 0 {
            return Err(wrong("smtp.port", "goes from 1 to 65535"));
        }
        if !(1..=30).contains(&self.timeout_seconds) {
            return Err(wrong("smtp.timeout_seconds", "goes from 1 to 30"));
        }
        if self.username.is_empty() != self.password.is_empty() {
            return Err(wrong(
                "smtp.password",
                "goes with smtp.username: both or none",
            ));
        }
        if self.tls == SmtpTls::None {
            if !self.username.is_empty() {
                return Err(wrong("smtp.tls", "a password is never sent unencrypted"));
            }
            if !self.is_on_this_machine() && !self.allow_plaintext {
                return Err(wrong(
                    "smtp.tls",
                    "mail leaves this machine encrypted, unless smtp.allow_plaintext is set",
                ));
            }
        }
        Ok(())
    }

    fn is_on_this_machine(&self) -> bool {
        self.host == "localhost"
            || self
                .host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

fn wrong(key: &'static str, problem: &str) -> NotificationsSettingsError {
    NotificationsSettingsError {
        key,
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(change: impl FnOnce(&mut NotificationsSettings)) -> Option<&'static str> {
        let mut settings = NotificationsSettings::default();
        change(&mut settings);
        settings.validate().err().map(|error| error.key)
    }

    #[test]
    fn the_defaults_work() {
        assert_eq!(key_of(|_| ()), None);
    }

    #[test]
    fn wrong_settings_are_named() {
        assert_eq!(
            key_of(|s| s.shop_name = "A\r\nBcc: x".to_owned()),
            Some("shop_name")
        );
        assert_eq!(
            key_of(|s| s.shop_url = "shop.example.com".to_owned()),
            Some("shop_url")
        );
        assert_eq!(
            key_of(|s| s.shop_url = "javascript:alert(1)".to_owned()),
            Some("shop_url")
        );
        assert_eq!(
            key_of(|s| s.links.order = "orders".to_owned()),
            Some("links.order")
        );
        assert_eq!(key_of(|s| s.from = "Shop".to_owned()), Some("from"));
        assert_eq!(
            key_of(|s| s.from = "Shop <a@b.c>\r\nBcc: <x@y.z>".to_owned()),
            Some("from")
        );
        assert_eq!(
            key_of(|s| s.reply_to = "nobody".to_owned()),
            Some("reply_to")
        );
        assert_eq!(
            key_of(|s| s.smtp.timeout_seconds = 0),
            Some("smtp.timeout_seconds")
        );
        assert_eq!(
            key_of(|s| s.events.retention_days = 0),
            Some("events.retention_days")
        );
        assert_eq!(
            key_of(|s| s.webhooks.allowed_networks = vec!["localhost".to_owned()]),
            Some("webhooks.allowed_networks")
        );
        assert_eq!(
            key_of(|s| s.webhooks.timeout_seconds = 31),
            Some("webhooks.timeout_seconds")
        );
        assert_eq!(
            key_of(|s| s.webhooks.max_in_flight = 0),
            Some("webhooks.max_in_flight")
        );
        assert_eq!(
            key_of(|s| s.webhooks.retention_days = 0),
            Some("webhooks.retention_days")
        );
        assert_eq!(
            key_of(|s| s.sms.url = "sms.example.com".to_owned()),
            Some("sms.url")
        );
        assert_eq!(key_of(|s| s.push.timeout_ms = 0), Some("push.timeout_ms"));
    }

    #[test]
    fn nothing_secret_and_nothing_for_others_goes_unencrypted() {
        assert_eq!(
            key_of(|s| s.smtp.host = "mail.example.com".to_owned()),
            Some("smtp.tls")
        );
        let with_password = |s: &mut NotificationsSettings| {
            s.smtp.username = "shop".to_owned();
            s.smtp.password = Secret::new("hunter2");
        };
        assert_eq!(key_of(with_password), Some("smtp.tls"));
        assert_eq!(
            key_of(|s| s.smtp.username = "shop".to_owned()),
            Some("smtp.password")
        );
        let encrypted = |s: &mut NotificationsSettings| {
            with_password(s);
            s.smtp.host = "mail.example.com".to_owned();
            s.smtp.tls = SmtpTls::StartTls;
        };
        assert_eq!(key_of(encrypted), None);
        let trusted_network = |s: &mut NotificationsSettings| {
            s.smtp.host = "mail".to_owned();
            s.smtp.allow_plaintext = true;
        };
        assert_eq!(key_of(trusted_network), None);
    }
}
