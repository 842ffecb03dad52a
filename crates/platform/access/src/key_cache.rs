//! Public keys by `kid`, refreshed when one is missing, but never as often as an attacker would like.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tenon_kernel::{Env, Timestamp};
use tokio::sync::{Mutex, MutexGuard};

use crate::{KeySource, TokenError, VerifyingKey};

/// Age from which the keys are asked for again, so that retired ones go.
const REFRESH_AFTER: Duration = Duration::from_mins(5);
/// Unknown `kid`s cause at most one question in this time. New keys are published long before they sign.
const ASK_AT_MOST_EVERY: Duration = Duration::from_secs(5);

/// The keys of a [`KeySource`].
pub(crate) struct KeyCache {
    source: Arc<dyn KeySource>,
    env: Env,
    loaded: RwLock<Loaded>,
    /// Held while asking; remembers when that was last tried.
    last_asked: Mutex<Option<Timestamp>>,
}

#[derive(Default)]
struct Loaded {
    keys: HashMap<String, Arc<VerifyingKey>>,
    at: Option<Timestamp>,
}

impl KeyCache {
    pub(crate) fn new(source: Arc<dyn KeySource>, env: Env) -> Self {
        Self {
            source,
            env,
            loaded: RwLock::default(),
            last_asked: Mutex::new(None),
        }
    }

    /// Returns the key with this id. `on_retired` is called when a key has gone since the last time.
    pub(crate) async fn find(
        &self,
        kid: &str,
        on_retired: impl Fn(),
    ) -> Result<Arc<VerifyingKey>, TokenError> {
        let (known, is_fresh) = self.look_up(kid);
        if let (Some(key), true) = (&known, is_fresh) {
            return Ok(Arc::clone(key));
        }
        let last_asked = match &known {
            // Whoever holds a known key does not wait for the others' refresh.
            Some(key) => match self.last_asked.try_lock() {
                Ok(guard) => guard,
                Err(_) => return Ok(Arc::clone(key)),
            },
            None => self.last_asked.lock().await,
        };
        match self.ask(last_asked, on_retired).await {
            Ok(()) => self.look_up(kid).0.ok_or(TokenError::Invalid),
            // Public keys do not go bad in a moment: an old answer is better than none.
            Err(error) => known.ok_or(error),
        }
    }

    fn look_up(&self, kid: &str) -> (Option<Arc<VerifyingKey>>, bool) {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let age = elapsed(loaded.at, self.env.now());
        (loaded.keys.get(kid).map(Arc::clone), age < REFRESH_AFTER)
    }

    /// Asks the source unless that was just done; `Ok` means that the keys at hand are the best to be had.
    async fn ask(
        &self,
        mut last_asked: MutexGuard<'_, Option<Timestamp>>,
        on_retired: impl Fn(),
    ) -> Result<(), TokenError> {
        let now = self.env.now();
        if elapsed(*last_asked, now) < ASK_AT_MOST_EVERY {
            let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
            return if loaded.at.is_some() {
                Ok(())
            } else {
                Err(TokenError::Unavailable)
            };
        }
        *last_asked = Some(now);
        let keys = self.source.keys().await.inspect_err(|error| {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "the keys of access tokens cannot be refreshed"
            );
        })?;
        let keys: HashMap<_, _> = keys
            .into_iter()
            .map(|key| (key.kid.clone(), Arc::new(key)))
            .collect();
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        let retired = loaded.keys.keys().any(|kid| !keys.contains_key(kid));
        *loaded = Loaded {
            keys,
            at: Some(now),
        };
        drop(loaded);
        if retired {
            on_retired();
        }
        Ok(())
    }
}

/// Time since then; for ever if it never was, or if the clock was set back.
pub(crate) fn elapsed(since: Option<Timestamp>, now: Timestamp) -> Duration {
    match since {
        Some(since) if since <= now => now.since(since),
        _ => Duration::MAX,
    }
}
