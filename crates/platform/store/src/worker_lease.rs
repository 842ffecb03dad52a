//! Which deployment's workers work on a store: relay, jobs, schedules. At most one at a time.
//!
//! A deployment is what runs the module: the monolith, or a service that was extracted from it. Its processes share
//! the lease. Another deployment waits until the last of them has handed it back or let it expire; the token then
//! grows, and every unit of work of the workers checks it, so a process that slept through that writes nothing.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tenon_kernel::{CallCtx, Interface, Timestamp};
use uuid::Uuid;

use crate::migrate::is_missing_table;
use crate::{Db, Engine, Queryable as _, StoreError, Tx, retrying};

/// No token is this: nothing was taken yet.
const NONE: i64 = -1;

const CHECK_SQLITE: &str = "SELECT token FROM worker_lease WHERE id = 1 AND token = $1";
/// Held until the commit, so that nobody takes over in between; units of one owner do not wait for each other.
const CHECK_POSTGRES: &str =
    "SELECT token FROM worker_lease WHERE id = 1 AND token = $1 FOR KEY SHARE";
const LOOK_SQLITE: &str = "SELECT deployment, token FROM worker_lease WHERE id = 1";
/// Waits for the units of work of the owner's workers.
const LOOK_POSTGRES: &str = "SELECT deployment, token FROM worker_lease WHERE id = 1 FOR UPDATE";

/// One process's share in the right to work on a store. Clones are the same share.
#[derive(Clone)]
pub struct WorkerLease(Arc<Share>);

struct Share {
    db: Db,
    deployment: String,
    instance: Uuid,
    token: AtomicI64,
}

/// Who may work after an attempt to take the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// This process.
    Here,
    /// Another deployment has it.
    Elsewhere {
        /// Its name.
        deployment: String,
        /// When it ends unless it is extended.
        until: Timestamp,
    },
}

#[derive(sqlx::FromRow)]
struct Owner {
    deployment: String,
    token: i64,
}

impl WorkerLease {
    /// A share of `deployment` in the store of `db`; nothing is taken yet.
    pub fn new(db: &Db, deployment: impl Into<String>) -> Self {
        let db = db.unleased();
        let instance = uuid::Builder::from_random_bytes(db.env().random()).into_uuid();
        Self(Arc::new(Share {
            db,
            deployment: deployment.into(),
            instance,
            token: AtomicI64::new(NONE),
        }))
    }

    /// The store as the workers see it: a unit of work fails with [`StoreError::LeaseLost`] while another deployment
    /// has the lease.
    pub fn db(&self) -> Db {
        self.0.db.leased(self.clone())
    }

    /// Takes the lease, or extends it, for `length` from now on.
    pub async fn take(&self, length: Duration) -> Result<Taken, StoreError> {
        retrying(|| self.try_take(length)).await
    }

    /// Hands this process's share back: call it once the workers have stopped.
    pub async fn release(&self) -> Result<(), StoreError> {
        self.0.token.store(NONE, Ordering::Release);
        retrying(|| async {
            let mut ctx = self.ctx();
            let mut tx = self.0.db.begin(&mut ctx, "workers.release").await?;
            tx.query("DELETE FROM worker_instances WHERE instance = $1")
                .bind(self.0.instance)
                .execute()
                .await?;
            tx.commit().await
        })
        .await
    }

    /// Names another deployment that has the lease now, if one has. A store without its tables belongs to nobody.
    pub async fn other_owner(&self) -> Result<Option<String>, StoreError> {
        let share = &*self.0;
        let ctx = self.ctx();
        let owner = share
            .db
            .read(&ctx)
            .query(
                "SELECT deployment FROM worker_lease
                  WHERE deployment <> $1
                    AND EXISTS (SELECT 1 FROM worker_instances WHERE leased_until > $2)",
            )
            .bind(share.deployment.as_str())
            .bind(share.db.env().now())
            .fetch_scalar::<String>()
            .await;
        match owner {
            Err(StoreError::Other(error)) if is_missing_table(&error) => Ok(None),
            owner => owner,
        }
    }

    async fn try_take(&self, length: Duration) -> Result<Taken, StoreError> {
        let share = &*self.0;
        let mut ctx = self.ctx();
        let mut tx = share.db.begin(&mut ctx, "workers.take").await?;
        let now = tx.now();
        tx.query("INSERT INTO worker_lease (id, deployment, token) VALUES (1, $1, 0) ON CONFLICT (id) DO NOTHING")
            .bind(share.deployment.as_str())
            .execute()
            .await?;
        let look = match tx.engine() {
            Engine::Sqlite => LOOK_SQLITE,
            Engine::Postgres => LOOK_POSTGRES,
        };
        let owner: Option<Owner> = tx.query(look).fetch_optional().await?;
        let mut owner = owner.ok_or_else(|| StoreError::inconsistent("worker_lease: no row"))?;
        if owner.deployment != share.deployment {
            let until = tx
                .query(
                    "SELECT leased_until FROM worker_instances
                      WHERE leased_until > $1 ORDER BY leased_until DESC LIMIT 1",
                )
                .bind(now)
                .fetch_scalar::<Timestamp>()
                .await?;
            if let Some(until) = until {
                tx.rollback().await?;
                share.token.store(NONE, Ordering::Release);
                return Ok(Taken::Elsewhere {
                    deployment: owner.deployment,
                    until,
                });
            }
            owner.token += 1;
            tx.query("UPDATE worker_lease SET deployment = $1, token = $2 WHERE id = 1")
                .bind(share.deployment.as_str())
                .bind(owner.token)
                .execute()
                .await?;
        }
        tx.query("DELETE FROM worker_instances WHERE leased_until <= $1 OR instance = $2")
            .bind(now)
            .bind(share.instance)
            .execute()
            .await?;
        tx.query("INSERT INTO worker_instances (instance, leased_until) VALUES ($1, $2)")
            .bind(share.instance)
            .bind(now + length)
            .execute()
            .await?;
        tx.commit().await?;
        share.token.store(owner.token, Ordering::Release);
        Ok(Taken::Here)
    }

    /// Lets a unit of work go on if the lease is still this deployment's, and keeps it so until the unit ends.
    pub(crate) async fn admit<'c>(&self, mut tx: Tx<'c>) -> Result<Tx<'c>, StoreError> {
        let check = match tx.engine() {
            Engine::Sqlite => CHECK_SQLITE,
            Engine::Postgres => CHECK_POSTGRES,
        };
        let token = self.0.token.load(Ordering::Acquire);
        let held = tx.query(check).bind(token).fetch_scalar::<i64>().await?;
        if held.is_none() {
            tx.rollback().await?;
            return Err(StoreError::LeaseLost);
        }
        Ok(tx)
    }

    fn ctx(&self) -> CallCtx {
        CallCtx::service(self.0.db.env(), Interface::Job, self.0.db.module())
    }
}

impl fmt::Debug for WorkerLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerLease")
            .field("module", &self.0.db.module())
            .field("deployment", &self.0.deployment)
            .finish_non_exhaustive()
    }
}
