//! `POST /oauth/code`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use http::header::USER_AGENT;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiCookie, ApiForm, ClientAddress, Ctx, Endpoint, Problem, Reply};

use super::authorize::{asked, form, secret, unreadable};
use super::browser::Site;
use crate::domain::factor::OneTimeCode;
use crate::domain::name::client_label;
use crate::domain::secret::SecretToken;
use crate::http::problem;
use crate::service::SecondStep;

/// The form of the page to type a code on.
#[derive(Deserialize, JsonSchema)]
pub(super) struct CodeForm {
    /// The query that the page was shown for.
    request: String,
    /// The mark of the form.
    form_token: String,
    /// The sign-in that waits for the code.
    challenge_token: String,
    /// Six digits of an app, or a recovery code.
    one_time_code: String,
}

pub(super) fn endpoint(site: &Arc<Site>) -> Endpoint {
    form(site, Endpoint::post("/oauth/code", "submit_code", Policy::Bearer))
            .summary("Takes the form of the page to type a code on.")
            .description(
                "Only our own page can send it, after the password was right, within five minutes and five guesses.",
            )
            .form::<CodeForm>()
            .answers_page(200, "The page to agree on; the browser gets a cookie.")
            .answers_page(401, "The page again: the code is wrong, too old, or was used before.")
            .answers_page(429, "The page again: too many attempts.")
            .handler(handler, Arc::clone(site))
}

async fn handler(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    ApiForm(form): ApiForm<CodeForm>,
) -> Result<Reply, Problem> {
    let asked = match asked(&form.request) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(unreadable(&site, &refusal)),
    };
    let step = SecondStep {
        token: SecretToken::parse(&form.challenge_token),
        code: OneTimeCode::parse(&form.one_time_code),
        client: headers
            .get(USER_AGENT)
            .and_then(|value| client_label(value.to_str().ok()?)),
        address,
    };
    let (step, cookie) = site
        .service
        .code_on_page(&ctx, asked, secret(cookie), &form.form_token, step)
        .await
        .map_err(problem)?;
    Ok(site.answer(&step, cookie.as_ref()))
}
