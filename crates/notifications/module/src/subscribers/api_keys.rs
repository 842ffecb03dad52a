//! `api_key.created`, `api_key.rotated`, `api_key.revoked`: people are told of keys that act for them, or that somebody made in their
//! name for a program.

use async_trait::async_trait;
use identity_contract::{
    ApiKeyCreated, ApiKeyId, ApiKeyOwner, ApiKeyRevoked, ApiKeyRotated, UserId,
};
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<ApiKeyCreated> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: ApiKeyCreated,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let notice = notice("created", event.key_id, event.owner, event.name);
        let message = Some(notice(event.notice_to));
        self.queue(ctx, receipt, "notifications.api_key_created", message, None)
            .await
    }
}

#[async_trait]
impl Handle<ApiKeyRotated> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: ApiKeyRotated,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let notice = notice("rotated", event.key_id, event.owner, event.name);
        let message = Some(notice(event.notice_to));
        self.queue(ctx, receipt, "notifications.api_key_rotated", message, None)
            .await
    }
}

#[async_trait]
impl Handle<ApiKeyRevoked> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: ApiKeyRevoked,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let name = event.name.unwrap_or_default();
        let notice = notice("revoked", event.key_id, event.owner, name);
        let message = event.notice_to.map(notice);
        self.queue(ctx, receipt, "notifications.api_key_revoked", message, None)
            .await
    }
}

/// What somebody is told about a key.
fn notice(
    change: &'static str,
    id: ApiKeyId,
    owner: ApiKeyOwner,
    name: String,
) -> impl FnOnce(UserId) -> NewMessage {
    let of_program = !matches!(owner, ApiKeyOwner::User { .. });
    move |reader| NewMessage {
        template: Template::ApiKeyChanged,
        recipient: Recipient::User(reader),
        subject: id.to_string(),
        data: json!({ "change": change, "key": name, "of_program": of_program }),
        send_before: None,
    }
}
