//! `federated_identity.linked`: people are told when an account of a provider signs them in from now on.

use async_trait::async_trait;
use identity_contract::FederatedIdentityLinked;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<FederatedIdentityLinked> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: FederatedIdentityLinked,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::IdentityLinked,
            recipient: Recipient::User(event.user_id),
            subject: event.identity_id.to_string(),
            data: json!({ "provider": event.provider, "made_account": event.made_account }),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.identity_linked",
            Some(message),
            None,
        )
        .await
    }
}
