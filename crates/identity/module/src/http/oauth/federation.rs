//! `GET /oauth/federation/{provider}` and `GET /v1/auth/federation/{provider}/callback`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use http::header::USER_AGENT;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiCookie, ApiPath, ApiQuery, ClientAddress, Ctx, Endpoint, Problem, Reply};

use super::authorize::{asked, secret, unreadable};
use super::browser::Site;
use super::{TAG, said};
use crate::domain::name::client_label;
use crate::domain::secret::SecretToken;
use crate::http::{AUTH, federation, problem};
use crate::service::federation::{Callback, CameBack};
use crate::service::oauth::FromPage;

/// What the page carries along.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "FederationPageQuery")]
pub(super) struct PageQuery {
    /// The query that the page was shown for.
    request: String,
}

/// What a provider answers (RFC 6749 §4.1.2, RFC 9207). Other members are ignored.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "FederationCallbackQuery")]
pub(super) struct CallbackQuery {
    /// What the browser was sent there with.
    state: Option<String>,
    /// What the provider gives the tokens for.
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// The issuer that answers.
    iss: Option<String>,
}

pub(super) fn endpoints(site: &Arc<Site>) -> [Endpoint; 2] {
    let cookie = site.federation_cookie_name();
    [
        Endpoint::get("/oauth/federation/{provider}", "leave_to_provider", Policy::Public)
            .tag(TAG)
            .summary("Sends somebody from the page to sign in on to another provider.")
            .description("Links on our own page lead here. Nothing here is for scripts.")
            .rate_limit(AUTH)
            .deadline(federation::PATIENCE)
            .cookie(cookie)
            .path_param::<String>("provider", "The provider.")
            .query::<PageQuery>()
            .answers_page(400, "A page that says what is wrong; or the page to sign in on, which was out of date.")
            .answers_page(503, "The page to sign in on: the provider cannot be reached.")
            .redirects("To the provider.")
            .handler(leave, Arc::clone(site)),
        Endpoint::get("/v1/auth/federation/{provider}/callback", "return_from_provider", Policy::Public)
            .tag(federation::TAG)
            .summary("Takes what a provider answers.")
            .description(
                "Register this address at the provider. Its answer counts once, within ten minutes, in the browser that was sent \
                 there. The browser goes back to the API client that sent it, with `code` or `error` (`access_denied`, \
                 `temporarily_unavailable`, `server_error`) and `state`; or on with the page it came from.",
            )
            .rate_limit(AUTH)
            .deadline(federation::PATIENCE)
            .cookie(cookie)
            .path_param::<String>("provider", "The provider.")
            .query::<CallbackQuery>()
            .answers_page(200, "The page to agree on; the browser gets a cookie. Or one to type a code on.")
            .answers_page(400, "A page that says what is wrong: nothing is sent to an address that is not known.")
            .answers_page(401, "The page to sign in on: there is no account to sign in to with this, or it was not accepted.")
            .answers_page(503, "The page to sign in on: the provider cannot be reached.")
            .redirects("Back to the API client, or to the program that asks.")
            .handler(callback, Arc::clone(site)),
    ]
}

async fn leave(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    ApiPath(provider): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply, Problem> {
    let asked = match asked(&query.request) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(unreadable(&site, &refusal)),
    };
    let next = site
        .service
        .begin_on_page(&ctx, &provider, asked, secret(cookie))
        .await
        .map_err(problem)?;
    Ok(match next {
        FromPage::Provider(begun) => site.send_to_provider(&begun),
        FromPage::Step(step) => site.answer(&step, None),
    })
}

async fn callback(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    ApiPath(provider): ApiPath<String>,
    ApiQuery(query): ApiQuery<CallbackQuery>,
) -> Result<Reply, Problem> {
    let back = Callback {
        state: query.state.and_then(|state| SecretToken::parse(&state)),
        code: said(query.code),
        error: said(query.error),
        iss: query.iss,
    };
    let came = site
        .service
        .came_back(&ctx, &provider, secret(cookie), back);
    let (request, proved) = match came.await.map_err(problem)? {
        CameBack::Stop(why) => return Ok(site.unreadable(why)),
        CameBack::Client(location) => return Ok(Reply::see_other(location)),
        CameBack::Page { request, proved } => (request, proved),
    };
    let asked = match asked(&request) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(unreadable(&site, &refusal)),
    };
    let client = headers
        .get(USER_AGENT)
        .and_then(|value| client_label(value.to_str().ok()?));
    let (step, cookie) = site
        .service
        .back_on_page(&ctx, asked, proved, client, address)
        .await
        .map_err(problem)?;
    Ok(site.answer(&step, cookie.as_ref()))
}
