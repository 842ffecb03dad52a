//! What the catalog does when a person is gone.

use std::sync::Arc;

use async_trait::async_trait;
use catalog_contract::BuyerId;
use identity_contract::UserErased;
use tenon_events::{Handle, HandlerError, Receipt, Subscription};
use tenon_kernel::CallCtx;

use crate::service::Service;

pub(crate) fn subscriptions(service: &Arc<Service>) -> Vec<Subscription> {
    vec![
        Subscription::new("catalog", "identity")
            .on::<UserErased>(Arc::clone(service) as Arc<dyn Handle<_>>),
    ]
}

#[async_trait]
impl Handle<UserErased> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: UserErased,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let user = BuyerId::from_uuid(event.user_id.uuid());
        let mut tx = receipt.begin(ctx, "catalog.user_erased").await?;
        self.leave_groups(&mut tx, user).await?;
        tx.commit().await?;
        Ok(())
    }
}
