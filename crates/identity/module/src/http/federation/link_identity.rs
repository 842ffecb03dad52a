//! `POST /v1/me/identities`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::view::IdentityView;
use super::{TAG, code_of};
use crate::http::{AUTH, MAX_BODY, problem};
use crate::service::Service;
use crate::service::federation::LINK;

/// What a browser brought back.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LinkIdentity")]
pub(super) struct Body {
    /// `code` of the address that the browser came back to.
    #[schemars(extend("writeOnly" = true))]
    federation_code: String,
    /// What the challenge was made from: 43 to 128 characters.
    #[schemars(extend("writeOnly" = true))]
    code_verifier: String,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/me/identities", "link_my_identity", Policy::SignedIn)
        .tag(TAG)
        .summary("Links an account of a provider to yours.")
        .description(
            "With the code that a browser brought back from `GET /v1/auth/federation/{provider}`, within a minute, once. Needs a \
             sign-in that is no older than 15 minutes, and in which a code was shown if you have a second factor. From then on the \
             provider's account signs you in, whatever its address is. You get a mail. What you have linked already stays as it is.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .idempotency(KeyRule::Optional)
        .kept_as(LINK, Some("/v1/me/identities/{}"))
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .body::<Body>()
        .answers::<IdentityView>(201, "The linked account.")
        .problem(401, "identity.federation_failed")
        .problem(403, "identity.sign_in_again")
        .problem(409, "identity.identity_taken")
        .problem(409, "identity.too_many_identities")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let code = code_of(&body.federation_code, body.code_verifier);
    let linked = service.link_identity(&ctx, code).await.map_err(problem)?;
    let location = format!("/v1/me/identities/{}", linked.identity.id);
    Ok(Reply::created(location, &IdentityView::from(linked)))
}
