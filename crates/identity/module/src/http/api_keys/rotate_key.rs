//! `POST /v1/api-keys/{id}/rotations`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::{ApiKeyId, IdentityError};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_seam::SeamError;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::view::ApiKeyView;
use crate::domain::api_key::read_overlap;
use crate::http::{MAX_BODY, problem};
use crate::service::Service;
use crate::service::api_keys::ROTATE;

/// How the new secret takes over.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RotateApiKey")]
pub(super) struct Body {
    /// How long the secret before is taken, too: 0 to 604,800; 86,400 unless said.
    #[schemars(range(max = 604_800))]
    overlap_seconds: Option<u32>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/api-keys/{id}/rotations", "rotate_api_key", Policy::SignedIn)
        .tag(TAG)
        .summary("Gives a key a new secret: one of yours, for administrators one of a service account.")
        .description(
            "The secret before is taken for a while, too: put the new one to use within that time. A second rotation ends \
             it at once. Needs a sign-in that is no older than 15 minutes. The answer has the new key; no other answer \
             will, except to the same request under its `Idempotency-Key`.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .idempotency(KeyRule::Optional)
        .kept_as(ROTATE, Some("/v1/api-keys/{}"))
        .max_body(MAX_BODY)
        .path_param::<ApiKeyId>("id", "The key.")
        .optional_body::<Body>()
        .answers::<ApiKeyView>(201, "The key, with its new secret.")
        .shown_once()
        .problem(403, "identity.sign_in_again")
        .problem(404, "identity.api_key_not_found")
        .problem(422, "identity.invalid_request")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ApiKeyId>,
    body: Option<ApiJson<Body>>,
) -> Result<Reply, Problem> {
    let body = body.map(|ApiJson(body)| body).unwrap_or_default();
    let overlap = read_overlap(body.overlap_seconds).map_err(|error| {
        problem(SeamError::Domain(IdentityError::InvalidRequest {
            errors: vec![error],
        }))
    })?;
    let shown = service
        .rotate_api_key(&ctx, id, overlap)
        .await
        .map_err(problem)?;
    let location = format!("/v1/api-keys/{id}");
    Ok(Reply::created(location, &ApiKeyView::from(&shown)).version(shown.key.version))
}
