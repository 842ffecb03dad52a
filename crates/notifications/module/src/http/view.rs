//! A notification as its reader sees it, and what several operations share.

use notifications_contract::{NotificationId, NotificationsError, UserRef};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamError;
use tenon_web::Problem;

use crate::store::inbox::Note;

/// Something that concerns the reader.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Notification")]
pub(super) struct NotificationView {
    /// Its id.
    id: NotificationId,
    /// What happened: `order.shipped`. Further kinds will come.
    kind: String,
    /// Id of the thing it is about.
    subject: String,
    /// One line.
    title: String,
    /// A sentence or two, plain text.
    body: String,
    /// Grows with each change: `If-Match: "v<version>"`.
    version: i64,
    /// When it happened.
    created_at: Timestamp,
    /// When it was marked as seen.
    seen_at: Option<Timestamp>,
    /// When it was put away.
    archived_at: Option<Timestamp>,
}

impl From<Note> for NotificationView {
    fn from(note: Note) -> Self {
        Self {
            id: note.id,
            kind: note.kind,
            subject: note.subject,
            title: note.title,
            body: note.body,
            version: note.version,
            created_at: note.created_at,
            seen_at: note.seen_at,
            archived_at: note.archived_at,
        }
    }
}

/// Whose inbox: only people have one.
pub(super) fn reader(ctx: &CallCtx) -> Result<UserRef, Problem> {
    let user = ctx
        .principal
        .user()
        .map(|user| UserRef::from_uuid(user.user));
    user.ok_or_else(|| SeamError::Domain(NotificationsError::NotificationNotFound).into())
}

/// Adds the current `ETag` to 412.
pub(super) fn stale(error: SeamError<NotificationsError>) -> Problem {
    let current = match error.domain() {
        Some(NotificationsError::StaleVersion { current }) => Some(*current),
        _ => None,
    };
    let problem = Problem::from(error);
    match current {
        Some(version) => problem.with_version(version),
        None => problem,
    }
}
