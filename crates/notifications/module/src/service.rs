//! The use cases, one file each.

mod cancel_message;
mod contact_points;
mod contents;
mod count_notifications;
mod count_unread;
mod create_message;
mod digests;
mod event_log;
mod forget_user;
mod get_message;
mod list_inbox;
mod list_messages;
mod look_up;
mod mark_seen;
mod preferences;
mod queue;
mod send_message;
mod suppressions;
mod unsubscribe;
mod update_notification;
mod webhooks;

use std::sync::Arc;

use async_trait::async_trait;
use identity_contract::Identity;
use notifications_contract::{
    Channel, CountUnread, ListMessages, Messages, Notifications, NotificationsError, UnreadCounts,
};
use orders_contract::Orders;
use tenon_kernel::{CallCtx, CursorKey};
use tenon_seam::SeamResult;
use tenon_store::Db;

pub(crate) use self::contact_points::{CREATE_CONTACT_POINT, SEND_CODE, ShownContactPoint};
pub(crate) use self::create_message::{Addressee, CreateMessage, OPERATION as CREATE_MESSAGE};
pub(crate) use self::event_log::{EventLog, EventPage};
pub(crate) use self::list_inbox::ListInbox;
pub(crate) use self::preferences::PutPreferences;
pub(crate) use self::suppressions::ListSuppressions;
pub(crate) use self::update_notification::UpdateNotification;
pub(crate) use self::webhooks::{
    CREATE, ListDeliveries, REPLAY, ROTATE, ShownEndpoint, Stretch, TEST, Webhooks,
};
use crate::Deps;
use crate::domain::{ContactKey, Links, RecipientKey, Renderer, UnsubscribeKey};
use crate::mail::Mailer;
use crate::settings::NotificationsSettings;
use crate::texts::TextSender;

/// What the use cases share.
pub(crate) struct Service {
    db: Db,
    identity: Arc<dyn Identity>,
    orders: Arc<dyn Orders>,
    mailer: Arc<dyn Mailer>,
    sms: Option<Arc<dyn TextSender>>,
    push: Option<Arc<dyn TextSender>>,
    contact_key: ContactKey,
    recipient_key: RecipientKey,
    unsubscribe_key: UnsubscribeKey,
    cursor_key: CursorKey,
    renderer: &'static Renderer,
    links: Links,
    shop_name: String,
    shop_url: String,
}

impl Service {
    pub(crate) fn new(settings: NotificationsSettings, deps: Deps) -> Self {
        let Deps {
            db,
            identity,
            orders,
            mailer,
            sms,
            push,
            contact_key,
            recipient_key,
            unsubscribe_key,
            cursor_key,
            webhook_key: _,
            webhook_sender: _,
        } = deps;
        Self {
            db,
            identity,
            orders,
            mailer,
            sms,
            push,
            contact_key,
            recipient_key,
            unsubscribe_key,
            cursor_key,
            renderer: Renderer::get(),
            links: Links::new(&settings),
            shop_name: settings.shop_name,
            shop_url: settings.shop_url,
        }
    }

    /// Who takes messages over a channel; `None` if nothing is sent so.
    fn sender_of(&self, channel: Channel) -> Option<&Arc<dyn TextSender>> {
        match channel {
            Channel::Sms => self.sms.as_ref(),
            Channel::Push => self.push.as_ref(),
            _ => None,
        }
    }
}

#[async_trait]
impl Notifications for Service {
    async fn list_messages(
        &self,
        ctx: &CallCtx,
        req: ListMessages,
    ) -> SeamResult<Messages, NotificationsError> {
        self.messages(ctx, req).await
    }

    async fn count_unread(
        &self,
        ctx: &CallCtx,
        req: CountUnread,
    ) -> SeamResult<UnreadCounts, NotificationsError> {
        self.unread_counts(ctx, req).await
    }
}
