//! Contract of the notifications module: all that other modules may know about it.
//!
//! **Architecture invariant:** no IO here, and no dependency except `tenon-kernel` and `tenon-seam`.
//! Nothing can be sent through this contract: messages follow from the events of the other modules, and from what staff asks
//! for over the REST API.
//! Checked by `cargo xtask check boundaries`.

mod error;
mod event;
mod id;
mod model;
#[cfg(feature = "testing")]
pub mod testing;

use tenon_kernel::CallCtx;
use tenon_seam::{SeamResult, contract};

pub use self::error::NotificationsError;
pub use self::event::{
    BounceReason, DisableReason, EVENTS, MessageBounced, MessageSent, WebhookEndpointDisabled,
    WebhookEndpointFailing, WebhookEndpointRecovered,
};
pub use self::id::{
    ContactPointId, ContactPointKind, MessageId, MessageKind, NotificationId, NotificationKind,
    SuppressionId, SuppressionKind, UserRef, UserRefKind, WebhookDeliveryId, WebhookDeliveryKind,
    WebhookEndpointId, WebhookEndpointKind, WebhookReplayId, WebhookReplayKind,
};
pub use self::model::{
    Channel, CountUnread, DropReason, ListMessages, MAX_PAGE, MAX_USERS, Message, MessageFilter,
    MessageStatus, Messages, Template, UnreadCount, UnreadCounts,
};

/// What other modules may ask of notifications.
#[contract(module = "notifications", version = 1)]
pub trait Notifications: Send + Sync + 'static {
    /// Lists messages, latest first.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidRequest`] for a limit outside 1 to [`MAX_PAGE`] or a subject over 64 bytes,
    /// [`NotificationsError::InvalidCursor`] for a cursor of another list or filter.
    #[query(timeout = "1s")]
    async fn list_messages(
        &self,
        ctx: &CallCtx,
        req: ListMessages,
    ) -> SeamResult<Messages, NotificationsError>;

    /// Counts the unread notifications of each user, in the order of the ids asked for.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidRequest`] for more than [`MAX_USERS`] ids.
    #[query(timeout = "300ms")]
    async fn count_unread(
        &self,
        ctx: &CallCtx,
        req: CountUnread,
    ) -> SeamResult<UnreadCounts, NotificationsError>;
}
