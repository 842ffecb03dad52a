//! Counts people's unread notifications.

use notifications_contract::{
    CountUnread, MAX_USERS, NotificationsError, UnreadCount, UnreadCounts,
};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::{SeamError, SeamResult};

use super::Service;
use crate::store;

impl Service {
    pub(super) async fn unread_counts(
        &self,
        ctx: &CallCtx,
        req: CountUnread,
    ) -> SeamResult<UnreadCounts, NotificationsError> {
        if req.user_ids.len() > MAX_USERS {
            let wrong = FieldError::new(
                "/user_ids",
                "too_many",
                format!("At most {MAX_USERS} ids at once."),
            );
            return Err(SeamError::Domain(NotificationsError::InvalidRequest {
                errors: vec![wrong],
            }));
        }
        let known = store::inbox::count_unread(&mut self.db.read(ctx), &req.user_ids).await?;
        let unread_of = |user_id| {
            known
                .iter()
                .find(|(user, _)| *user == user_id)
                .map_or(0, |(_, unread)| *unread)
        };
        let counts = req.user_ids.iter().map(|&user_id| UnreadCount {
            user_id,
            unread: unread_of(user_id),
        });
        Ok(UnreadCounts {
            counts: counts.collect(),
        })
    }
}
