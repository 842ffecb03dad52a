//! `PATCH /v1/api-keys/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::ApiKeyId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Timestamp;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::view::ApiKeyView;
use crate::domain::api_key::ApiKeyPatch;
use crate::domain::change::Change;
use crate::http::{MAX_BODY, problem};
use crate::service::Service;

/// What changes; absent members stay. What a key may do does not change: make another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ApiKeyPatch")]
pub(super) struct Body {
    /// 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: Option<String>,
    /// All addresses and networks from now on; anywhere if there are none.
    #[schemars(length(max = 20))]
    networks: Option<Vec<String>>,
    /// When it ends; null: never.
    #[serde(default)]
    #[schemars(with = "Option<Timestamp>")]
    expires_at: Change<Timestamp>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch("/v1/api-keys/{id}", "update_api_key", Policy::SignedIn)
        .tag(TAG)
        .summary("Changes a key: one of yours, for administrators one of a service account.")
        .description("Needs a sign-in that is no older than 15 minutes.")
        .scope_rule(ScopeRule::FirstParty)
        .needs_if_match()
        .max_body(MAX_BODY)
        .path_param::<ApiKeyId>("id", "The key.")
        .body::<Body>()
        .answers::<ApiKeyView>(200, "The key as it is now, without its secret.")
        .problem(403, "identity.sign_in_again")
        .problem(404, "identity.api_key_not_found")
        .problem(412, "identity.stale_version")
        .problem(422, "identity.invalid_request")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ApiKeyId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let patch = ApiKeyPatch {
        name: body.name,
        networks: body.networks,
        expires_at: body.expires_at,
    };
    let key = service
        .update_api_key(&ctx, id, version, patch)
        .await
        .map_err(problem)?;
    Ok(Reply::ok(&ApiKeyView::from(&key)).version(key.version))
}
