//! `DELETE /v1/me/factors/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::FactorId;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete("/v1/me/factors/{id}", "delete_my_factor", Policy::SignedIn)
        .tag(TAG)
        .summary("Removes a second factor.")
        .description(
            "Needs a sign-in that is no older than 15 minutes, and in which a code was shown if any of your factors is \
             confirmed. With the last factor the recovery codes go, too, and the password is enough again; where a role of yours needs \
             a second factor, the last one stays.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .path_param::<FactorId>("id", "The factor.")
        .answers_empty(204, "Removed.")
        .problem(403, "identity.sign_in_again")
        .problem(404, "identity.factor_not_found")
        .problem(409, "identity.last_factor")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<FactorId>,
) -> Result<Reply, Problem> {
    service.remove_factor(&ctx, id).await.map_err(problem)?;
    Ok(Reply::no_content())
}
