//! Checks a token against the request that brought it.

use std::collections::HashMap;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use tenon_kernel::Timestamp;
use tenon_seam::SetupError;

use super::{Bound, Claims, Header, LEEWAY, LONGEST_LIFE, TYPE, hash, kid_of};
use crate::SeamSettings;

/// Longest token that is looked at, in bytes.
const LONGEST: usize = 2_048;

/// Public keys of the services that may call, by service and key id.
#[derive(Debug)]
pub(crate) struct TrustedKeys(HashMap<(String, String), Vec<u8>>);

/// Who received a request, from whom and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Receiver<'r> {
    pub(crate) keys: &'r TrustedKeys,
    /// The service that the peer's certificate names.
    pub(crate) peer: &'r str,
    pub(crate) now: Timestamp,
}

impl TrustedKeys {
    pub(crate) fn read(settings: &SeamSettings) -> Result<Self, SetupError> {
        let mut keys = HashMap::new();
        for (service, texts) in &settings.trusted_keys {
            for text in texts {
                let key = URL_SAFE_NO_PAD.decode(text).ok();
                let key = key.filter(|key| key.len() == 32).ok_or_else(|| {
                    let reason = "expected the 32 bytes of an Ed25519 public key in base64url";
                    SetupError::new(format!("seam.trusted_keys.{service}"), reason)
                })?;
                keys.insert((service.clone(), kid_of(&key)), key);
            }
        }
        Ok(Self(keys))
    }
}

impl Receiver<'_> {
    /// Returns the claims of a token that is good for this request, or why it is not.
    pub(crate) fn verify(&self, token: &str, bound: Bound<'_>) -> Result<Claims, &'static str> {
        if token.len() > LONGEST {
            return Err("too long");
        }
        let (signed, signature) = token.rsplit_once('.').ok_or("not three parts")?;
        let (header, claims) = signed.split_once('.').ok_or("not three parts")?;
        let header: Header = decode(header).ok_or("unreadable header")?;
        if header.alg != "EdDSA" || header.typ != TYPE {
            return Err("another kind of token");
        }
        // The peer's own keys only: no service can sign for another one.
        let of_peer = (self.peer.to_owned(), header.kid);
        let key = self.keys.0.get(&of_peer).ok_or("unknown key")?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| "unreadable signature")?;
        UnparsedPublicKey::new(&ED25519, key)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| "wrong signature")?;
        let claims: Claims = decode(claims).ok_or("unreadable claims")?;
        self.check(&claims, bound).map_or(Ok(claims), Err)
    }

    /// Why signed claims are not good for this request.
    fn check(&self, claims: &Claims, bound: Bound<'_>) -> Option<&'static str> {
        let now = self.now.as_unix_seconds();
        if claims.iss != self.peer {
            Some("of another service")
        } else if claims.aud != bound.audience {
            Some("for another service")
        } else if claims.htm != bound.verb || claims.htu != bound.path {
            Some("for another method or path")
        } else if claims.bsh != hash(bound.body) {
            Some("for another body")
        } else if claims.iat > now + LEEWAY {
            Some("from the future")
        } else if claims.exp < now - LEEWAY {
            Some("expired")
        } else if claims.exp - claims.iat > LONGEST_LIFE || claims.exp < claims.iat {
            Some("good for too long")
        } else if claims.jti.is_empty() || claims.jti.len() > 64 {
            Some("without a proper id")
        } else {
            None
        }
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&json).ok()
}
