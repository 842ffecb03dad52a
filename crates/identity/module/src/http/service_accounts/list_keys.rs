//! `GET /v1/service-accounts/{id}/api-keys`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::{ApiKeyOwner, ServiceAccountId};
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiPath, ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use crate::http::api_keys::view::{ApiKeyView, PageQuery};
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/service-accounts/{id}/api-keys",
        "list_service_account_keys",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Lists the keys of a service account, newest first.")
    .scope_rule(ScopeRule::FirstParty)
    .path_param::<ServiceAccountId>("id", "The account.")
    .query::<PageQuery>()
    .answers::<ListView<ApiKeyView>>(200, "Its keys.")
    .problem(400, "identity.invalid_cursor")
    .problem(404, "identity.service_account_not_found")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ServiceAccountId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let owner = ApiKeyOwner::ServiceAccount {
        service_account_id: id,
    };
    let keys = service.list_api_keys(&ctx, owner, page).await;
    let keys = keys.map_err(problem)?;
    Ok(Reply::page(keys.map(|key| ApiKeyView::from(&key))))
}
