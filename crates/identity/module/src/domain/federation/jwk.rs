//! Public keys of a provider (RFC 7517, RFC 7518 §6, RFC 8037 §2), and signatures by them.
//!
//! Which algorithm checks a signature follows from the key, never from the token alone: an RSA key checks RS256 and nothing
//! else. So no token can have a public key taken for the secret of an HMAC (RFC 8725 §2.1 and §3.1).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::NotBelieved;
use super::shape::{Members, object, text};

/// More keys than any provider has at once.
const MAX_KEYS: usize = 50;
/// 4,096 bits: longer ones cost more time than they are worth.
const LONGEST_MODULUS: usize = 512;

/// Signatures that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

/// A key that signs ID tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderKey {
    kid: Option<String>,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// Uncompressed point.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Algorithm {
    /// What the header of a token says; `none` and all of HMAC are not among them.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            // RFC 9864 names the curve.
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

impl ProviderKey {
    /// Reads a set of keys; those of other kinds or for other uses are left out.
    pub(crate) fn read_set(body: &[u8]) -> Result<Vec<Self>, NotBelieved> {
        let members = object(body, "the set of keys is no JSON object")?;
        let keys = members.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(NotBelieved("the set of keys has none"))?;
        if keys.len() > MAX_KEYS {
            return Err(NotBelieved("the set of keys is too large"));
        }
        Ok(keys
            .iter()
            .filter_map(|key| Self::read(key.as_object()?))
            .collect())
    }

    fn read(members: &Members) -> Option<Self> {
        if text(members, "use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |name| URL_SAFE_NO_PAD.decode(text(members, name)?).ok();
        let curve = text(members, "crv");
        let material = match (text(members, "kty")?, curve) {
            ("RSA", _) => Material::Rsa {
                n: bytes("n").filter(|n| (256..=LONGEST_MODULUS).contains(&n.len()))?,
                e: bytes("e").filter(|e| (1..=8).contains(&e.len()))?,
            },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                let is_point = x.len() == 32 && y.len() == 32;
                is_point.then(|| Material::P256([vec![4], x, y].concat()))?
            }
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes("x").filter(|x| x.len() == 32)?),
            _ => return None,
        };
        let key = Self {
            kid: text(members, "kid").map(str::to_owned),
            material,
        };
        let alg = text(members, "alg");
        alg.is_none_or(|alg| Algorithm::parse(alg) == Some(key.algorithm()))
            .then_some(key)
    }

    /// The one algorithm that it checks.
    pub(crate) fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa { .. } => Algorithm::Rs256,
            Material::P256(_) => Algorithm::Es256,
            Material::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// Whether it has this name.
    pub(crate) fn is_called(&self, kid: &str) -> bool {
        self.kid.as_deref() == Some(kid)
    }

    /// Whether it made this signature.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let checked = match &self.material {
            Material::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
            Material::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Material::Ed25519(x) => UnparsedPublicKey::new(&ED25519, x).verify(message, signature),
        };
        checked.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(key: Value) -> usize {
        let set = json!({ "keys": [key] }).to_string();
        ProviderKey::read_set(set.as_bytes()).expect("a set").len()
    }

    #[test]
    fn keys_for_other_uses_are_left_out() {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        assert_eq!(read(json!({ "kty": "OKP", "crv": "Ed25519", "x": x })), 1);
        for other in [
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "use": "enc" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "HS256" }),
            json!({ "kty": "OKP", "crv": "X25519", "x": x }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": x }),
            json!({ "kty": "oct", "k": x }),
            json!({ "kty": "RSA", "n": x, "e": "AQAB" }),
            json!("key"),
        ] {
            assert_eq!(read(other.clone()), 0, "{other}");
        }
        assert!(ProviderKey::read_set(b"{}").is_err());
    }

    #[test]
    fn no_secret_and_nothing_is_an_algorithm() {
        for name in [
            "none", "None", "HS256", "HS512", "PS256", "RS1", "rs256", "",
        ] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
    }
}
