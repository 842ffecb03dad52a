//! `POST /oauth/revoke`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiForm, Ctx, Endpoint, Problem, Reply};

use super::credentials::{ClientForm, read};
use super::refusal::problem;
use super::token::missing;
use super::{TAG, said};
use crate::http::MAX_BODY;
use crate::service::Service;

/// A token that is no longer needed (RFC 7009 §2.1), or asked about (RFC 7662 §2.1). Other members, also
/// `token_type_hint`, are ignored: a token says itself what it is.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "OneTokenForm")]
pub(super) struct Form {
    /// An access token or a refresh token.
    pub(super) token: Option<String>,
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

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/oauth/revoke", "revoke_oauth_token", Policy::Bearer)
        .tag(TAG)
        .summary("Ends what a program may do for a person.")
        .description(
            "For programs (RFC 7009). Access and refresh token end together, within the time that access tokens are \
             believed without asking. A token that is over already is no error. Errors have the form of RFC 6749 §5.2.",
        )
        .oauth_client()
        .max_body(MAX_BODY)
        .form::<Form>()
        .answers_empty(200, "It is over.")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    headers: HeaderMap,
    form: Result<ApiForm<Form>, Problem>,
) -> Result<Reply, Problem> {
    let (form, client) = read(&headers, form)?;
    let token = said(form.token).ok_or_else(|| missing("token is missing"))?;
    let client = service
        .authenticate_client(&ctx, client)
        .await
        .map_err(problem)?;
    service
        .revoke(&ctx, &client, &token)
        .await
        .map_err(problem)?;
    Ok(Reply::empty())
}
