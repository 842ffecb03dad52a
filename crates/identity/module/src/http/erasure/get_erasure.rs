//! `GET /v1/me/erasure`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::{ErasureView, TAG};
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/me/erasure", "get_my_erasure", Policy::SignedIn)
        .tag(TAG)
        .summary("Tells when your account will be erased.")
        .scope_rule(ScopeRule::FirstParty)
        .answers::<ErasureView>(200, "When it happens.")
        .problem(404, "identity.erasure_not_found")
        .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let erasure = service.get_erasure(&ctx).await.map_err(problem)?;
    Ok(Reply::ok(&ErasureView::from(erasure)))
}
