//! `user.erasure_requested`: people are told when their account will be erased, and how to stop it.

use async_trait::async_trait;
use identity_contract::UserErasureRequested;
use jiff::tz::TimeZone;
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::{CallCtx, Timestamp};

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<UserErasureRequested> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: UserErasureRequested,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let message = NewMessage {
            template: Template::ErasureRequested,
            recipient: Recipient::User(event.user_id),
            subject: event.user_id.to_string(),
            data: json!({ "erase_on": in_words(event.erase_at) }),
            send_before: Some(event.erase_at),
        };
        self.queue(
            ctx,
            receipt,
            "notifications.erasure_requested",
            Some(message),
            None,
        )
        .await
    }
}

/// `8 December 2026, 09:26 UTC`.
fn in_words(time: Timestamp) -> String {
    let time = jiff::Timestamp::from_microsecond(time.as_micros()).unwrap_or_default();
    let time = time.to_zoned(TimeZone::UTC);
    time.strftime("%-d %B %Y, %H:%M UTC").to_string()
}
