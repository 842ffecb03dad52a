//! `GET /v1/me/notifications`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_web::{ApiQuery, Ctx, Endpoint, Problem, Reply, page_request};

use super::view::{NotificationView, reader};
use crate::service::{ListInbox, Service};
use crate::store::inbox::Shelf;

/// Which of the caller's notifications.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListNotificationsQuery {
    /// Only those that were neither seen nor put away.
    #[serde(default)]
    unread: bool,
    /// Also those that were put away.
    #[serde(default)]
    archived: bool,
    /// Nothing but those that were put away.
    #[serde(default)]
    only_archived: bool,
    /// 1 to 200 notifications, 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of an inbox.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Inbox")]
pub(super) struct InboxView {
    /// Latest first, at most `limit` items.
    data: Vec<NotificationView>,
    /// Send it back as `cursor` for the next page; null on the last page.
    next_cursor: Option<String>,
    /// Whether there is a next page.
    has_more: bool,
    /// How many are unread in the whole inbox; counting stops at 1,000.
    #[schemars(range(min = 0, max = 1000))]
    unread_count: i64,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/me/notifications",
        "list_my_notifications",
        Policy::SignedIn,
    )
    .tag("notifications")
    .summary("Lists what concerns the caller, latest first.")
    .query::<ListNotificationsQuery>()
    .answers::<InboxView>(200, "A page of the inbox, with how many are unread.")
    .problem(400, "notifications.invalid_cursor")
    .handler(handler, service)
}

/// Lists the caller's notifications.
#[tracing::instrument(name = "http.notifications.list_mine", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListNotificationsQuery>,
) -> Result<Reply, Problem> {
    let shelf = match (query.unread, query.only_archived, query.archived) {
        (true, _, _) => Shelf::Unread,
        (false, true, _) => Shelf::Archived,
        (false, false, true) => Shelf::All,
        (false, false, false) => Shelf::Inbox,
    };
    let page = page_request(query.limit, query.cursor)?;
    let inbox = service
        .list_inbox(
            &ctx,
            ListInbox {
                user: reader(&ctx)?,
                shelf,
                page,
            },
        )
        .await?;
    let next_cursor = inbox
        .page
        .next_cursor
        .as_ref()
        .map(|cursor| cursor.as_str().to_owned());
    let view = InboxView {
        data: inbox
            .page
            .data
            .into_iter()
            .map(NotificationView::from)
            .collect(),
        has_more: next_cursor.is_some(),
        next_cursor,
        unread_count: inbox.unread,
    };
    let reply = Reply::ok(&view);
    Ok(match inbox.page.next_cursor {
        Some(cursor) => reply.next_page(&cursor),
        None => reply,
    })
}
