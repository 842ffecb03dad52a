//! What a workload says of itself: one signed statement for a module on one connection, and a proof for each request.

mod pass;
mod replay;
mod shown;
mod tie;
mod verify;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

pub(crate) use self::pass::{PASS, PROOF, Passes};
pub(crate) use self::replay::{Replay, Seen};
pub(crate) use self::shown::{Proven, Shown};
pub(crate) use self::tie::Tie;
pub(crate) use self::verify::{Receiver, TrustedKeys};

/// How long a pass is good for, in seconds.
const LIFE: i64 = 30;
/// Longest life that is accepted.
const LONGEST_LIFE: i64 = 60;
/// How far the clocks of two machines may be apart.
const LEEWAY: i64 = 5;

/// The one request that a proof is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound<'r> {
    /// The service that is to hear it.
    pub(crate) audience: &'r str,
    /// `POST`
    pub(crate) verb: &'r str,
    /// Path and query.
    pub(crate) path: &'r str,
    pub(crate) body: &'r [u8],
}

/// The header of a pass. Anything else in it, `crit` above all, is a reason to refuse.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// Signs a service's passes.
pub(crate) struct Signer {
    service: String,
    kid: String,
    /// The encoded header of its passes.
    header: String,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// Reads an Ed25519 key; `None` if it is none.
    pub(crate) fn new(pkcs8: &[u8], service: &str) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8)
            .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8))
            .ok()?;
        let kid = kid_of(pair.public_key().as_ref());
        Some(Self {
            service: service.to_owned(),
            header: encode(&Header {
                alg: "EdDSA".to_owned(),
                typ: pass::TYPE.to_owned(),
                kid: kid.clone(),
            }),
            kid,
            pair,
        })
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs the pass of a calling module for one connection.
    fn pass(&self, now: i64, module: &str, audience: &str, tie: &Tie) -> String {
        let claims = pass::Claims {
            iss: self.service.clone(),
            sub: module.to_owned(),
            aud: audience.to_owned(),
            iat: now,
            exp: now + LIFE,
            tls: tie.name.clone(),
        };
        let mut pass = format!("{}.{}", self.header, encode(&claims));
        let signature = self.pair.sign(pass.as_bytes());
        pass.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut pass);
        pass
    }
}

/// The id of a public key: the beginning of its SHA-256, so equal keys have equal ids everywhere.
fn kid_of(public: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, public).as_ref()[..12])
}

fn encode<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_vec(value).expect("plain strings and numbers encode");
    URL_SAFE_NO_PAD.encode(json)
}
