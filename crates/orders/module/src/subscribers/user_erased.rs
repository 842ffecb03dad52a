//! `user.erased`: what says who a buyer is goes, as soon as nothing has to be delivered to them.

use async_trait::async_trait;
use identity_contract::UserErased;
use orders_contract::UserRef;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;

use crate::jobs::empty_buyer::EmptyBuyer;
use crate::service::Service;

#[async_trait]
impl Handle<UserErased> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: UserErased,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let job = EmptyBuyer {
            user_id: UserRef::from_uuid(event.user_id.uuid()),
            erased_at: receipt.envelope().time,
        };
        let mut tx = receipt.begin(ctx, "orders.user_erased").await?;
        let options = JobOptions {
            run_at: None,
            unique_key: Some(job.user_id.to_string()),
        };
        tx.enqueue(&job, options).await?;
        tx.commit().await?;
        Ok(())
    }
}
