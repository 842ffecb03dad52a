//! `PATCH /v1/me/notifications/{id}`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::NotificationId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::view::{NotificationView, reader, stale};
use crate::service::{Service, UpdateNotification};

/// What to change; absent members stay as they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UpdateNotification")]
pub(super) struct UpdateNotificationBody {
    /// Whether it counts as seen.
    seen: Option<bool>,
    /// Whether it is put away.
    archived: Option<bool>,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/me/notifications/{id}",
        "update_my_notification",
        Policy::SignedIn,
    )
    .tag("notifications")
    .summary("Marks a notification as seen or put away, or takes that back.")
    .path_param::<NotificationId>("id", "The notification.")
    .needs_if_match()
    .body::<UpdateNotificationBody>()
    .answers::<NotificationView>(200, "The notification as it is now.")
    .problem(404, "notifications.notification_not_found")
    .problem(412, "notifications.stale_version")
    .handler(handler, service)
}

/// Changes one of the caller's notifications.
#[tracing::instrument(name = "http.notifications.update_mine", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<NotificationId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<UpdateNotificationBody>,
) -> Result<Reply, Problem> {
    let UpdateNotificationBody { seen, archived } = body;
    let request = UpdateNotification {
        user: reader(&ctx)?,
        id,
        version,
        seen,
        archived,
    };
    let note = service
        .update_notification(&ctx, request)
        .await
        .map_err(stale)?;
    let version = note.version;
    Ok(Reply::ok(&NotificationView::from(note)).version(version))
}
