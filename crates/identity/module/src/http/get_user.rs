//! `GET /v1/users/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::UserId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::views::UserView;
use super::{TAG, problem};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/users/{id}", "get_user", Policy::Has(Role::Admin))
        .tag(TAG)
        .summary("Returns a user.")
        .versioned()
        .path_param::<UserId>("id", "Which user.")
        .answers::<UserView>(200, "The user.")
        .problem(404, "identity.user_not_found")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<UserId>,
) -> Result<Reply, Problem> {
    let account = service.get_user(&ctx, id).await.map_err(problem)?;
    Ok(Reply::ok(&UserView::from(&account)).version(account.version))
}
