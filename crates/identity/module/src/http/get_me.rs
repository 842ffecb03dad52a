//! `GET /v1/me`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::Policy;
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::views::MeView;
use super::{TAG, problem};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/me", "get_me", Policy::SignedInOrEnrolling)
        .tag(TAG)
        .summary("Returns the person who is signed in.")
        .versioned()
        .answers::<MeView>(200, "You.")
        .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let account = service.get_me(&ctx).await.map_err(problem)?;
    Ok(Reply::ok(&MeView::from(&account)).version(account.version))
}
