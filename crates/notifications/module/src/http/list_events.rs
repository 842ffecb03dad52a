//! `GET /v1/events`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiQuery, Ctx, Endpoint, Problem, Reply, page_request};

use crate::domain::{CloudEvent, EventFilter};
use crate::service::{EventLog, EventPage};

/// Which events; all given members must match.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListEventsQuery {
    /// Of exactly this type.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// About exactly this thing.
    #[schemars(length(min = 1, max = 64))]
    subject: Option<String>,
    /// 1 to 200 events, 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A part of the log, from old to new.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "EventPage")]
pub(super) struct EventPageView {
    /// At most `limit` events.
    data: Vec<CloudEvent>,
    /// Goes on after this page. Unlike in other lists it is always there: keep it, and ask again with it for what has
    /// happened since.
    next_cursor: String,
    /// Whether there is a next page now.
    has_more: bool,
}

pub(super) fn endpoint(log: Arc<EventLog>) -> Endpoint {
    Endpoint::get("/v1/events", "list_events", Policy::Has(Role::Staff))
        .tag("notifications")
        .summary("Lists what happened, from old to new.")
        .description(
            "A reader that follows `next_cursor` gets every event once and misses none, however long it pauses, as \
             long as events are kept (`notifications.events.retention_days`). Then it is told: 410.",
        )
        .query::<ListEventsQuery>()
        .answers::<EventPageView>(200, "A page of events.")
        .problem(400, "notifications.invalid_cursor")
        .problem(410, "notifications.events_gone")
        .problem(422, "notifications.invalid_request")
        .handler(handler, log)
}

/// Lists events.
#[tracing::instrument(name = "http.notifications.list_events", skip_all)]
pub(super) async fn handler(
    State(log): State<Arc<EventLog>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListEventsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let filter = EventFilter {
        event_type: query.event_type,
        subject: query.subject,
    };
    let EventPage {
        events,
        next_cursor,
        has_more,
    } = log.list(&ctx, filter, page).await?;
    let reply = Reply::ok(&EventPageView {
        data: events.into_iter().map(CloudEvent::from).collect(),
        next_cursor: next_cursor.as_str().to_owned(),
        has_more,
    });
    // Who follows links until there is none comes to an end.
    Ok(if has_more {
        reply.next_page(&next_cursor)
    } else {
        reply
    })
}
