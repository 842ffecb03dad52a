//! `factor.removed`: people are told when a second factor no longer counts.

use async_trait::async_trait;
use identity_contract::{FactorKind, FactorRemoved};
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<FactorRemoved> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: FactorRemoved,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::FactorRemoved,
            recipient: Recipient::User(event.user_id),
            subject: event.factor_id.to_string(),
            data: json!({
                "was_last": event.was_last, "is_passkey": event.kind == FactorKind::Passkey,
            }),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.factor_removed",
            Some(message),
            None,
        )
        .await
    }
}
