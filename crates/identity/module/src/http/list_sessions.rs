//! `GET /v1/me/sessions`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::SessionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Timestamp;
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::{TAG, problem};
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

/// One sign-in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub(super) struct View {
    /// Which.
    id: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    /// What the client said about itself.
    client: Option<String>,
    /// When the password was given.
    created_at: Timestamp,
    /// When it was last refreshed.
    last_used_at: Timestamp,
    /// When it ends unless it is refreshed.
    expires_at: Timestamp,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/me/sessions", "list_my_sessions", Policy::SignedIn)
        .tag(TAG)
        .scope_rule(ScopeRule::FirstParty)
        .summary("Lists where you are signed in, newest first.")
        .query::<Query>()
        .answers::<ListView<View>>(200, "Your live sessions.")
        .problem(400, "identity.invalid_cursor")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let current = ctx
        .principal
        .user()
        .map(|user| SessionId::from_uuid(user.session));
    let sessions = service.list_sessions(&ctx, page).await.map_err(problem)?;
    Ok(Reply::page(sessions.map(|session| View {
        id: session.id,
        current: Some(session.id) == current,
        client: session.client,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        expires_at: session.idle_expires_at,
    })))
}
