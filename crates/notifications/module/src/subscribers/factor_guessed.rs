//! `factor.guessed`: people are told that someone knows their password.

use async_trait::async_trait;
use identity_contract::FactorGuessed;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<FactorGuessed> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: FactorGuessed,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::FactorGuessed,
            recipient: Recipient::User(event.user_id),
            subject: event.user_id.to_string(),
            data: json!({}),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.factor_guessed",
            Some(message),
            None,
        )
        .await
    }
}
