//! Workload tokens: one signed statement for one request, or for the queries of a module on one connection.

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
use tenon_kernel::Env;

pub(crate) use self::pass::{PASS, PROOF, Passes, secret};
pub(crate) use self::replay::{Replay, Seen};
pub(crate) use self::shown::Shown;
pub(crate) use self::tie::Tie;
pub(crate) use self::verify::{Receiver, TrustedKeys};

/// How long a token is good for, in seconds.
const LIFE: i64 = 30;
/// Longest life that is accepted.
const LONGEST_LIFE: i64 = 60;
/// How far the clocks of two machines may be apart.
const LEEWAY: i64 = 5;
/// `typ` of the header: no other token of the system can be taken for one of these (RFC 8725 §3.11).
const TYPE: &str = "tenon-seam+jwt";

/// The one request that a token is for.
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

/// The header of a token. Anything else in it, `crit` above all, is a reason to refuse.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claims {
    /// The calling service.
    pub(crate) iss: String,
    /// The calling module.
    pub(crate) sub: String,
    aud: String,
    iat: i64,
    exp: i64,
    /// Names this token.
    pub(crate) jti: String,
    /// Method of the request.
    htm: String,
    /// Path and query of the request.
    htu: String,
    /// SHA-256 of the body, base64url.
    bsh: String,
}

/// Signs a service's requests.
pub(crate) struct Signer {
    service: String,
    kid: String,
    /// The encoded headers of tokens and of passes.
    headers: [String; 2],
    pair: Ed25519KeyPair,
}

impl Signer {
    /// Reads an Ed25519 key; `None` if it is none.
    pub(crate) fn new(pkcs8: &[u8], service: &str) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8)
            .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8))
            .ok()?;
        let kid = kid_of(pair.public_key().as_ref());
        let headers = [TYPE, pass::TYPE].map(|kind| {
            encode(&Header {
                alg: "EdDSA".to_owned(),
                typ: kind.to_owned(),
                kid: kid.clone(),
            })
        });
        Some(Self {
            service: service.to_owned(),
            headers,
            kid,
            pair,
        })
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs one request of a calling module.
    pub(crate) fn sign(&self, env: &Env, module: &str, bound: Bound<'_>) -> String {
        let now = env.now().as_unix_seconds();
        let claims = Claims {
            iss: self.service.clone(),
            sub: module.to_owned(),
            aud: bound.audience.to_owned(),
            iat: now,
            exp: now + LIFE,
            jti: URL_SAFE_NO_PAD.encode(env.random::<16>()),
            htm: bound.verb.to_owned(),
            htu: bound.path.to_owned(),
            bsh: hash(bound.body),
        };
        self.seal(&self.headers[0], &claims)
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
        self.seal(&self.headers[1], &claims)
    }

    fn seal<C: Serialize>(&self, header: &str, claims: &C) -> String {
        let mut token = format!("{header}.{}", encode(claims));
        let signature = self.pair.sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
        token
    }
}

/// The id of a public key: the beginning of its SHA-256, so equal keys have equal ids everywhere.
fn kid_of(public: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, public).as_ref()[..12])
}

fn hash(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, body))
}

fn encode<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_vec(value).expect("plain strings and numbers encode");
    URL_SAFE_NO_PAD.encode(json)
}
