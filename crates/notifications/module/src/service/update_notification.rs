//! Marks a notification as seen or put away, or takes that back.

use notifications_contract::{NotificationId, NotificationsError, UserRef};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::Service;
use crate::store::inbox::{self, Note};

/// What a person does with one of their notifications; absent members stay as they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UpdateNotification {
    pub(crate) user: UserRef,
    pub(crate) id: NotificationId,
    /// The version the person saw.
    pub(crate) version: i64,
    pub(crate) seen: Option<bool>,
    pub(crate) archived: Option<bool>,
}

impl Service {
    /// Changes one notification; nothing to change leaves its version as it is.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::NotificationNotFound`], [`NotificationsError::StaleVersion`].
    pub(crate) async fn update_notification(
        &self,
        ctx: &CallCtx,
        req: UpdateNotification,
    ) -> SeamResult<Note, NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.update_notification")
                .await?;
            let found = inbox::find(&mut tx, req.user, req.id).await?;
            let note = found.ok_or(SeamError::Domain(NotificationsError::NotificationNotFound))?;
            if note.version != req.version {
                return Err(SeamError::Domain(NotificationsError::StaleVersion {
                    current: note.version,
                }));
            }
            let now = tx.now();
            let (seen_at, archived_at) = (
                moved(note.seen_at, req.seen, now),
                moved(note.archived_at, req.archived, now),
            );
            if (seen_at, archived_at) == (note.seen_at, note.archived_at) {
                return Ok(note);
            }
            let changed = Note {
                seen_at,
                archived_at,
                version: note.version + 1,
                ..note
            };
            if !inbox::update(&mut tx, req.user, &changed).await? {
                let current = inbox::find(&mut tx, req.user, req.id)
                    .await?
                    .map_or(note.version, |note| note.version);
                return Err(SeamError::Domain(NotificationsError::StaleVersion {
                    current,
                }));
            }
            tx.commit().await?;
            Ok(changed)
        })
        .await
    }
}

/// When it happened, after a wish: what has happened keeps its time.
fn moved(at: Option<Timestamp>, wish: Option<bool>, now: Timestamp) -> Option<Timestamp> {
    match wish {
        None => at,
        Some(true) => Some(at.unwrap_or(now)),
        Some(false) => None,
    }
}
