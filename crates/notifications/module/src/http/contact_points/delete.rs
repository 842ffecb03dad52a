//! `DELETE /v1/me/contact-points/{id}`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::ContactPointId;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::super::view::{reader, stale};
use super::TAG;
use crate::service::Service;

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::delete(
        "/v1/me/contact-points/{id}",
        "delete_my_contact_point",
        Policy::SignedIn,
    )
    .tag(TAG)
    .scope_rule(ScopeRule::FirstParty)
    .summary("Removes a telephone or a device of the caller.")
    .description("Its number or token is gone at once, and what is on its way there is dropped.")
    .path_param::<ContactPointId>("id", "The telephone or device.")
    .needs_if_match()
    .answers_empty(204, "Removed.")
    .problem(404, "notifications.contact_point_not_found")
    .problem(412, "notifications.stale_version")
    .handler(handler, service)
}

/// Removes a contact point.
#[tracing::instrument(name = "http.notifications.delete_contact_point", skip_all)]
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ContactPointId>,
    IfMatch(version): IfMatch,
) -> Result<Reply, Problem> {
    let user = reader(&ctx)?;
    service
        .delete_contact_point(&ctx, user, id, version)
        .await
        .map_err(stale)?;
    Ok(Reply::no_content())
}
