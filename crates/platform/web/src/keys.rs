//! Idempotency keys of requests: whose they are, and which of them are at work in this process.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use sha2::{Digest, Sha256};
use tenon_kernel::{ErrorKind, Principal};

use crate::extract::{Facts, facts};
use crate::{Endpoint, KeyRule, Problem};

/// The header of the secret that stands for a guest.
const GUEST_SECRET: &str = "cart-token";

/// Longest idempotency key, in characters.
pub const MAX_IDEMPOTENCY_KEY: usize = 255;

/// Says whether a text can be an idempotency key: 1 to 255 visible ASCII characters.
pub fn is_idempotency_key(text: &[u8]) -> bool {
    (1..=MAX_IDEMPOTENCY_KEY).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic)
}

/// Whose idempotency keys a request can use: the user's, or those of whoever knows a guest's secret. Extracting it
/// from a request of nobody is 401.
#[derive(Debug, Clone)]
pub struct KeyOwner(pub String);

/// Under what an endpoint keeps what became of its keyed requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRecordOf {
    /// The operation in the store's records.
    pub operation: &'static str,
    /// Where the resource of a record is, `{}` standing for its id; `None` if no address follows from it.
    pub location: Option<&'static str>,
}

/// Requests with a key that the handlers of one module are working on in this process. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct KeysAtWork(Arc<Mutex<Vec<KeyAtWork>>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct KeyAtWork {
    owner: String,
    key: String,
    operation: &'static str,
}

/// A request at work, until it is dropped.
struct AtWork {
    keys: KeysAtWork,
    entry: KeyAtWork,
}

/// Names whose keys a request may use. A guest's secret is not kept, only what it hashes to.
pub(crate) fn key_owner(principal: &Principal, headers: &HeaderMap) -> String {
    match (principal, headers.get(GUEST_SECRET)) {
        (Principal::Anonymous, Some(secret)) => {
            let hash = Sha256::digest(secret.as_bytes());
            hash.iter().fold("guest:".to_owned(), |mut text, byte| {
                write!(text, "{byte:02x}").expect("writing to a string succeeds");
                text
            })
        }
        (principal, _) => principal.to_string(),
    }
}

impl KeysAtWork {
    /// Says whether a handler is working on a request for `operation` with this key now.
    pub fn contains(&self, owner: &KeyOwner, operation: &str, key: &str) -> bool {
        let found = |entry: &KeyAtWork| {
            entry.operation == operation && entry.key == key && entry.owner == owner.0
        };
        self.lock().iter().any(found)
    }

    fn enter(&self, facts: &Facts, operation: &'static str) -> Option<AtWork> {
        let scope = facts.ctx.idempotency.as_ref()?;
        let entry = KeyAtWork {
            owner: scope.subject.clone(),
            key: scope.key.clone(),
            operation,
        };
        self.lock().push(entry.clone());
        Some(AtWork {
            keys: self.clone(),
            entry,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<KeyAtWork>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner) // the list is whole at any time
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut entries = self.keys.lock();
        if let Some(place) = entries.iter().position(|entry| *entry == self.entry) {
            entries.swap_remove(place);
        }
    }
}

impl Endpoint {
    /// The same operation, which tells `keys` of its requests as long as its handler works on them, whether or not
    /// their clients still wait.
    #[must_use]
    pub fn noting(self, keys: &KeysAtWork) -> Self {
        if self.shape.key_rule == KeyRule::Unused {
            return self;
        }
        let (keys, operation, inner) = (keys.clone(), self.operation_id(), self.clone());
        self.with_handler(Arc::new(move |request| {
            let facts = request.extensions().get::<Arc<Facts>>();
            let at_work = facts.and_then(|facts| keys.enter(facts, operation));
            let handling = inner.call(request);
            Box::pin(async move {
                let _at_work = at_work;
                handling.await
            })
        }))
    }
}

impl<S: Sync> FromRequestParts<S> for KeyOwner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let principal = &facts(parts)?.ctx.principal;
        if *principal == Principal::Anonymous && !parts.headers.contains_key(GUEST_SECRET) {
            return Err(Problem::new(
                ErrorKind::Unauthenticated,
                "unauthenticated",
                "Sign in and send the access token, or send the secret of the cart.",
            ));
        }
        Ok(Self(key_owner(principal, &parts.headers)))
    }
}
