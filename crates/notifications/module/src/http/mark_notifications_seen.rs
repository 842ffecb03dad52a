//! `POST /v1/me/notification-seen-marks`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::NotificationId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_web::{ApiJson, Ctx, Endpoint, Problem, Reply};

use super::view::reader;
use crate::service::Service;

/// How far the caller has read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MarkNotificationsSeen")]
pub(super) struct MarkSeenBody {
    /// The latest notification that the caller has before them: it and all older ones count as seen.
    up_to: NotificationId,
}

/// What was marked.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotificationsSeen")]
pub(super) struct SeenView {
    /// How many were unread before.
    #[schemars(range(min = 0))]
    marked: u64,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/me/notification-seen-marks",
        "mark_my_notifications_seen",
        Policy::SignedIn,
    )
    .tag("notifications")
    .summary("Marks all notifications up to one as seen.")
    .description(
        "What has come since the caller looked stays unread. A repeat marks nothing, so it needs no idempotency key.",
    )
    .body::<MarkSeenBody>()
    .answers::<SeenView>(200, "How many were marked.")
    .problem(404, "notifications.notification_not_found")
    .handler(handler, service)
}

/// Marks the caller's notifications as seen.
#[tracing::instrument(name = "http.notifications.mark_seen", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<MarkSeenBody>,
) -> Result<Reply, Problem> {
    let marked = service.mark_seen(&ctx, reader(&ctx)?, body.up_to).await?;
    Ok(Reply::ok(&SeenView { marked }))
}
