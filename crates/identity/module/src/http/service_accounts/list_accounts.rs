//! `GET /v1/service-accounts`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use super::view::ServiceAccountView;
use crate::http::api_keys::view::PageQuery;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/service-accounts",
        "list_service_accounts",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Lists accounts of programs, newest first.")
    .scope_rule(ScopeRule::FirstParty)
    .query::<PageQuery>()
    .answers::<ListView<ServiceAccountView>>(200, "Accounts.")
    .problem(400, "identity.invalid_cursor")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let accounts = service.list_service_accounts(&ctx, page).await;
    let accounts = accounts.map_err(problem)?;
    Ok(Reply::page(
        accounts.map(|account| ServiceAccountView::from(&account)),
    ))
}
