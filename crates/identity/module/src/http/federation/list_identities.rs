//! `GET /v1/me/identities`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::IdentityView;
use crate::http::problem;
use crate::service::Service;

/// Your linked accounts.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FederatedIdentities")]
pub(super) struct View {
    /// All, oldest first.
    data: Vec<IdentityView>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/me/identities", "list_my_identities", Policy::SignedIn)
        .tag(TAG)
        .summary("Lists the accounts of providers that sign you in.")
        .scope_rule(ScopeRule::FirstParty)
        .answers::<View>(200, "Your linked accounts, ten at most.")
        .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let linked = service.list_identities(&ctx).await.map_err(problem)?;
    Ok(Reply::ok(&View {
        data: linked.into_iter().map(IdentityView::from).collect(),
    }))
}
