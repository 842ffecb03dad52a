//! `recovery_codes.renewed`: people are told when there are new recovery codes.

use async_trait::async_trait;
use identity_contract::RecoveryCodesRenewed;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<RecoveryCodesRenewed> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: RecoveryCodesRenewed,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::RecoveryCodesRenewed,
            recipient: Recipient::User(event.user_id),
            subject: event.user_id.to_string(),
            data: json!({}),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.recovery_codes_renewed",
            Some(message),
            None,
        )
        .await
    }
}
