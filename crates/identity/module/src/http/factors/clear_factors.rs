//! `DELETE /v1/users/{id}/factors`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::UserId;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete("/v1/users/{id}/factors", "delete_user_factors", Policy::Has(Role::Admin))
        .tag(TAG)
        .summary("Removes the second factors of somebody who has lost them.")
        .description(
            "From now on their password is enough, and they get a mail. Be sure that it is they who ask. Needs a sign-in that is \
             no older than 15 minutes, with a code if you have a factor; not for your own.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .path_param::<UserId>("id", "Whose.")
        .answers_empty(204, "They have none.")
        .problem(403, "identity.sign_in_again")
        .problem(404, "identity.user_not_found")
        .problem(409, "identity.own_account")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<UserId>,
) -> Result<Reply, Problem> {
    service.clear_factors(&ctx, id).await.map_err(problem)?;
    Ok(Reply::no_content())
}
