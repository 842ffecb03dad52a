//! `GET /v1/api-keys/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::ApiKeyId;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::ApiKeyView;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/api-keys/{id}", "get_api_key", Policy::SignedIn)
        .tag(TAG)
        .summary("Returns a key: one of yours, for administrators any.")
        .scope_rule(ScopeRule::FirstParty)
        .path_param::<ApiKeyId>("id", "The key.")
        .answers::<ApiKeyView>(200, "The key, without its secret.")
        .problem(404, "identity.api_key_not_found")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ApiKeyId>,
) -> Result<Reply, Problem> {
    let key = service.get_api_key(&ctx, id).await.map_err(problem)?;
    Ok(Reply::ok(&ApiKeyView::from(&key)).version(key.version))
}
