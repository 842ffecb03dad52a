//! Lists what a person finds in their inbox, latest first.

use notifications_contract::{NotificationId, NotificationsError, UserRef};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::{SeamError, SeamResult};

use super::Service;
use crate::store::inbox::{self, Note, Shelf};

/// Which part of whose inbox.
#[derive(Debug)]
pub(crate) struct ListInbox {
    pub(crate) user: UserRef,
    pub(crate) shelf: Shelf,
    pub(crate) page: PageRequest,
}

/// A part of an inbox.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) page: Page<Note>,
    /// How many are unread, at most 1,000.
    pub(crate) unread: i64,
}

impl Service {
    /// Lists a person's notifications.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidCursor`].
    pub(crate) async fn list_inbox(
        &self,
        ctx: &CallCtx,
        req: ListInbox,
    ) -> SeamResult<Inbox, NotificationsError> {
        let ListInbox { user, shelf, page } = req;
        let scope = format!("notifications.inbox?user={user}&shelf={shelf:?}");
        let before = page
            .cursor
            .as_ref()
            .map(|cursor| self.cursor_key.open::<NotificationId>(&scope, cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(NotificationsError::InvalidCursor))?;
        let mut db = self.db.read(ctx);
        let rows = inbox::list(&mut db, user, shelf, before, page.limit).await?;
        let unread = inbox::count_unread_of(&mut db, user).await?;
        let page = Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        });
        Ok(Inbox { page, unread })
    }
}
