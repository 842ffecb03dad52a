//! What is known about API keys, and when that was last asked.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tenon_kernel::Timestamp;
use tokio::sync::{Mutex, Semaphore};

use crate::key_cache::elapsed;
use crate::network::is_within_any;
use crate::{
    Admitted, ApiKey, ApiKeyCheck, ApiKeyGrant, ApiKeyProof, ApiKeySource, Credential, Holder,
    TokenError,
};

/// Keys remembered at once, unknown ones among them; a forgotten one is asked for again.
const CAPACITY: u64 = 10_000;
/// Questions at once. Whoever makes up keys waits behind them, and so does not become the load of whoever answers.
const QUESTIONS: usize = 16;

/// Counts changes to what API keys open. Whoever changes something in this process holds the same one as whoever
/// remembers answers, so that an answer from before a change is not taken after it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KeyRevision(Arc<AtomicU64>);

/// API keys by the hash of their text.
pub(crate) struct ApiKeyCache {
    source: Arc<dyn ApiKeySource>,
    check_every: Duration,
    revision: KeyRevision,
    keys: Cache<ApiKeyProof, Arc<Entry>>,
    questions: Semaphore,
}

#[derive(Default)]
struct Entry {
    known: StdMutex<Option<Known>>,
    /// One question at a time.
    asking: Mutex<()>,
}

/// An answer.
#[derive(Clone)]
struct Known {
    /// Absent: not a key, or no longer.
    grant: Option<Arc<ApiKeyGrant>>,
    asked_at: Timestamp,
    revision: u64,
}

impl KeyRevision {
    /// Makes all answers from before count no longer: call it once a change is committed.
    pub fn advance(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn current(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

impl ApiKeyCache {
    pub(crate) fn new(
        source: Arc<dyn ApiKeySource>,
        check_every: Duration,
        revision: KeyRevision,
    ) -> Self {
        Self {
            source,
            check_every,
            revision,
            keys: Cache::new(CAPACITY),
            questions: Semaphore::new(QUESTIONS),
        }
    }

    /// Says who acts by a key that was sent from this address; what is known may be `check_every` old, but not older
    /// than a change in this process. Expiry and address are looked at each time.
    pub(crate) async fn admit(
        &self,
        credential: &str,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Admitted, TokenError> {
        let key = ApiKey::parse(credential).ok_or(TokenError::Invalid)?;
        let grant = self.grant(&key, from, now).await?;
        let grant = grant.ok_or(TokenError::Invalid)?;
        if grant.expires_at.is_some_and(|end| now >= end) {
            return Err(TokenError::Expired);
        }
        if !is_within_any(&grant.networks, from) {
            tracing::info!(?key, "an API key was sent from outside its networks");
            return Err(TokenError::Invalid);
        }
        Ok(Admitted {
            principal: grant.principal.clone(),
            scope: Some(grant.scope.clone()),
            holder: Holder::Program,
            credential: Credential::ApiKey(key.public_id()),
        })
    }

    async fn grant(
        &self,
        key: &ApiKey,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Option<Arc<ApiKeyGrant>>, TokenError> {
        let proof = key.proof();
        let entry = self.keys.get_with(proof, Arc::default);
        if let Some(known) = self.fresh(&entry, now) {
            return Ok(known.grant);
        }
        let _asking = entry.asking.lock().await;
        if let Some(known) = self.fresh(&entry, now) {
            return Ok(known.grant);
        }
        let place = self.questions.acquire().await;
        let _place = place.map_err(|_| TokenError::Unavailable)?;
        // Before the question: an answer that was true before a change must not pass for one after it.
        let revision = self.revision.current();
        let check = ApiKeyCheck {
            id: key.id(),
            proof,
            from,
        };
        let grant = self.source.check(check).await?.map(Arc::new);
        *entry.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Known {
            grant: grant.clone(),
            asked_at: now,
            revision,
        });
        Ok(grant)
    }

    fn fresh(&self, entry: &Entry, now: Timestamp) -> Option<Known> {
        let known = entry.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.as_ref()?;
        let is_fresh = known.revision == self.revision.current()
            && elapsed(Some(known.asked_at), now) < self.check_every;
        is_fresh.then(|| known.clone())
    }
}
