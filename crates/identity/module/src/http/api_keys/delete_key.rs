//! `DELETE /v1/api-keys/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::ApiKeyId;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete("/v1/api-keys/{id}", "delete_api_key", Policy::SignedIn)
        .tag(TAG)
        .summary("Ends a key: one of yours, for administrators any.")
        .description(
            "In the process that answers it opens nothing from then on, in others after 15 seconds at the latest, unless \
             `identity.session_check_seconds` says otherwise.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .needs_if_match()
        .path_param::<ApiKeyId>("id", "The key.")
        .answers_empty(204, "Ended.")
        .problem(404, "identity.api_key_not_found")
        .problem(412, "identity.stale_version")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ApiKeyId>,
    IfMatch(version): IfMatch,
) -> Result<Reply, Problem> {
    let deleted = service.delete_api_key(&ctx, id, version).await;
    deleted.map_err(problem)?;
    Ok(Reply::no_content())
}
