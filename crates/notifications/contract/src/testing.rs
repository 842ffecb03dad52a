//! An in-memory notifications for the tests of other modules.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use crate::{
    CountUnread, ListMessages, Message, MessageFilter, Messages, Notifications, NotificationsError,
    UnreadCount, UnreadCounts, UserRef,
};

/// Answers from what it was told.
#[derive(Debug, Default)]
pub struct FakeNotifications(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    messages: Vec<Message>,
    unread: BTreeMap<UserRef, i64>,
}

impl FakeNotifications {
    /// Adds a message.
    pub fn put_message(&self, message: Message) {
        self.state().messages.push(message);
    }

    /// Says how many unread notifications a user has.
    pub fn set_unread(&self, user: UserRef, unread: i64) {
        self.state().unread.insert(user, unread);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MessageFilter {
    fn matches(&self, message: &Message) -> bool {
        self.subject
            .as_ref()
            .is_none_or(|subject| *subject == message.subject)
            && self.status.is_none_or(|status| status == message.status)
            && self
                .template
                .is_none_or(|template| template == message.template)
    }
}

#[async_trait]
impl Notifications for FakeNotifications {
    async fn list_messages(
        &self,
        _: &CallCtx,
        req: ListMessages,
    ) -> SeamResult<Messages, NotificationsError> {
        let state = self.state();
        let matching = state
            .messages
            .iter()
            .rev()
            .filter(|message| req.filter.matches(message));
        Ok(Messages {
            data: matching.take(req.page.limit as usize).cloned().collect(),
            next_cursor: None,
        })
    }

    async fn count_unread(
        &self,
        _: &CallCtx,
        req: CountUnread,
    ) -> SeamResult<UnreadCounts, NotificationsError> {
        let state = self.state();
        let count = |user_id| UnreadCount {
            user_id,
            unread: state.unread.get(&user_id).copied().unwrap_or(0),
        };
        Ok(UnreadCounts {
            counts: req.user_ids.into_iter().map(count).collect(),
        })
    }
}
