//! `session.created`: people are told when someone signs in from a new device.

use async_trait::async_trait;
use identity_contract::SessionCreated;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<SessionCreated> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: SessionCreated,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::NewDevice,
            recipient: Recipient::User(event.user_id),
            subject: event.session_id.to_string(),
            data: json!({}),
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.session_created",
            Some(message),
            None,
        )
        .await
    }
}
