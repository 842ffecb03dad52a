//! Counts what is in a person's inbox: for a badge that is asked for often.

use notifications_contract::{NotificationsError, UserRef};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use super::Service;
use crate::store::inbox;

/// How much there is, each at most 1,000.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    /// Neither seen nor put away.
    pub(crate) unread: i64,
    /// Not put away.
    pub(crate) inbox: i64,
}

impl Service {
    /// Counts over two partial indexes, of which it reads 1,000 entries at most.
    pub(crate) async fn count_notifications(
        &self,
        ctx: &CallCtx,
        user: UserRef,
    ) -> SeamResult<Counts, NotificationsError> {
        let mut db = self.db.read(ctx);
        Ok(Counts {
            unread: inbox::count_unread_of(&mut db, user).await?,
            inbox: inbox::count_inbox_of(&mut db, user).await?,
        })
    }
}
