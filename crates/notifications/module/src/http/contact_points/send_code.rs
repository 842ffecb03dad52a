//! `POST /v1/me/contact-points/{id}/codes`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::ContactPointId;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::super::view::reader;
use super::{ContactPointView, PATH, TAG};
use crate::service::{SEND_CODE, Service};

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/me/contact-points/{id}/codes",
        "send_my_contact_point_code",
        Policy::SignedIn,
    )
    .tag(TAG)
    .scope_rule(ScopeRule::FirstParty)
    .summary("Sends a telephone of the caller another code.")
    .description("The code before counts no more.")
    .path_param::<ContactPointId>("id", "The telephone.")
    .idempotency(KeyRule::Required)
    .kept_as(SEND_CODE, Some(PATH))
    .answers::<ContactPointView>(202, "The code is on its way.")
    .without_location()
    .problem(404, "notifications.contact_point_not_found")
    .problem(409, "notifications.channel_unavailable")
    .problem(409, "notifications.no_code_expected")
    .problem(409, "notifications.too_many_codes")
    .handler(handler, service)
}

/// Sends a code.
#[tracing::instrument(name = "http.notifications.send_contact_point_code", skip_all)]
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ContactPointId>,
) -> Result<Reply, Problem> {
    let user = reader(&ctx)?;
    let shown = service.send_contact_point_code(&ctx, user, id).await?;
    let version = shown.point.version;
    Ok(Reply::accepted(&ContactPointView::from(shown)).version(version))
}
