//! `DELETE /v1/me/identities/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::FederatedIdentityId;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete("/v1/me/identities/{id}", "unlink_my_identity", Policy::SignedIn)
        .tag(TAG)
        .summary("Removes a linked account of a provider.")
        .description(
            "Needs a sign-in that is no older than 15 minutes, and in which a code was shown if you have a second factor. The last \
             way to sign in stays: set a password first, by recovery. You get a mail. Sessions go on.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .path_param::<FederatedIdentityId>("id", "The linked account.")
        .answers_empty(204, "Removed.")
        .problem(403, "identity.sign_in_again")
        .problem(404, "identity.federated_identity_not_found")
        .problem(409, "identity.last_way_in")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<FederatedIdentityId>,
) -> Result<Reply, Problem> {
    service.unlink_identity(&ctx, id).await.map_err(problem)?;
    Ok(Reply::no_content())
}
