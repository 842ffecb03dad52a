//! `factor.added`: people are told when a second factor is asked for from now on.

use async_trait::async_trait;
use identity_contract::{FactorAdded, FactorKind};
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<FactorAdded> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: FactorAdded,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::FactorAdded,
            recipient: Recipient::User(event.user_id),
            subject: event.factor_id.to_string(),
            data: json!({ "is_passkey": event.kind == FactorKind::Passkey }),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.factor_added",
            Some(message),
            None,
        )
        .await
    }
}
