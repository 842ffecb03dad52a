//! Marks everything up to a notification as seen.

use notifications_contract::{NotificationId, NotificationsError, UserRef};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::Service;
use crate::store::inbox;

impl Service {
    /// Marks what a person has before them: the notification they name and all older ones. What has come since stays
    /// unread. Returns how many were marked; a repeat marks none.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::NotificationNotFound`] for one that is not theirs.
    pub(crate) async fn mark_seen(
        &self,
        ctx: &CallCtx,
        user: UserRef,
        up_to: NotificationId,
    ) -> SeamResult<u64, NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "notifications.mark_seen").await?;
            if inbox::find(&mut tx, user, up_to).await?.is_none() {
                return Err(SeamError::Domain(NotificationsError::NotificationNotFound));
            }
            let marked = inbox::mark_seen(&mut tx, user, up_to).await?;
            tx.commit().await?;
            Ok(marked)
        })
        .await
    }
}
