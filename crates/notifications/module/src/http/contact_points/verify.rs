//! `POST /v1/me/contact-points/{id}/verifications`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::ContactPointId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, Problem, Reply};

use super::super::view::reader;
use super::{ContactPointView, TAG};
use crate::service::Service;

/// What the telephone was sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "VerifyContactPoint")]
struct VerifyContactPointBody {
    /// Six digits.
    #[schemars(length(min = 6, max = 6), regex(pattern = r"^[0-9]{6}$"))]
    code: String,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/me/contact-points/{id}/verifications",
        "verify_my_contact_point",
        Policy::SignedIn,
    )
    .tag(TAG)
    .scope_rule(ScopeRule::FirstParty)
    .summary("Proves a telephone of the caller by the code that it was sent.")
    .description("Whoever repeats it finds the telephone proved, so it needs no idempotency key.")
    .path_param::<ContactPointId>("id", "The telephone.")
    .body::<VerifyContactPointBody>()
    .answers::<ContactPointView>(200, "The telephone, which gets messages from now on.")
    .problem(404, "notifications.contact_point_not_found")
    .problem(409, "notifications.no_code_expected")
    .problem(422, "notifications.invalid_request")
    .problem(422, "notifications.wrong_code")
    .handler(handler, service)
}

/// Takes a code.
#[tracing::instrument(name = "http.notifications.verify_contact_point", skip_all)]
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ContactPointId>,
    ApiJson(body): ApiJson<VerifyContactPointBody>,
) -> Result<Reply, Problem> {
    let user = reader(&ctx)?;
    let shown = service
        .verify_contact_point(&ctx, user, id, &body.code)
        .await?;
    let version = shown.point.version;
    Ok(Reply::ok(&ContactPointView::from(shown)).version(version))
}
