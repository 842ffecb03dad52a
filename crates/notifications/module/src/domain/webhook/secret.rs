//! Secrets of receivers: made, sealed while they are stored, and used to sign (Standard Webhooks).

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use notifications_contract::WebhookEndpointId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::Env;
use zeroize::Zeroizing;

use crate::domain::seal::SealingKey;

/// What a secret begins with when people see it.
const SECRET_PREFIX: &str = "whsec_";
/// What a public key begins with.
const PUBLIC_PREFIX: &str = "whpk_";

/// How a receiver knows that a webhook comes from the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WebhookSignature")]
pub(crate) enum Signature {
    /// HMAC-SHA256 under a secret that both sides have.
    #[default]
    V1,
    /// Ed25519: the receiver has a public key, and nothing to keep secret.
    V1a,
}

/// Seals the secrets of receivers.
#[derive(Clone)]
pub struct WebhookKey(SealingKey);

/// What signs for a receiver.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Secret {
    /// Shown when it is made, and by nothing else.
    Shared(Zeroizing<Vec<u8>>),
    /// Shown by nothing; its public key is no secret.
    Private {
        seed: Zeroizing<Vec<u8>>,
        public_key: PublicKey,
    },
}

/// The public half of a private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PublicKey([u8; 32]);

/// Where a sealed secret stands. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecretPlace {
    pub(crate) endpoint_id: WebhookEndpointId,
    /// Which of the receiver's secrets.
    pub(crate) number: i64,
    /// What stands beside a private key.
    pub(crate) public_key: Option<PublicKey>,
}

impl WebhookKey {
    /// Derives the key from the secret of the installation.
    pub fn new(secret: &[u8]) -> Self {
        Self(SealingKey::derive(
            secret,
            b"tenon/notifications/webhook_secrets",
        ))
    }

    /// Encrypts a secret for its place.
    pub(crate) fn seal(
        &self,
        env: &Env,
        endpoint_id: WebhookEndpointId,
        number: i64,
        secret: &Secret,
    ) -> Vec<u8> {
        let place = SecretPlace {
            endpoint_id,
            number,
            public_key: secret.public_key(),
        };
        let (Secret::Shared(bytes) | Secret::Private { seed: bytes, .. }) = secret;
        self.0.seal(env, place.associated_data(), bytes)
    }

    /// Decrypts what was sealed for this place; `None` if it was altered or moved, or has another public key beside it,
    /// or the installation has another secret by now.
    pub(crate) fn open(&self, place: SecretPlace, sealed: &[u8]) -> Option<Secret> {
        let bytes = self.0.open(place.associated_data(), sealed)?;
        Some(match place.public_key {
            None => Secret::Shared(bytes),
            Some(public_key) => Secret::Private {
                seed: bytes,
                public_key,
            },
        })
    }
}

impl Secret {
    /// Makes a new one: 256 random bits.
    pub(crate) fn generate(env: &Env, signature: Signature) -> Self {
        let bytes = Zeroizing::new(env.random::<32>().to_vec());
        match signature {
            Signature::V1 => Self::Shared(bytes),
            Signature::V1a => Self::private(bytes),
        }
    }

    fn private(seed: Zeroizing<Vec<u8>>) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes are a seed");
        let public_key = pair.public_key().as_ref().try_into();
        Self::Private {
            public_key: PublicKey(public_key.expect("a public key has 32 bytes")),
            seed,
        }
    }

    /// As its receiver is told: `whsec_…`. Nobody but the shop needs a private key.
    pub(crate) fn reveal(&self) -> Option<String> {
        match self {
            Self::Shared(bytes) => Some(format!("{SECRET_PREFIX}{}", STANDARD.encode(bytes))),
            Self::Private { .. } => None,
        }
    }

    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        match self {
            Self::Shared(_) => None,
            Self::Private { public_key, .. } => Some(*public_key),
        }
    }

    fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mut signed = format!("{id}.{seconds}.").into_bytes();
        signed.extend_from_slice(body);
        match self {
            Self::Shared(bytes) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, bytes);
                format!("v1,{}", STANDARD.encode(hmac::sign(&key, &signed)))
            }
            Self::Private { seed, public_key } => {
                let pair = Ed25519KeyPair::from_seed_and_public_key(seed, &public_key.0);
                let pair = pair.expect("was sealed beside its public key");
                format!("v1a,{}", STANDARD.encode(pair.sign(&signed)))
            }
        }
    }
}

impl PublicKey {
    /// Reads what [`Self::as_bytes`] gave.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC_PREFIX}{}", STANDARD.encode(self.0))
    }
}

impl Signature {
    /// What signs where this stands beside it.
    pub(crate) fn beside(public_key: Option<PublicKey>) -> Self {
        if public_key.is_some() {
            Self::V1a
        } else {
            Self::V1
        }
    }
}

/// The value of `webhook-signature`: one for each secret, the newest first.
pub(crate) fn signatures(secrets: &[Secret], id: &str, seconds: i64, body: &[u8]) -> String {
    let signed: Vec<_> = secrets
        .iter()
        .map(|secret| secret.sign(id, seconds, body))
        .collect();
    signed.join(" ")
}

impl SecretPlace {
    fn associated_data(self) -> Vec<u8> {
        let mut data = b"notifications/webhook_endpoints/secret/".to_vec();
        data.extend_from_slice(self.endpoint_id.uuid().as_bytes());
        data.extend_from_slice(&self.number.to_be_bytes());
        // A shared secret never passes for a private key, nor a public key for that of another.
        if let Some(public_key) = self.public_key {
            data.extend_from_slice(b"/v1a/");
            data.extend_from_slice(&public_key.0);
        }
        data
    }
}

impl fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookKey(..)")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests;
