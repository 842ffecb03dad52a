//! `recovery_code.used`: people are told when someone signs in with a recovery code.

use async_trait::async_trait;
use identity_contract::RecoveryCodeUsed;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<RecoveryCodeUsed> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: RecoveryCodeUsed,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::RecoveryCodeUsed,
            recipient: Recipient::User(event.user_id),
            subject: event.user_id.to_string(),
            data: json!({ "left": event.left }),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.recovery_code_used",
            Some(message),
            None,
        )
        .await
    }
}
