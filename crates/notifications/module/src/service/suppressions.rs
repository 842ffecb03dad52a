//! Addresses that nothing is sent to: shown to staff, and given another chance by them.

use notifications_contract::{NotificationsError, SuppressionId};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, FieldError, Page, PageRequest};
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::Service;
use crate::store::suppressions::{self, Suppression};

/// Longest hash of an address, in bytes.
const MAX_HASH: usize = 64;

/// Which part of the list.
#[derive(Debug)]
pub(crate) struct ListSuppressions {
    pub(crate) recipient_hash: Option<String>,
    pub(crate) page: PageRequest,
}

impl Service {
    /// Lists suppressions, latest first.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidRequest`] for what is no hash, [`NotificationsError::InvalidCursor`] for a cursor of
    /// another list or filter.
    pub(crate) async fn list_suppressions(
        &self,
        ctx: &CallCtx,
        req: ListSuppressions,
    ) -> SeamResult<Page<Suppression>, NotificationsError> {
        let hash = req.recipient_hash.as_deref();
        if hash.is_some_and(|hash| hash.is_empty() || hash.len() > MAX_HASH || hash.contains('\0'))
        {
            let wrong = FieldError::new(
                "?recipient_hash",
                "invalid_value",
                format!("`recipient_hash` has 1 to {MAX_HASH} bytes."),
            );
            return Err(SeamError::Domain(NotificationsError::InvalidRequest {
                errors: vec![wrong],
            }));
        }
        let scope = format!(
            "notifications.suppressions?{}",
            json!({ "recipient_hash": hash })
        );
        let page = req.page;
        let before = page
            .cursor
            .as_ref()
            .map(|cursor| self.cursor_key.open::<SuppressionId>(&scope, cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(NotificationsError::InvalidCursor))?;
        let mut db = self.db.read(ctx);
        let rows = suppressions::list(&mut db, hash, before, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }

    /// Removes a suppression: messages are sent to the address again. Those that were dropped stay so.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::SuppressionNotFound`].
    pub(crate) async fn delete_suppression(
        &self,
        ctx: &CallCtx,
        id: SuppressionId,
    ) -> SeamResult<(), NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.delete_suppression")
                .await?;
            let none = || SeamError::Domain(NotificationsError::SuppressionNotFound);
            let found = suppressions::find(&mut tx, id).await?.ok_or_else(none)?;
            if !suppressions::delete(&mut tx, id).await? {
                return Err(none());
            }
            tx.emit(&AuditRecorded {
                action: "message_suppression.deleted".to_owned(),
                target: id.to_string(),
                before: Some(json!({
                    "channel": found.channel,
                    "recipient_hash": found.recipient_hash,
                    "message_id": found.message_id,
                    "last_error": found.last_error,
                })),
                after: None,
            })
            .await?;
            tx.commit().await?;
            Ok::<_, SeamError<NotificationsError>>(())
        })
        .await
    }
}
