//! `[seam]`: who this process is among the others, and whom it trusts.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use tenon_seam::SetupError;

/// `[seam]`: who this process is among the others, and whom it trusts. Empty in a process that is alone.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SeamSettings {
    /// Where calls of other processes are heard; never the public address.
    pub listen: Option<SocketAddr>,
    /// Name of this service, as it stands in its certificate: `spiffe://tenon/<service>`.
    pub service: String,
    /// File with this service's certificate chain (PEM).
    pub certificate: PathBuf,
    /// File with the certificate's private key (PEM).
    pub key: PathBuf,
    /// File with the certificates of the authority that signed the peers' certificates (PEM).
    pub authority: PathBuf,
    /// File with the Ed25519 key that signs this service's requests (PKCS #8, PEM).
    pub signing_key: PathBuf,
    /// Public signing keys (Ed25519, base64url) by service; two while one replaces the other.
    pub trusted_keys: BTreeMap<String, Vec<String>>,
    /// Which modules a service may speak for.
    pub callers: BTreeMap<String, Vec<String>>,
    /// Bounds of the listener.
    pub limits: HostLimits,
}

/// `[seam.limits]`: bounds of the listener.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HostLimits {
    /// Most open connections; a further one waits.
    pub max_connections: usize,
    /// Most calls at once on one connection.
    pub max_streams: u32,
    /// Largest request in bytes; contracts set smaller bounds by method.
    pub max_request_bytes: usize,
    /// How long a connection may take to prove who it is, and a request to arrive, in milliseconds.
    pub patience_ms: u64,
    /// How long running calls may take once the process stops, in seconds.
    pub drain_seconds: u64,
    /// Most commands whose proofs are remembered; beyond that commands are turned away for a while.
    pub max_remembered_commands: usize,
}

impl Default for HostLimits {
    fn default() -> Self {
        Self {
            max_connections: 256,
            max_streams: 1_000,
            max_request_bytes: 8 * 1024 * 1024,
            patience_ms: 10_000,
            drain_seconds: 20,
            max_remembered_commands: 500_000,
        }
    }
}

impl SeamSettings {
    /// Whether anything is set that only makes sense among several processes.
    pub fn is_set(&self) -> bool {
        self.listen.is_some() || !self.service.is_empty()
    }

    /// The missing setting of an identity, if one is missing.
    pub(crate) fn require_identity(&self) -> Result<(), SetupError> {
        let missing = |key: &str| {
            let reason = "needed to call other processes and to be called; `cargo xtask` makes identities for development";
            Err(SetupError::new(format!("seam.{key}"), reason))
        };
        if self.service.is_empty() {
            return missing("service");
        }
        if !is_service_name(&self.service) {
            let reason = "lower-case letters, digits and hyphens";
            return Err(SetupError::new("seam.service", reason));
        }
        for (key, path) in [
            ("certificate", &self.certificate),
            ("key", &self.key),
            ("authority", &self.authority),
            ("signing_key", &self.signing_key),
        ] {
            if path.as_os_str().is_empty() {
                return missing(key);
            }
        }
        Ok(())
    }

    /// The missing setting of a listener, if one is missing.
    pub(crate) fn require_callers(&self) -> Result<(), SetupError> {
        if self.callers.is_empty() {
            let reason = "a listener needs to know which services may speak for which modules";
            return Err(SetupError::new("seam.callers", reason));
        }
        for service in self.callers.keys() {
            if self.trusted_keys.get(service).is_none_or(Vec::is_empty) {
                let reason = "a service that may call needs a public signing key here";
                return Err(SetupError::new(
                    format!("seam.trusted_keys.{service}"),
                    reason,
                ));
            }
        }
        let limits = &self.limits;
        let positive = [
            ("max_connections", limits.max_connections),
            ("max_streams", limits.max_streams as usize),
            ("max_request_bytes", limits.max_request_bytes),
            ("patience_ms", usize::from(limits.patience_ms > 0)),
            ("max_remembered_commands", limits.max_remembered_commands),
        ];
        for (key, value) in positive {
            if value == 0 {
                return Err(SetupError::new(format!("seam.limits.{key}"), "at least 1"));
            }
        }
        Ok(())
    }
}

/// A name that can stand in a URI without escaping.
pub(crate) fn is_service_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 63
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
