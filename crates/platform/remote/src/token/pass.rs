//! Passes: one signed statement for a module on one connection, and a proof for each request.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac::{Context, Tag};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use tenon_kernel::Env;

use super::{Bound, LIFE, Signer, Tie};

/// Header with the pass; the proof stands in `authorization`.
pub(crate) const PASS: HeaderName = HeaderName::from_static("tenon-pass");
/// What stands before a proof, and before the id that a command's proof ends with.
pub(crate) const PROOF: &str = "Tenon-Proof ";
/// `typ` of the header: no other token of the system can be taken for a pass (RFC 8725 §3.11).
pub(super) const TYPE: &str = "tenon-seam-pass+jwt";
/// How long a pass is used, in seconds: less than its life, for clocks differ and requests take time.
const USE: i64 = LIFE - 10;

/// What a pass says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    /// The calling service.
    pub(super) iss: String,
    /// The calling module.
    pub(super) sub: String,
    pub(super) aud: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    /// Names the only connection that it is good for.
    pub(super) tls: String,
}

/// The passes of this process for one connection.
#[derive(Debug)]
pub(crate) struct Passes {
    tie: Tie,
    /// One for each calling module.
    newest: Mutex<Vec<Pass>>,
}

#[derive(Debug)]
struct Pass {
    module: String,
    issued: i64,
    header: HeaderValue,
    begun: Begun,
}

/// A proof of which the pass's share is computed.
#[derive(Clone)]
pub(super) struct Begun(Context);

impl Passes {
    pub(crate) fn new(tie: Tie) -> Self {
        Self {
            tie,
            newest: Mutex::default(),
        }
    }

    /// The pass of a calling module and the proof for one request, as headers. A request that counts once gets an
    /// id of its own.
    pub(crate) fn prove(
        &self,
        signer: &Signer,
        env: &Env,
        module: &str,
        bound: Bound<'_>,
        counts_once: bool,
    ) -> (HeaderValue, HeaderValue) {
        let (pass, begun) = self.newest(signer, env, module, bound.audience);
        let jti = counts_once.then(|| URL_SAFE_NO_PAD.encode(env.random::<16>()));
        let mut proof = PROOF.to_owned();
        URL_SAFE_NO_PAD.encode_string(begun.finish(bound, jti.as_deref()), &mut proof);
        if let Some(jti) = jti {
            proof.push('.');
            proof.push_str(&jti);
        }
        (pass, secret(&proof))
    }

    fn newest(
        &self,
        signer: &Signer,
        env: &Env,
        module: &str,
        audience: &str,
    ) -> (HeaderValue, Begun) {
        let now = env.now().as_unix_seconds();
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let known = newest.iter().position(|pass| pass.module == module);
        if let Some(pass) = known.map(|known| &newest[known])
            && (pass.issued..pass.issued + USE).contains(&now)
        {
            return (pass.header.clone(), pass.begun.clone());
        }
        let text = signer.pass(now, module, audience, &self.tie);
        let pass = Pass {
            module: module.to_owned(),
            issued: now,
            // Good for this connection only, so HPACK may keep it: it crosses once, then it is one byte.
            header: HeaderValue::from_str(&text).expect("base64url and dots"),
            begun: Begun::new(&self.tie, &text),
        };
        let answer = (pass.header.clone(), pass.begun.clone());
        match known {
            Some(known) => newest[known] = pass,
            None => newest.push(pass),
        }
        answer
    }
}

impl Begun {
    pub(super) fn new(tie: &Tie, pass: &str) -> Self {
        let mut code = Context::with_key(&tie.key);
        code.update(pass.as_bytes());
        Self(code)
    }

    /// The proof for one request, with its id if it has one.
    pub(super) fn finish(self, bound: Bound<'_>, jti: Option<&str>) -> Tag {
        let mut code = self.0;
        let jti = jti.unwrap_or_default();
        // None of the parts before the body can hold a line feed, so no two requests read alike.
        for part in [
            bound.verb.as_bytes(),
            bound.path.as_bytes(),
            jti.as_bytes(),
            bound.body,
        ] {
            code.update(b"\n");
            code.update(part);
        }
        code.sign()
    }
}

/// Never shows the key.
impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begun")
    }
}

/// A header that no table of HPACK keeps.
fn secret(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(text).expect("letters, base64url and dots");
    value.set_sensitive(true);
    value
}
