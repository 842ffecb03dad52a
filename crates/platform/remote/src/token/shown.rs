//! Checks passes and proofs; the signature of a pass is checked once for each connection.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::pass::{Begun, Claims, TYPE};
use super::{Bound, Receiver, Tie};

/// Most passes remembered for a connection: a few for each module that speaks on it.
const MOST: usize = 64;

/// The passes that were shown on one connection. They end with it, and so with the process: the keys that they were
/// checked with are the same for as long as it runs.
#[derive(Debug)]
pub(crate) struct Shown {
    tie: Tie,
    good: Mutex<Vec<Arc<Good>>>,
}

/// What a request proves about its sender.
#[derive(Debug)]
pub(crate) struct Proven<'h> {
    /// The calling module.
    pub(crate) module: Arc<str>,
    /// Names this very request; without one it may come again.
    pub(crate) jti: Option<&'h str>,
}

/// A pass whose signature is good.
#[derive(Debug)]
struct Good {
    text: String,
    claims: Claims,
    module: Arc<str>,
    begun: Begun,
}

impl Shown {
    pub(crate) fn new(tie: Tie) -> Self {
        Self {
            tie,
            good: Mutex::default(),
        }
    }

    /// Returns what pass and proof say of a request, or why they are not good for it.
    pub(crate) fn verify<'h>(
        &self,
        receiver: &Receiver<'_>,
        pass: &str,
        proof: &'h str,
        bound: Bound<'_>,
    ) -> Result<Proven<'h>, &'static str> {
        let (proof, jti) = match proof.split_once('.') {
            Some((proof, jti)) if is_id(jti) => (proof, Some(jti)),
            Some(_) => return Err("without a proper id"),
            None => (proof, None),
        };
        let before = self.find(pass);
        let is_new = before.is_none();
        let good = match before {
            Some(good) => good,
            None => Arc::new(self.open(receiver, pass, bound.audience)?),
        };
        receiver.check_time(good.claims.iat, good.claims.exp)?;
        let proof = URL_SAFE_NO_PAD
            .decode(proof)
            .map_err(|_| "unreadable proof")?;
        let wanted = good.begun.clone().finish(bound, jti);
        verify_slices_are_equal(wanted.as_ref(), &proof).map_err(|_| "wrong proof")?;
        let module = Arc::clone(&good.module);
        if is_new {
            self.remember(good);
        }
        Ok(Proven { module, jti })
    }

    fn open(
        &self,
        receiver: &Receiver<'_>,
        pass: &str,
        audience: &str,
    ) -> Result<Good, &'static str> {
        let claims: Claims = receiver.open(pass, TYPE)?;
        if claims.iss != receiver.peer {
            return Err("of another service");
        }
        if claims.aud != audience {
            return Err("for another service");
        }
        if claims.tls != self.tie.name {
            return Err("for another connection");
        }
        Ok(Good {
            text: pass.to_owned(),
            module: claims.sub.as_str().into(),
            begun: Begun::new(&self.tie, pass),
            claims,
        })
    }

    fn find(&self, pass: &str) -> Option<Arc<Good>> {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.iter().find(|known| known.text == pass).cloned()
    }

    fn remember(&self, pass: Arc<Good>) {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        if good.len() == MOST {
            good.remove(0); // the oldest; shown again, it is only checked again
        }
        good.push(pass);
    }
}

/// An id is as long as the sender likes, within reason, and cannot be taken for another part of the proof.
fn is_id(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (16..=64).contains(&text.len()) && text.bytes().all(is_letter)
}
