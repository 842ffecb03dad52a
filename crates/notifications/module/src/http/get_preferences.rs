//! `GET /v1/me/notification-preferences`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::Policy;
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::preferences_view::PreferencesView;
use super::view::reader;
use crate::service::Service;

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/me/notification-preferences",
        "get_my_notification_preferences",
        Policy::SignedIn,
    )
    .tag("notifications")
    .summary("Shows what the caller is told, and where.")
    .answers::<PreferencesView>(
        200,
        "One choice for each topic and channel, with what can be chosen.",
    )
    .handler(handler, service)
}

/// Shows the caller's preferences.
#[tracing::instrument(name = "http.notifications.get_preferences", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
) -> Result<Reply, Problem> {
    let preferences = service.get_preferences(&ctx, reader(&ctx)?).await?;
    Ok(Reply::ok(&PreferencesView::from(&preferences)).version(preferences.version))
}
