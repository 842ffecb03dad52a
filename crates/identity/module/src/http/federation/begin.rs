//! `GET /v1/auth/federation/{provider}`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiCookie, ApiPath, ApiQuery, Ctx, Endpoint, Problem, Reply};

use super::{PATIENCE, TAG};
use crate::domain::secret::SecretToken;
use crate::http::oauth::Site;
use crate::http::{AUTH, problem};
use crate::service::federation::FromClient;

/// What an API client sends a browser here with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FederationQuery")]
pub(super) struct Query {
    /// Where the browser goes in the end: one of those of the settings, character by character.
    return_url: Option<String>,
    /// Comes back with the browser: at most 1,000 bytes. Bind it to the browser, and compare it.
    state: Option<String>,
    /// SHA-256 of a code verifier that you keep, in base64url without padding (RFC 7636).
    code_challenge: Option<String>,
    /// `S256`
    code_challenge_method: Option<String>,
    /// Seconds since the person signed in at the provider, at most 86,400; 0 has them sign in anew.
    #[schemars(range(max = 86_400))]
    max_age: Option<u32>,
}

pub(super) fn endpoint(site: &Arc<Site>) -> Endpoint {
    Endpoint::get("/v1/auth/federation/{provider}", "begin_federation", Policy::Public)
        .tag(TAG)
        .summary("Sends a browser to a provider.")
        .description(
            "A browser is sent here, not a script: it gets a cookie that binds the answer to it. It comes back to `return_url` with \
             `code` and `state`. The code counts for a minute, once, for whoever has the verifier: \
             `POST /v1/auth/federation/sessions` signs in with it, `POST /v1/me/identities` links with it.",
        )
        .rate_limit(AUTH)
        .deadline(PATIENCE)
        .cookie(site.federation_cookie_name())
        .path_param::<String>("provider", "The provider.")
        .query::<Query>()
        .redirects("To the provider.")
        .problem(404, "identity.provider_not_found")
        .problem(422, "identity.invalid_request")
        .problem(503, "identity.provider_unavailable")
        .handler(handler, Arc::clone(site))
}

async fn handler(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    ApiPath(provider): ApiPath<String>,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Reply, Problem> {
    let cookie = cookie.and_then(|cookie| SecretToken::parse(&cookie));
    let req = FromClient {
        return_url: query.return_url,
        state: query.state,
        code_challenge: query.code_challenge,
        code_challenge_method: query.code_challenge_method,
        max_age: query.max_age,
    };
    let begun = site
        .service
        .begin_for_client(&ctx, &provider, cookie, req)
        .await
        .map_err(problem)?;
    Ok(site.send_to_provider(&begun))
}
