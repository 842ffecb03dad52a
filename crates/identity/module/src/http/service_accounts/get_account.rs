//! `GET /v1/service-accounts/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::ServiceAccountId;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::ServiceAccountView;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/service-accounts/{id}",
        "get_service_account",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Returns an account of a program.")
    .scope_rule(ScopeRule::FirstParty)
    .path_param::<ServiceAccountId>("id", "The account.")
    .answers::<ServiceAccountView>(200, "The account.")
    .problem(404, "identity.service_account_not_found")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ServiceAccountId>,
) -> Result<Reply, Problem> {
    let account = service.get_service_account(&ctx, id).await;
    let account = account.map_err(problem)?;
    Ok(Reply::ok(&ServiceAccountView::from(&account)).version(account.version))
}
