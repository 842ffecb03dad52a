//! `federated_identity.removed`: people are told when an account of a provider no longer signs them in.

use async_trait::async_trait;
use identity_contract::FederatedIdentityRemoved;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<FederatedIdentityRemoved> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: FederatedIdentityRemoved,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::IdentityRemoved,
            recipient: Recipient::User(event.user_id),
            subject: event.identity_id.to_string(),
            data: json!({ "provider": event.provider }),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.identity_removed",
            Some(message),
            None,
        )
        .await
    }
}
