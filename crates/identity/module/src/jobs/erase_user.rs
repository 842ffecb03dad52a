//! `identity.erase_due_users`, `identity.erase_user`: accounts whose cool-off is over go, each in a transaction of its own.

use std::time::Duration;

use async_trait::async_trait;
use identity_contract::UserId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Enqueue as _, Job, JobError, JobOptions, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;
use crate::store::erasures;

/// Most accounts in one look; the rest come with the next.
const BATCH: u32 = 100;

/// One look, every minute.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EraseDueUsers {}

impl Job for EraseDueUsers {
    const KIND: &'static str = "identity.erase_due_users";
    const TIMEOUT: Duration = Duration::from_secs(10);
    const MAX_ATTEMPTS: u32 = 3;
    const CANCELLABLE: bool = true; // comes again each minute
}

/// One account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EraseUser {
    pub(crate) user_id: UserId,
}

impl Job for EraseUser {
    const KIND: &'static str = "identity.erase_user";
    const TIMEOUT: Duration = Duration::from_secs(30);
}

#[async_trait]
impl Run<EraseDueUsers> for Service {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _job: EraseDueUsers,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let mut tx = receipt.begin(ctx, "identity.erase_due_users").await?;
        let now = tx.now();
        for user_id in erasures::list_due(&mut tx, now, BATCH).await? {
            let options = JobOptions {
                run_at: None,
                unique_key: Some(user_id.to_string()),
            };
            tx.enqueue(&EraseUser { user_id }, options).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Run<EraseUser> for Service {
    /// Safe to run twice: the second time nobody is there.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: EraseUser,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let mut tx = receipt.begin(ctx, "identity.erase_user").await?;
        self.erase_user(&mut tx, job.user_id).await?;
        tx.commit().await?;
        Ok(())
    }
}
