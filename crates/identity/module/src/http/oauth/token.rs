//! `POST /oauth/token`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::Timestamp;
use tenon_web::{ApiForm, Ctx, Endpoint, Problem, Reply};

use super::credentials::{ClientForm, read};
use super::refusal::{problem, refused};
use super::{TAG, said};
use crate::domain::oauth::error::{OauthCode, OauthRefusal};
use crate::http::MAX_BODY;
use crate::service::Service;
use crate::service::oauth::{CodeExchange, OauthTokens};

/// What a program shows for tokens (RFC 6749 §4.1.3, §4.4.2, §6). Other members are ignored.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TokenForm")]
pub(super) struct Form {
    /// `authorization_code`, `refresh_token` or `client_credentials`.
    grant_type: Option<String>,
    /// With `authorization_code`: from the redirect.
    code: Option<String>,
    /// With `authorization_code`: the same as in the request for authorization.
    redirect_uri: Option<String>,
    /// With `authorization_code`: what `code_challenge` was made from (RFC 7636).
    code_verifier: Option<String>,
    /// With `refresh_token`: the newest one.
    refresh_token: Option<String>,
    /// With `refresh_token` and `client_credentials`: less than could be had.
    scope: Option<String>,
    /// Of a public client, or with `client_secret`.
    client_id: Option<String>,
    /// Unless it stands in `Authorization`.
    client_secret: Option<String>,
}

impl ClientForm for Form {
    fn take_client(&mut self) -> (Option<String>, Option<String>) {
        (self.client_id.take(), self.client_secret.take())
    }
}

/// Tokens of a program (RFC 6749 §5.1).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OauthTokens")]
pub(super) struct TokenView {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// `Bearer`
    token_type: &'static str,
    /// Seconds that the access token still lives.
    expires_in: u64,
    /// What the program may do.
    scope: String,
    /// Gets the next tokens, once. Only for clients with that grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Says who has signed in (OpenID Connect Core §2). Only with the scope `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl TokenView {
    fn new(tokens: OauthTokens, now: Timestamp) -> Self {
        Self {
            expires_in: tokens.expires_at.since(now).as_secs(),
            access_token: tokens.access_token,
            token_type: "Bearer",
            scope: tokens.scope.to_string(),
            refresh_token: tokens.refresh_token.map(|token| token.expose().to_owned()),
            id_token: tokens.id_token,
        }
    }
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/oauth/token", "create_oauth_tokens", Policy::Bearer)
        .tag(TAG)
        .summary("Exchanges a code or a refresh token, or the client's own secret, for tokens.")
        .description(
            "For programs (RFC 6749). A code works once, within 60 seconds, for the client it was given to, with the \
             `redirect_uri` and the `code_verifier` that it was asked for with; if it comes back, what it gave ends. A \
             refresh token works once; a lost answer can be asked for again within 30 seconds. There is no implicit and no \
             password grant. Errors have the form of RFC 6749 §5.2.",
        )
        .oauth_client()
        .max_body(MAX_BODY)
        .form::<Form>()
        .answers::<TokenView>(200, "The tokens.")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    headers: HeaderMap,
    form: Result<ApiForm<Form>, Problem>,
) -> Result<Reply, Problem> {
    let (form, client) = read(&headers, form)?;
    let grant_type = said(form.grant_type).ok_or_else(|| missing("grant_type is missing"))?;
    let client = service
        .authenticate_client(&ctx, client)
        .await
        .map_err(problem)?;
    let scope = said(form.scope);
    let tokens = match grant_type.as_str() {
        "authorization_code" => {
            let exchange = CodeExchange {
                code: said(form.code).ok_or_else(|| missing("code is missing"))?,
                redirect_uri: said(form.redirect_uri),
                verifier: said(form.code_verifier),
            };
            service.exchange_code(&ctx, &client, exchange).await
        }
        "refresh_token" => {
            let token =
                said(form.refresh_token).ok_or_else(|| missing("refresh_token is missing"))?;
            service
                .refresh_for_client(&ctx, &client, &token, scope.as_deref())
                .await
        }
        "client_credentials" => {
            service
                .client_credentials(&ctx, &client, scope.as_deref())
                .await
        }
        _ => {
            let refusal = OauthCode::UnsupportedGrantType.because("there is no such grant");
            return Err(refused(&refusal));
        }
    };
    let tokens = tokens.map_err(problem)?;
    let view = TokenView::new(tokens, service.now());
    Ok(Reply::ok(&view).header("pragma", "no-cache"))
}

pub(super) fn missing(description: &'static str) -> Problem {
    let refusal: OauthRefusal = OauthCode::InvalidRequest.because(description);
    refused(&refusal)
}
