//! `user.updated`: people are told when their password changes.

use async_trait::async_trait;
use identity_contract::{UserField, UserUpdated};
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<UserUpdated> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: UserUpdated,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        if !event.fields.contains(&UserField::Password) {
            return Ok(());
        }
        let message = NewMessage {
            template: Template::PasswordChanged,
            recipient: Recipient::User(event.user_id),
            subject: event.user_id.to_string(),
            data: json!({}),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.user_updated",
            Some(message),
            None,
        )
        .await
    }
}
