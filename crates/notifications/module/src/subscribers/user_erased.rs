//! `user.erased`: everything of a person goes, at once and once more when nothing of theirs can be under way.

use async_trait::async_trait;
use identity_contract::UserErased;
use notifications_contract::UserRef;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;

use crate::jobs::ForgetUser;
use crate::service::Service;
use crate::store::erased_users;

#[async_trait]
impl Handle<UserErased> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: UserErased,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let user_id = UserRef::from_uuid(event.user_id.uuid());
        let erased_at = receipt.envelope().time;
        let mut tx = receipt.begin(ctx, "notifications.user_erased").await?;
        erased_users::insert(&mut tx, user_id, erased_at).await?;
        self.forget_user(&mut tx, user_id).await?;
        let options = JobOptions {
            run_at: Some(tx.now() + ForgetUser::AFTER),
            unique_key: Some(user_id.to_string()),
        };
        tx.enqueue(&ForgetUser { user_id }, options).await?;
        tx.commit().await?;
        Ok(())
    }
}
