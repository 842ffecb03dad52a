//! `POST /oauth/passkey-challenges` and `POST /oauth/passkey`

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
use super::{MAX_FORM, TAG, said};
use crate::domain::name::client_label;
use crate::domain::secret::SecretToken;
use crate::http::passkeys::{AssertionBody, ChallengeView, MAX_CREDENTIAL};
use crate::http::{AUTH, problem};
use crate::service::passkeys::{After, PasskeyStep};

/// What the script of a page sends to get a challenge.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyChallengeForm")]
pub(super) struct ChallengeForm {
    /// The query that the page was shown for.
    request: String,
    /// The mark of the form.
    form_token: String,
    /// The sign-in that waits for its second step, if there was a first one.
    challenge_token: Option<String>,
}

/// The form with the answer of a passkey.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyForm")]
pub(super) struct PasskeyForm {
    /// The query that the page was shown for.
    request: String,
    /// The mark of the form.
    form_token: String,
    /// The sign-in that waits for its second step, if there was a first one.
    challenge_token: Option<String>,
    /// What came with the challenge.
    passkey_token: String,
    /// What `navigator.credentials.get()` gave, as JSON.
    credential: String,
}

pub(super) fn endpoints(site: &Arc<Site>) -> [Endpoint; 2] {
    [
        Endpoint::post("/oauth/passkey-challenges", "submit_passkey_challenge", Policy::Bearer)
            .tag(TAG)
            .summary("Makes a challenge for a passkey, for the script of our page.")
            .description("Only our own page can send it. Good for five minutes, one try, and the form it was asked for with.")
            .cookie(site.cookie_name())
            .same_origin()
            .rate_limit(AUTH)
            .max_body(MAX_FORM)
            .form::<ChallengeForm>()
            .answers::<ChallengeView>(200, "The challenge.")
            .problem(401, "identity.sign_in_expired")
            .problem(409, "identity.passkeys_unavailable")
            .handler(challenge, Arc::clone(site)),
        form(site, Endpoint::post("/oauth/passkey", "submit_passkey", Policy::Bearer))
            .summary("Takes the form with the answer of a passkey.")
            .description("Only our own page can send it, within five minutes, with the challenge that it got.")
            .max_body(MAX_FORM + MAX_CREDENTIAL)
            .form::<PasskeyForm>()
            .answers_page(200, "The page to agree on; the browser gets a cookie.")
            .answers_page(401, "The page again: the passkey does not count here, or came too late.")
            .handler(passkey, Arc::clone(site)),
    ]
}

async fn challenge(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    ApiForm(form): ApiForm<ChallengeForm>,
) -> Result<Reply, Problem> {
    let after = After::read(said(form.challenge_token));
    let made = site
        .service
        .challenge_on_page(&ctx, &form.request, secret(cookie), &form.form_token, after)
        .await
        .map_err(problem)?;
    Ok(Reply::ok(&ChallengeView::new(made, site.service.now())))
}

async fn passkey(
    State(site): State<Arc<Site>>,
    Ctx(ctx): Ctx,
    ApiCookie(cookie): ApiCookie,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    ApiForm(form): ApiForm<PasskeyForm>,
) -> Result<Reply, Problem> {
    let asked = match asked(&form.request) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(unreadable(&site, &refusal)),
    };
    // The script wrote it: if it cannot be read, the page says no more than that it was not accepted.
    let sent = serde_json::from_str::<AssertionBody>(&form.credential).ok();
    let step = PasskeyStep {
        token: SecretToken::parse(&form.passkey_token),
        assertion: sent.and_then(|sent| sent.read("").ok()),
        device_token: None,
        client: headers
            .get(USER_AGENT)
            .and_then(|value| client_label(value.to_str().ok()?)),
        address,
    };
    let after = After::read(said(form.challenge_token));
    let (step, cookie) = site
        .service
        .passkey_on_page(&ctx, asked, secret(cookie), &form.form_token, after, step)
        .await
        .map_err(problem)?;
    Ok(site.answer(&step, cookie.as_ref()))
}
