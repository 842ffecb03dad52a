//! Stops a message that waits for its time.

use notifications_contract::{DropReason, Message, MessageId, NotificationsError};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::Service;
use crate::store;

impl Service {
    /// Closes a scheduled message; one that was cancelled before is returned as it is. Its job finds it closed.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::MessageNotFound`], [`NotificationsError::MessageNotScheduled`].
    pub(crate) async fn cancel_message(
        &self,
        ctx: &CallCtx,
        id: MessageId,
    ) -> SeamResult<Message, NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.cancel_message")
                .await?;
            let is_cancelled = store::messages::cancel(&mut tx, id).await?;
            let found = store::messages::find(&mut tx, id).await?;
            let message = found.ok_or(SeamError::Domain(NotificationsError::MessageNotFound))?;
            if !is_cancelled {
                return if message.reason == Some(DropReason::Cancelled) {
                    Ok(message)
                } else {
                    Err(SeamError::Domain(NotificationsError::MessageNotScheduled))
                };
            }
            store::contents::forget(&mut tx, id).await?;
            tx.emit(&AuditRecorded {
                action: "message.cancelled".to_owned(),
                target: id.to_string(),
                before: Some(json!({ "template": message.template, "send_at": message.send_at })),
                after: None,
            })
            .await?;
            tx.commit().await?;
            Ok::<_, SeamError<NotificationsError>>(message)
        })
        .await
    }
}
