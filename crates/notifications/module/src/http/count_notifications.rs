//! `GET /v1/me/notification-counts`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::view::reader;
use crate::service::Service;

/// How much there is in an inbox. Counting stops at 1,000.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotificationCounts")]
pub(super) struct CountsView {
    /// Neither seen nor put away.
    #[schemars(range(min = 0, max = 1000))]
    unread: i64,
    /// Not put away.
    #[schemars(range(min = 0, max = 1000))]
    inbox: i64,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/me/notification-counts",
        "count_my_notifications",
        Policy::SignedIn,
    )
    .tag("notifications")
    .summary("Counts what is in the caller's inbox.")
    .description("Cheap enough to be asked for with every page: it looks at 1,000 entries of an index at most.")
    .answers::<CountsView>(200, "How much there is.")
    .handler(handler, service)
}

/// Counts the caller's notifications.
#[tracing::instrument(name = "http.notifications.count_mine", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
) -> Result<Reply, Problem> {
    let counts = service.count_notifications(&ctx, reader(&ctx)?).await?;
    Ok(Reply::ok(&CountsView {
        unread: counts.unread,
        inbox: counts.inbox,
    }))
}
