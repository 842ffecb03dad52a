//! What the two ends of one TLS connection know, and nobody else.

use std::fmt;

use aws_lc_rs::hmac::{HMAC_SHA256, Key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::{ConnectionCommon, Error};

/// Ties statements to one connection: on any other one they are worth nothing.
pub(crate) struct Tie {
    /// Names the connection, in base64url: its `tls-exporter` channel binding (RFC 9266). No secret.
    pub(super) name: String,
    /// Key of the proofs. It has a label of its own, so the name says nothing about it (RFC 8446 §7.5).
    pub(super) key: Key,
}

impl Tie {
    /// Both ends of a connection derive the same; fails before the handshake has ended.
    pub(crate) fn of<D>(connection: &ConnectionCommon<D>) -> Result<Self, Error> {
        let export = |label| connection.export_keying_material([0; 32], label, Some(&[]));
        Ok(Self {
            name: URL_SAFE_NO_PAD.encode(export(b"EXPORTER-Channel-Binding")?),
            key: Key::new(HMAC_SHA256, &export(b"EXPORTER-tenon-seam-proof")?),
        })
    }
}

/// Never shows the key.
impl fmt::Debug for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tie")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
