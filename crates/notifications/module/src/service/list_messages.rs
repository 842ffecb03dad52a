//! Lists messages, latest first.

use notifications_contract::{
    ListMessages, MAX_PAGE, Message, MessageId, MessageStatus, Messages, NotificationsError,
    Template,
};
use tenon_kernel::{CallCtx, FieldError, Page};
use tenon_seam::{SeamError, SeamResult};

use super::Service;
use crate::store;

/// Longest id of a thing, in bytes.
const MAX_SUBJECT: usize = 64;

impl Service {
    pub(super) async fn messages(
        &self,
        ctx: &CallCtx,
        req: ListMessages,
    ) -> SeamResult<Messages, NotificationsError> {
        check(&req)
            .map_err(|errors| SeamError::Domain(NotificationsError::InvalidRequest { errors }))?;
        let filter = serde_json::to_string(&req.filter).expect("a filter is plain data");
        let scope = format!("notifications.messages?{filter}");
        let before = req
            .page
            .cursor
            .as_ref()
            .map(|cursor| self.cursor_key.open::<MessageId>(&scope, cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(NotificationsError::InvalidCursor))?;
        let rows =
            store::messages::list(&mut self.db.read(ctx), &req.filter, before, req.page.limit)
                .await?;
        let page = Page::from_rows(rows, req.page.limit, |last: &Message| {
            self.cursor_key.seal(&scope, &last.id)
        });
        Ok(Messages {
            data: page.data,
            next_cursor: page.next_cursor,
        })
    }
}

fn check(req: &ListMessages) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    if !(1..=MAX_PAGE).contains(&req.page.limit) {
        errors.push(FieldError::new(
            "?limit",
            "out_of_range",
            format!("`limit` goes from 1 to {MAX_PAGE}."),
        ));
    }
    let subject = req.filter.subject.as_deref();
    if subject.is_some_and(|subject| {
        subject.is_empty() || subject.len() > MAX_SUBJECT || subject.contains('\0')
    }) {
        errors.push(FieldError::new(
            "?subject",
            "invalid_value",
            format!("`subject` has 1 to {MAX_SUBJECT} bytes."),
        ));
    }
    if req.filter.status == Some(MessageStatus::Unknown) {
        errors.push(FieldError::new(
            "?status",
            "unknown_value",
            "There is no such status.",
        ));
    }
    if req.filter.template == Some(Template::Unknown) {
        errors.push(FieldError::new(
            "?template",
            "unknown_value",
            "There is no such template.",
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
