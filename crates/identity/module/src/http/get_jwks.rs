//! `GET /.well-known/jwks.json`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::{Jwks, Policy};
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::{TAG, problem};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/.well-known/jwks.json", "get_jwks", Policy::Public)
        .tag(TAG)
        .summary("Returns the public keys with which access tokens can be checked.")
        .description("A key is listed a quarter of an hour before it signs, so caching for five minutes is safe.")
        .answers::<Jwks>(200, "A JSON Web Key Set.")
        .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let keys = service.verifying_keys(&ctx).await.map_err(problem)?;
    Ok(Reply::ok(&Jwks::of(&keys)).cache_control("public, max-age=300"))
}
