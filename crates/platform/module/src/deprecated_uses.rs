//! Who uses deprecated parts of a module's API, by the day (`deprecated_uses`).

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tenon_access::Credential;
use tenon_kernel::{CallCtx, Env, Interface, Timestamp};
use tenon_store::{Db, Queryable as _, StoreError, retrying};
use tenon_web::{DeprecatedPart, NoteUse};

/// How long a request waits for its use to be written down, once a day.
const PATIENCE: Duration = Duration::from_millis(500);
/// Uses of one day that a process remembers; beyond them it asks the store each time.
const MOST_REMEMBERED: usize = 10_000;
/// Credentials that are told of one part.
pub(crate) const MOST_TOLD: u32 = 100;
const DAY_MICROS: i64 = 86_400_000_000;

const NOTE: &str = "
    INSERT INTO deprecated_uses (part, credential_kind, credential_id, first_used_at, last_used_at, days)
    VALUES ($1, $2, $3, $4, $4, 1)
    ON CONFLICT (part, credential_kind, credential_id)
    DO UPDATE SET last_used_at = excluded.last_used_at, days = deprecated_uses.days + 1
     WHERE deprecated_uses.last_used_at < excluded.last_used_at";

const IS_NOTED: &str = "
    SELECT days FROM deprecated_uses
     WHERE part = $1 AND credential_kind = $2 AND credential_id = $3 AND last_used_at >= $4";

const LATEST: &str = "
    SELECT credential_kind, credential_id, first_used_at, last_used_at, days
      FROM deprecated_uses WHERE part = $1
     ORDER BY last_used_at DESC, credential_kind, credential_id LIMIT $2";

const SUM: &str = "
    SELECT COUNT(*) AS credentials, CAST(COALESCE(SUM(days), 0) AS bigint) AS days
      FROM deprecated_uses WHERE part = $1";

/// What one credential has used.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Use {
    pub(crate) credential_kind: String,
    pub(crate) credential_id: String,
    pub(crate) first_used_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    pub(crate) days: i64,
}

/// What all credentials together have.
#[derive(Debug, Default, sqlx::FromRow)]
pub(crate) struct Sum {
    pub(crate) credentials: i64,
    pub(crate) days: i64,
}

/// Writes uses into a module's store.
pub(crate) struct DeprecatedUses {
    db: Db,
    today: Mutex<Today>,
}

/// Uses that are known to be written down.
#[derive(Default)]
struct Today {
    day: Option<Timestamp>,
    noted: HashSet<(String, Credential)>,
}

impl DeprecatedUses {
    pub(crate) fn new(db: Db) -> Self {
        Self {
            db,
            today: Mutex::default(),
        }
    }

    /// Whether a use is new today, as far as this process knows.
    fn is_new(&self, day: Timestamp, used: &(String, Credential)) -> bool {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.day != Some(day) {
            *today = Today {
                day: Some(day),
                noted: HashSet::new(),
            };
        }
        !today.noted.contains(used)
    }

    fn remember(&self, day: Timestamp, used: (String, Credential)) {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.day == Some(day) && today.noted.len() < MOST_REMEMBERED {
            today.noted.insert(used);
        }
    }

    async fn write(&self, day: Timestamp, used: &(String, Credential)) -> Result<(), StoreError> {
        let (part, credential) = used;
        let (kind, id) = columns(credential);
        let ctx = CallCtx::service(self.db.env(), Interface::Rest, self.db.module());
        let ctx = ctx.with_timeout(PATIENCE);
        let noted = self
            .db
            .read(&ctx)
            .query(IS_NOTED)
            .bind(part.clone())
            .bind(kind)
            .bind(id)
            .bind(day)
            .fetch_scalar::<i64>()
            .await?;
        if noted.is_some() {
            return Ok(()); // by another process, or before this one started
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "deprecations.note").await?;
            tx.query(NOTE)
                .bind(part.clone())
                .bind(kind)
                .bind(id)
                .bind(day)
                .execute()
                .await?;
            tx.commit().await
        })
        .await
    }
}

#[async_trait]
impl NoteUse for DeprecatedUses {
    async fn note(&self, part: &DeprecatedPart, credential: &Credential) {
        let day = today(self.db.env());
        let used = (part.name(), credential.clone());
        if !self.is_new(day, &used) {
            return;
        }
        match self.write(day, &used).await {
            Ok(()) => self.remember(day, used),
            // The answer is not kept back for it; the next use is noted again.
            Err(error) => {
                let module = self.db.module();
                tracing::warn!(module, part = used.0, %error, "the use of a deprecated part was not noted");
            }
        }
    }
}

/// The credentials that used a part last, and how many there are in all.
pub(crate) async fn uses_of(
    db: &Db,
    ctx: &CallCtx,
    part: &str,
) -> Result<(Vec<Use>, Sum), StoreError> {
    let latest = db
        .read(ctx)
        .query(LATEST)
        .bind(part.to_owned())
        .bind(i64::from(MOST_TOLD))
        .fetch_all()
        .await?;
    let sum: Option<Sum> = db
        .read(ctx)
        .query(SUM)
        .bind(part.to_owned())
        .fetch_optional()
        .await?;
    Ok((latest, sum.unwrap_or_default()))
}

/// Deletes what was last used before `before`; returns how many rows.
pub(crate) async fn purge(
    db: &Db,
    ctx: &mut CallCtx,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let old = db
        .read(ctx)
        .query("SELECT days FROM deprecated_uses WHERE last_used_at < $1 LIMIT 1")
        .bind(before)
        .fetch_scalar::<i64>()
        .await?;
    if old.is_none() {
        return Ok(0);
    }
    let mut tx = db.begin(ctx, "deprecations.purge").await?;
    let purged = tx
        .query("DELETE FROM deprecated_uses WHERE last_used_at < $1")
        .bind(before)
        .execute()
        .await?;
    tx.commit().await?;
    Ok(purged)
}

fn today(env: &Env) -> Timestamp {
    let now = env.now().as_micros();
    Timestamp::from_micros(now - now.rem_euclid(DAY_MICROS))
}

fn columns(credential: &Credential) -> (&'static str, &str) {
    match credential {
        Credential::Anonymous => ("anonymous", ""),
        Credential::Account => ("account", ""),
        Credential::Client(id) => ("client", id),
        Credential::ApiKey(id) => ("api_key", id),
    }
}
