//! `GET /v1/api-keys`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::view::{ApiKeyView, PageQuery};
use super::{TAG, caller};
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/api-keys", "list_api_keys", Policy::SignedIn)
        .tag(TAG)
        .summary("Lists your keys, newest first.")
        .description("Keys that have expired are among them for another 30 days.")
        .scope_rule(ScopeRule::FirstParty)
        .query::<PageQuery>()
        .answers::<ListView<ApiKeyView>>(200, "Your keys.")
        .problem(400, "identity.invalid_cursor")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let keys = service.list_api_keys(&ctx, caller(&ctx), page).await;
    let keys = keys.map_err(problem)?;
    Ok(Reply::page(keys.map(|key| ApiKeyView::from(&key))))
}
