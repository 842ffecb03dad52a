//! `DELETE /v1/me/erasure`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::TAG;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete("/v1/me/erasure", "cancel_my_erasure", Policy::SignedIn)
        .tag(TAG)
        .summary("Keeps your account.")
        .description("It will not be erased, and a mail says so. Sessions and API keys that ended do not come back.")
        .scope_rule(ScopeRule::FirstParty)
        .answers_empty(204, "It stays.")
        .problem(404, "identity.erasure_not_found")
        .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    service.cancel_erasure(&ctx).await.map_err(problem)?;
    Ok(Reply::no_content())
}
