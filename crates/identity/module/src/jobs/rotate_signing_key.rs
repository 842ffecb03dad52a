//! `identity.rotate_signing_key`: looks every day whether the signing key is old enough to be replaced.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// One look.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RotateSigningKey {}

impl Job for RotateSigningKey {
    const KIND: &'static str = "identity.rotate_signing_key";
    const TIMEOUT: Duration = Duration::from_secs(10);
    const CANCELLABLE: bool = true; // comes again each day
}

#[async_trait]
impl Run<RotateSigningKey> for Service {
    /// Safe to run twice: the second time the key is new.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _job: RotateSigningKey,
        _receipt: Receipt,
    ) -> Result<(), JobError> {
        self.rotate_signing_key_if_due(ctx).await?;
        Ok(())
    }
}
