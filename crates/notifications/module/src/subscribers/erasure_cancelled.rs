//! `user.erasure_cancelled`: people are told that their account stays.

use async_trait::async_trait;
use identity_contract::UserErasureCancelled;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<UserErasureCancelled> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: UserErasureCancelled,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::ErasureCancelled,
            recipient: Recipient::User(event.user_id),
            subject: event.user_id.to_string(),
            data: json!({}),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.erasure_cancelled",
            Some(message),
            None,
        )
        .await
    }
}
