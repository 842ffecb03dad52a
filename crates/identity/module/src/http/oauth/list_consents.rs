//! `GET /v1/me/consents`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::OauthClientId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Timestamp;
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use crate::http::problem;
use crate::service::Service;
use crate::store::oauth_consents::ConsentRow;

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

/// A program that may act for you.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Consent")]
pub(super) struct ConsentView {
    /// Which program.
    client_id: OauthClientId,
    /// What it is called.
    client_name: String,
    /// What it may do.
    scopes: Vec<String>,
    /// When you last agreed.
    granted_at: Timestamp,
}

impl From<ConsentRow> for ConsentView {
    fn from(row: ConsentRow) -> Self {
        Self {
            client_id: row.client_id,
            client_name: row.client_name,
            scopes: row.scope.split(' ').map(str::to_owned).collect(),
            granted_at: row.granted_at,
        }
    }
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/me/consents", "list_my_consents", Policy::SignedIn)
        .tag(TAG)
        .summary("Lists the programs that may act for you, newest first.")
        .scope_rule(ScopeRule::FirstParty)
        .query::<Query>()
        .answers::<ListView<ConsentView>>(200, "Consents.")
        .problem(400, "identity.invalid_cursor")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let consents = service.list_consents(&ctx, page).await.map_err(problem)?;
    Ok(Reply::page(consents.map(ConsentView::from)))
}
