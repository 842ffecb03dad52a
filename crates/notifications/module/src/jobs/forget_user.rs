//! `notifications.forget_user`: forgets what requests and events that were under way have left behind of an erased person.

use std::time::Duration;

use async_trait::async_trait;
use notifications_contract::UserRef;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// Forget what there is of this person.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ForgetUser {
    pub(crate) user_id: UserRef,
}

impl ForgetUser {
    /// Longer than a session that has ended is let in anywhere, and a request takes.
    pub(crate) const AFTER: Duration = Duration::from_hours(1);
}

impl Job for ForgetUser {
    const KIND: &'static str = "notifications.forget_user";
    const TIMEOUT: Duration = Duration::from_secs(30);
}

#[async_trait]
impl Run<ForgetUser> for Service {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: ForgetUser,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let mut tx = receipt.begin(ctx, "notifications.forget_user").await?;
        self.forget_user(&mut tx, job.user_id).await?;
        tx.commit().await?;
        Ok(())
    }
}
