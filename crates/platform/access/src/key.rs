//! Ed25519 keys: made, stored, published.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_chaos::is_planted;
use tenon_kernel::Env;
use zeroize::Zeroizing;

/// A private Ed25519 key with its id. The key material is wiped when it is dropped.
pub struct SigningKey {
    kid: String,
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
}

/// A public Ed25519 key with its id, as published in the JWKS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    /// `kid`
    pub kid: String,
    /// 32 raw bytes.
    pub public: Vec<u8>,
}

/// A JSON Web Key Set (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Jwks {
    /// Newest first.
    pub keys: Vec<Jwk>,
}

/// A public Ed25519 key as a JSON Web Key (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Jwk {
    /// `OKP`
    pub kty: &'static str,
    /// `Ed25519`
    pub crv: &'static str,
    /// `EdDSA`
    pub alg: &'static str,
    /// `sig`
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Names the key in the header of the tokens it signed: its thumbprint (RFC 7638).
    pub kid: String,
    /// The public key in base64url without padding.
    pub x: String,
}

/// The bytes are not an Ed25519 seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an Ed25519 seed has 32 bytes")]
pub struct KeyError;

impl SigningKey {
    /// Makes a new key.
    pub fn generate(env: &Env) -> Self {
        let seed = Zeroizing::new(env.random::<32>());
        Self::from_bytes(seed.as_slice()).expect("any 32 bytes are an Ed25519 seed")
    }

    /// Reads a key back from its seed.
    ///
    /// # Errors
    ///
    /// [`KeyError`] unless there are 32 bytes.
    pub fn from_bytes(seed: &[u8]) -> Result<Self, KeyError> {
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.try_into().map_err(|_| KeyError)?);
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| KeyError)?;
        let kid = thumbprint(pair.public_key().as_ref());
        Ok(Self { kid, seed, pair })
    }

    /// Returns the seed for a store, which must encrypt it.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.seed.clone()
    }

    /// Returns the `kid`: the thumbprint of the public key, so equal keys have equal ids everywhere.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Returns the public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey {
            kid: self.kid.clone(),
            public: self.pair.public_key().as_ref().to_vec(),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

impl VerifyingKey {
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        if is_planted("access.algorithm-confusion") {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &self.public);
            if hmac::verify(&key, message, signature).is_ok() {
                return true;
            }
        }
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(message, signature)
            .is_ok()
    }
}

impl Jwks {
    /// Writes these keys as a set.
    pub fn of(keys: &[VerifyingKey]) -> Self {
        let jwk = |key: &VerifyingKey| Jwk {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: key.kid.clone(),
            x: URL_SAFE_NO_PAD.encode(&key.public),
        };
        Self {
            keys: keys.iter().map(jwk).collect(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// The JWK thumbprint (RFC 7638): SHA-256 over the required members in lexicographic order.
fn thumbprint(public: &[u8]) -> String {
    let members = format!(
        r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#,
        URL_SAFE_NO_PAD.encode(public)
    );
    URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037 appendix A.3 gives the thumbprint of the key of appendix A.1.
    #[test]
    fn the_kid_is_the_thumbprint_of_rfc_8037() {
        let seed = URL_SAFE_NO_PAD
            .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
            .expect("base64url");
        let key = SigningKey::from_bytes(&seed).expect("32 bytes");
        assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_stored_key_comes_back() {
        let key = SigningKey::generate(&Env::system());
        let back = SigningKey::from_bytes(key.to_bytes().as_slice()).expect("32 bytes");
        assert_eq!(back.verifying_key(), key.verifying_key());
        assert!(SigningKey::from_bytes(&[0; 31]).is_err());
    }

    #[test]
    fn debug_output_holds_no_key_material() {
        let key = SigningKey::from_bytes(&[7; 32]).expect("32 bytes");
        assert_eq!(
            format!("{key:?}"),
            format!("SigningKey {{ kid: {:?}, .. }}", key.kid())
        );
    }
}
