//! `DELETE /v1/me`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::{ErasureView, TAG};
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete("/v1/me", "delete_me", Policy::SignedIn)
        .tag(TAG)
        .summary("Has your account erased.")
        .description(
            "Not at once: a mail tells when, and until then you can sign in and take it back with `DELETE /v1/me/erasure`. Your sessions, \
             API keys and what programs may do for you end now. What is erased then, what is emptied and what is kept, `docs/erasure.md` \
             says. Asked again, the date stays.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .needs_recent_sign_in()
        .answers::<ErasureView>(202, "When it happens.")
        .problem(409, "identity.last_administrator")
        .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let erasure = service.request_erasure(&ctx).await.map_err(problem)?;
    Ok(Reply::accepted(&ErasureView::from(erasure)).header("location", "/v1/me/erasure"))
}
