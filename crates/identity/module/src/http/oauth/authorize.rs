//! `GET /oauth/authorize`, `POST /oauth/sign-in` and `POST /oauth/consent`

use std::sync::Arc;

use axum::extract::State;
use http::header::USER_AGENT;
use http::{HeaderMap, Uri};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{
    ApiCookie, ApiForm, ApiQuery, ClientAddress, Ctx, Endpoint, EndpointBuilder, Problem, Reply,
};

use super::browser::Site;
use super::{MAX_FORM, TAG, code, said};
use crate::domain::name::client_label;
use crate::domain::oauth::authorization::Parameters;
use crate::domain::password::Password;
use crate::domain::secret::SecretToken;
use crate::http::{AUTH, problem};
use crate::service::SignIn;
use crate::service::oauth::Asked;

/// A request for authorization (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1). Other members are ignored.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "AuthorizationQuery")]
pub(super) struct Query {
    /// `code`
    response_type: Option<String>,
    /// `query`, which it is unless said.
    response_mode: Option<String>,
    /// The program that asks.
    client_id: Option<String>,
    /// Where the answer goes: one of those registered, character by character.
    redirect_uri: Option<String>,
    /// What is asked for, with spaces between.
    scope: Option<String>,
    /// Comes back with the answer: at most 1,000 characters.
    state: Option<String>,
    /// Comes back in the ID token: at most 1,000 characters.
    nonce: Option<String>,
    /// SHA-256 of the code verifier, in base64url without padding.
    code_challenge: Option<String>,
    /// `S256`
    code_challenge_method: Option<String>,
    /// `none`, or any of `login`, `consent` and `select_account`.
    prompt: Option<String>,
    /// Seconds since the person signed in, at most.
    max_age: Option<String>,
    /// Whom the program expects: filled in on the page.
    login_hint: Option<String>,
    /// Refused.
    request: Option<String>,
    /// Refused.
    request_uri: Option<String>,
}

/// The form of the page to sign in on.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SignInForm")]
pub(super) struct SignInForm {
    /// The query that the page was shown for.
    request: String,
    /// The mark of the form.
    form_token: String,
    /// The address of the account.
    email: String,
    /// Its password.
    password: String,
}

/// The form of the page to agree on.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ConsentForm")]
pub(super) struct ConsentForm {
    /// The query that the page was shown for.
    request: String,
    /// The mark of the form.
    form_token: String,
    /// What the person chose.
    decision: Decision,
}

/// What a person chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Decision {
    /// To agree.
    Allow,
    /// Not to.
    Deny,
}

impl From<Query> for Parameters {
    fn from(query: Query) -> Self {
        Self {
            response_type: said(query.response_type),
            response_mode: said(query.response_mode),
            client_id: said(query.client_id),
            redirect_uri: said(query.redirect_uri),
            scope: said(query.scope),
            state: said(query.state),
            nonce: said(query.nonce),
            code_challenge: said(query.code_challenge),
            code_challenge_method: said(query.code_challenge_method),
            prompt: said(query.prompt),
            max_age: said(query.max_age),
            login_hint: said(query.login_hint),
            request: said(query.request),
            request_uri: said(query.request_uri),
        }
    }
}

pub(super) fn endpoints(site: &Arc<Site>) -> [Endpoint; 4] {
    [
        page(site, Endpoint::get("/oauth/authorize", "authorize", Policy::Public))
            .summary("Asks a person, in their browser, to let a program in.")
            .description(
                "Programs send browsers here (RFC 6749 §4.1). PKCE with S256 is required. Whoever is not signed in is shown \
                 a page to sign in on, then one to agree on. Nothing here is for scripts.",
            )
            .query::<Query>()
            .answers_page(200, "A page to sign in or to agree on.")
            .handler(show, Arc::clone(site)),
        form(site, Endpoint::post("/oauth/sign-in", "submit_sign_in", Policy::Bearer))
            .summary("Takes the form of the page to sign in on.")
            .description("Only our own page can send it. It counts, costs and takes as long as `POST /v1/auth/sessions`.")
            .form::<SignInForm>()
            .answers_page(200, "The page to agree on; the browser gets a cookie. Or one to type a code on.")
            .answers_page(401, "The page again: address or password is wrong, or the account cannot be used.")
            .answers_page(429, "The page again: too many attempts.")
            .handler(sign_in, Arc::clone(site)),
        code::endpoint(site),
        form(site, Endpoint::post("/oauth/consent", "submit_consent", Policy::Bearer))
            .summary("Takes the form of the page to agree on.")
            .description("Only our own page can send it.")
            .form::<ConsentForm>()
            .handler(consent, Arc::clone(site)),
    ]
}

/// What every step of the way has.
fn page(site: &Site, endpoint: EndpointBuilder) -> EndpointBuilder {
    endpoint
        .tag(TAG)
        .cookie(site.cookie_name())
        .answers_page(
            400,
            "A page that says what is wrong: nothing is sent to an address that is not known.",
        )
        .redirects("Back to the program, with `code` or `error`, `state` and `iss` (RFC 9207).")
}

/// What takes a form of ours.
pub(super) fn form(site: &Site, endpoint: EndpointBuilder) -> EndpointBuilder {
    page(site, endpoint)
        .same_origin()
        .rate_limit(AUTH)
        .max_body(MAX_FORM)
}

async fn show(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    uri: Uri,
) -> Result<Reply, Problem> {
    let asked = match asked(uri.query().unwrap_or_default()) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(unreadable(&site, &refusal)),
    };
    let step = site.service.authorize(&ctx, asked, secret(cookie)).await;
    Ok(site.answer(&step.map_err(problem)?, None))
}

async fn sign_in(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    ApiForm(form): ApiForm<SignInForm>,
) -> Result<Reply, Problem> {
    let asked = match asked(&form.request) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(unreadable(&site, &refusal)),
    };
    let client = headers
        .get(USER_AGENT)
        .and_then(|value| client_label(value.to_str().ok()?));
    let sign_in = SignIn {
        email: form.email,
        password: Password::new(form.password),
        device_token: None,
        client,
        address,
    };
    let (step, cookie) = site
        .service
        .sign_in_on_page(&ctx, asked, secret(cookie), &form.form_token, sign_in)
        .await
        .map_err(problem)?;
    Ok(site.answer(&step, cookie.as_ref()))
}

async fn consent(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    ApiForm(form): ApiForm<ConsentForm>,
) -> Result<Reply, Problem> {
    let asked = match asked(&form.request) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(unreadable(&site, &refusal)),
    };
    let agrees = form.decision == Decision::Allow;
    let step = site
        .service
        .agree_on_page(&ctx, asked, secret(cookie), &form.form_token, agrees)
        .await
        .map_err(problem)?;
    Ok(site.answer(&step, None))
}

pub(super) fn asked(query: &str) -> Result<Asked, Problem> {
    let parameters: Query = ApiQuery::from_text(query)?;
    Ok(Asked {
        parameters: parameters.into(),
        query: query.to_owned(),
    })
}

pub(super) fn secret(cookie: Option<String>) -> Option<SecretToken> {
    cookie.and_then(|cookie| SecretToken::parse(&cookie))
}

/// Says which parameter cannot be read, to the person only: whose answer it would be is not known yet.
pub(super) fn unreadable(site: &Site, refusal: &Problem) -> Reply {
    let field = refusal.fields().first();
    let detail = field.map_or_else(
        || "The request cannot be read.".to_owned(),
        |field| {
            format!(
                "The request cannot be read: {} {}",
                field.pointer, field.detail
            )
        },
    );
    site.unreadable(&detail)
}
