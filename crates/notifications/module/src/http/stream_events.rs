//! `GET /v1/events/stream`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{ErrorKind, Role};
use tenon_web::{ApiQuery, Ctx, Endpoint, Problem, StreamFrom, StreamPage};

use crate::domain::{CloudEvent, EventFilter, position_text, read_position};
use crate::service::EventLog;

/// Which events; all given members must match.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StreamEventsQuery {
    /// Of exactly this type.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// About exactly this thing.
    #[schemars(length(min = 1, max = 64))]
    subject: Option<String>,
}

pub(super) fn endpoint(log: Arc<EventLog>) -> Endpoint {
    Endpoint::get("/v1/events/stream", "stream_events", Policy::Has(Role::Staff))
        .tag("notifications")
        .summary("Streams what happens, as Server-Sent Events.")
        .description(
            "The `id` of an event is its `sequence`, its `data` what `GET /v1/events` lists. Without `Last-Event-ID` the \
             stream begins with what happens from now on; `0` begins with the oldest event that is kept. A comment says \
             that all there is was told, and comes again as a sign of life. The event `end` says why the stream ends: \
             `stopping`, or the code of a problem, such as `invalid_token`. Connect again with the last `id` to go on.",
        )
        .query::<StreamEventsQuery>()
        .streams("The events.")
        .problem(410, "notifications.events_gone")
        .problem(422, "notifications.invalid_request")
        .handler(handler, log)
}

/// Returns the next events of a stream.
#[tracing::instrument(name = "http.notifications.stream_events", skip_all)]
pub(super) async fn handler(
    State(log): State<Arc<EventLog>>,
    Ctx(ctx): Ctx,
    from: StreamFrom,
    ApiQuery(query): ApiQuery<StreamEventsQuery>,
) -> Result<StreamPage, Problem> {
    let filter = EventFilter {
        event_type: query.event_type,
        subject: query.subject,
    };
    let after = from.position(read_position)?;
    let (page, reached) = log.follow(&ctx, &filter, after, from.wait).await?;
    let mut told = StreamPage::after(position_text(reached));
    for event in page.events {
        let id = position_text(event.position);
        let has_room = told
            .push(id, &CloudEvent::from(event))
            .map_err(|error| Problem::new(ErrorKind::Internal, "internal", error.to_string()))?;
        if !has_room {
            break;
        }
    }
    Ok(told)
}
