//! Checks signed statements of peers against the keys that they are trusted by.

use std::collections::HashMap;

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use tenon_kernel::Timestamp;
use tenon_seam::SetupError;

use super::{Header, LEEWAY, LONGEST_LIFE, kid_of};
use crate::SeamSettings;

/// Longest pass that is looked at, in bytes.
const LONGEST: usize = 2_048;

/// Public keys of the services that may call, by service and key id.
#[derive(Debug)]
pub(crate) struct TrustedKeys(HashMap<String, HashMap<String, ParsedPublicKey>>);

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
        let mut keys: HashMap<_, HashMap<_, _>> = HashMap::new();
        for (service, texts) in &settings.trusted_keys {
            let of_service = keys.entry(service.clone()).or_default();
            for text in texts {
                let key = URL_SAFE_NO_PAD.decode(text).ok();
                let key = key.filter(|key| key.len() == 32).and_then(|key| {
                    let parsed = ParsedPublicKey::new(&ED25519, &key[..]).ok()?;
                    Some((kid_of(&key), parsed))
                });
                let (kid, key) = key.ok_or_else(|| {
                    let reason = "expected the 32 bytes of an Ed25519 public key in base64url";
                    SetupError::new(format!("seam.trusted_keys.{service}"), reason)
                })?;
                of_service.insert(kid, key);
            }
        }
        Ok(Self(keys))
    }
}

impl Receiver<'_> {
    /// Returns what a statement of the peer says, once its signature is known to be good.
    pub(super) fn open<C: DeserializeOwned>(
        &self,
        token: &str,
        kind: &str,
    ) -> Result<C, &'static str> {
        if token.len() > LONGEST {
            return Err("too long");
        }
        let (signed, signature) = token.rsplit_once('.').ok_or("not three parts")?;
        let (header, claims) = signed.split_once('.').ok_or("not three parts")?;
        let header: Header = decode(header).ok_or("unreadable header")?;
        if header.alg != "EdDSA" || header.typ != kind {
            return Err("another kind of token");
        }
        // The peer's own keys only: no service can sign for another one.
        let of_peer = self.keys.0.get(self.peer);
        let key = of_peer
            .and_then(|keys| keys.get(&header.kid))
            .ok_or("unknown key")?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| "unreadable signature")?;
        key.verify_sig(signed.as_bytes(), &signature)
            .map_err(|_| "wrong signature")?;
        decode(claims).ok_or("unreadable claims")
    }

    /// Why a statement is not good now.
    pub(super) fn check_time(&self, issued: i64, expires: i64) -> Result<(), &'static str> {
        let now = self.now.as_unix_seconds();
        if issued > now + LEEWAY {
            Err("from the future")
        } else if expires < now - LEEWAY {
            Err("expired")
        } else if expires - issued > LONGEST_LIFE || expires < issued {
            Err("good for too long")
        } else {
            Ok(())
        }
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&json).ok()
}
