//! What is known about sessions, and when that was last asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use tenon_kernel::Timestamp;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::key_cache::elapsed;
use crate::{SessionCheck, TokenError};

/// Sessions remembered at once; a forgotten one is asked for again.
const CAPACITY: u64 = 100_000;
const NEVER: i64 = i64::MIN;

/// Sessions by id.
pub(crate) struct SessionCache {
    source: Arc<dyn SessionCheck>,
    check_every: Duration,
    sessions: Cache<Uuid, Arc<Session>>,
}

/// One session, shared by all its tokens.
pub(crate) struct Session {
    id: Uuid,
    /// Microseconds, or [`NEVER`].
    checked_at: AtomicI64,
    /// Once ended, a session stays ended.
    ended: AtomicBool,
    /// One question at a time.
    asking: Mutex<()>,
}

impl SessionCache {
    pub(crate) fn new(source: Arc<dyn SessionCheck>, check_every: Duration) -> Self {
        Self {
            source,
            check_every,
            sessions: Cache::new(CAPACITY),
        }
    }

    /// Returns what is known about a session.
    pub(crate) fn session(&self, id: Uuid) -> Arc<Session> {
        self.sessions.get_with(id, || {
            Arc::new(Session {
                id,
                checked_at: AtomicI64::new(NEVER),
                ended: AtomicBool::new(false),
                asking: Mutex::new(()),
            })
        })
    }

    /// Makes the next check of this session ask.
    pub(crate) fn forget(&self, id: Uuid) {
        if let Some(session) = self.sessions.get(&id) {
            session.checked_at.store(NEVER, Ordering::Release);
        }
    }

    /// Fails once the session has ended; what is known may be `check_every` old.
    pub(crate) async fn ensure_live(
        &self,
        session: &Session,
        now: Timestamp,
    ) -> Result<(), TokenError> {
        if !session.is_known(now, self.check_every) {
            let _asking = session.asking.lock().await;
            if !session.is_known(now, self.check_every) {
                let live = self.source.is_live(session.id).await?;
                session.ended.fetch_or(!live, Ordering::AcqRel);
                session.checked_at.store(now.as_micros(), Ordering::Release);
            }
        }
        if session.ended.load(Ordering::Acquire) {
            Err(TokenError::Revoked)
        } else {
            Ok(())
        }
    }
}

impl Session {
    fn is_known(&self, now: Timestamp, check_every: Duration) -> bool {
        if self.ended.load(Ordering::Acquire) {
            return true;
        }
        let checked_at = self.checked_at.load(Ordering::Acquire);
        checked_at != NEVER && elapsed(Some(Timestamp::from_micros(checked_at)), now) < check_every
    }
}
