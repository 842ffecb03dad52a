//! `session.compromised`: people are told that a stolen session was ended.

use async_trait::async_trait;
use identity_contract::SessionCompromised;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<SessionCompromised> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: SessionCompromised,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::SessionCompromised,
            recipient: Recipient::User(event.user_id),
            subject: event.session_id.to_string(),
            data: json!({}),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.session_compromised",
            Some(message),
            None,
        )
        .await
    }
}
