//! `POST /v1/service-accounts/{id}/api-keys`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::{ApiKeyOwner, ServiceAccountId};
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use crate::http::api_keys::view::{ApiKeyView, CreateBody};
use crate::http::{MAX_BODY, problem};
use crate::service::Service;
use crate::service::api_keys::CREATE;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/service-accounts/{id}/api-keys",
        "create_service_account_key",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Makes a key of a service account.")
    .description(
        "Needs a sign-in that is no older than 15 minutes. The answer has the key; no other answer will, except to the same \
         request under its `Idempotency-Key`.",
    )
    .scope_rule(ScopeRule::FirstParty)
    .idempotency(KeyRule::Optional)
    .kept_as(CREATE, Some("/v1/api-keys/{}"))
    .max_body(MAX_BODY)
    .path_param::<ServiceAccountId>("id", "The account.")
    .body::<CreateBody>()
    .answers::<ApiKeyView>(201, "The key, with its secret.")
    .shown_once()
    .problem(403, "identity.sign_in_again")
    .problem(404, "identity.service_account_not_found")
    .problem(409, "identity.too_many_api_keys")
    .problem(422, "identity.invalid_request")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ServiceAccountId>,
    ApiJson(body): ApiJson<CreateBody>,
) -> Result<Reply, Problem> {
    let owner = ApiKeyOwner::ServiceAccount {
        service_account_id: id,
    };
    let shown = service
        .create_api_key(&ctx, owner, body.into())
        .await
        .map_err(problem)?;
    let location = format!("/v1/api-keys/{}", shown.key.id);
    Ok(Reply::created(location, &ApiKeyView::from(&shown)).version(shown.key.version))
}
