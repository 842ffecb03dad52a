//! `passkey.suspected`: people are told that there may be two of a passkey of theirs.

use async_trait::async_trait;
use identity_contract::PasskeySuspected;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<PasskeySuspected> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: PasskeySuspected,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::PasskeySuspected,
            recipient: Recipient::User(event.user_id),
            subject: event.factor_id.to_string(),
            data: json!({}),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.passkey_suspected",
            Some(message),
            None,
        )
        .await
    }
}
