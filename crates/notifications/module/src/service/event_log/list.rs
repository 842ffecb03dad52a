//! Lists the log from old to new.

use notifications_contract::NotificationsError;
use tenon_kernel::{CallCtx, Cursor, FieldError, PageRequest};
use tenon_seam::{SeamError, SeamResult};

use super::EventLog;
use crate::domain::{EventFilter, LogPage, PublicEvent};
use crate::store::event_log;

/// Longest id of a thing, in bytes.
const MAX_SUBJECT: usize = 64;

/// A part of the log.
#[derive(Debug)]
pub(crate) struct EventPage {
    pub(crate) events: Vec<PublicEvent>,
    /// Goes on after this page, also when there is nothing yet.
    pub(crate) next_cursor: Cursor,
    pub(crate) has_more: bool,
}

impl EventLog {
    /// Lists events after the cursor; without one, from the oldest that is kept.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidRequest`] for a type that is not public or a subject over 64 bytes,
    /// [`NotificationsError::InvalidCursor`] for a cursor of another list or filter,
    /// [`NotificationsError::EventsGone`] if the log no longer has all that comes after the cursor.
    pub(crate) async fn list(
        &self,
        ctx: &CallCtx,
        filter: EventFilter,
        page: PageRequest,
    ) -> SeamResult<EventPage, NotificationsError> {
        self.check(&filter)?;
        let text = serde_json::to_string(&filter).expect("a filter is plain data");
        let scope = format!("notifications.events?{text}");
        let after = page
            .cursor
            .as_ref()
            .map(|cursor| self.cursor_key.open::<i64>(&scope, cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(NotificationsError::InvalidCursor))?;
        let mut found = self.page(ctx, &filter, after, page.limit + 1).await?;
        let limit = page.limit as usize;
        let has_more = found.events.len() > limit;
        found.events.truncate(limit);
        let last = found.events.last().map(|event| event.position);
        // On the last page nothing up to the end of the log is missing: the reader goes on after all of it.
        let reached = last.filter(|_| has_more).unwrap_or(found.ends.head);
        Ok(EventPage {
            events: found.events,
            next_cursor: self.cursor_key.seal(&scope, &reached),
            has_more,
        })
    }

    /// Reads on after a position, if the log has all that comes after it.
    pub(super) async fn page(
        &self,
        ctx: &CallCtx,
        filter: &EventFilter,
        after: Option<i64>,
        limit: u32,
    ) -> SeamResult<LogPage, NotificationsError> {
        let mut db = self.db.read(ctx);
        let found = event_log::page(&mut db, filter, after.unwrap_or(0), limit).await?;
        if let Some(after) = after {
            found.ends.check(after).map_err(SeamError::Domain)?;
        }
        Ok(found)
    }

    /// Refuses filters that nothing can match, naming the member.
    pub(super) fn check(&self, filter: &EventFilter) -> SeamResult<(), NotificationsError> {
        let mut errors = Vec::new();
        let event_type = filter.event_type.as_deref();
        if event_type.is_some_and(|name| self.catalogue.find(name).is_none()) {
            let detail = "There is no such type of public events; `GET /v1/event-types` lists all.";
            errors.push(FieldError::new("?type", "unknown_value", detail));
        }
        let subject = filter.subject.as_deref();
        if subject.is_some_and(|it| it.is_empty() || it.len() > MAX_SUBJECT || it.contains('\0')) {
            let detail = format!("`subject` has 1 to {MAX_SUBJECT} bytes.");
            errors.push(FieldError::new("?subject", "invalid_value", detail));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(SeamError::Domain(NotificationsError::InvalidRequest {
                errors,
            }))
        }
    }
}
