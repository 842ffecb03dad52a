//! `GET /v1/events/{id}`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::Policy;
use tenon_events::EventId;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use crate::domain::CloudEvent;
use crate::service::EventLog;

pub(super) fn endpoint(log: Arc<EventLog>) -> Endpoint {
    Endpoint::get("/v1/events/{id}", "get_event", Policy::Has(Role::Staff))
        .tag("notifications")
        .summary("Returns one event of the log.")
        .path_param::<EventId>("id", "The event.")
        .answers::<CloudEvent>(200, "The event.")
        .problem(404, "notifications.event_not_found")
        .handler(handler, log)
}

/// Returns one event.
#[tracing::instrument(name = "http.notifications.get_event", skip_all)]
pub(super) async fn handler(
    State(log): State<Arc<EventLog>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<EventId>,
) -> Result<Reply, Problem> {
    let event = log.get(&ctx, id).await?;
    Ok(Reply::ok(&CloudEvent::from(event)))
}
