//! `GET /v1/oauth/clients`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use super::client_view::ClientView;
use crate::http::problem;
use crate::service::Service;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    /// 1 to 200; 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/oauth/clients",
        "list_oauth_clients",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Lists clients, newest first.")
    .scope_rule(ScopeRule::FirstParty)
    .query::<Query>()
    .answers::<ListView<ClientView>>(200, "Clients.")
    .problem(400, "identity.invalid_cursor")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let clients = service.list_clients(&ctx, page).await.map_err(problem)?;
    Ok(Reply::page(clients.map(|client| ClientView::from(&client))))
}
