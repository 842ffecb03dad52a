//! `POST /v1/me/factors`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::view::{FactorView, Kind};
use crate::http::passkeys::CreationOptionsView;
use crate::http::{MAX_BODY, problem};
use crate::service::Service;
use crate::service::factors::{ADD, NewFactor, Shown};

/// A factor that is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateFactor")]
pub(super) struct Body {
    /// What it is.
    kind: Kind,
    /// What to call it: 1 to 100 characters; `Authenticator app` or `Passkey` unless said.
    #[schemars(length(min = 1, max = 100))]
    name: Option<String>,
}

/// A factor with what it begins with.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NewFactor")]
pub(super) struct View {
    #[serde(flatten)]
    factor: FactorView,
    /// Of an app: what to type into it, 32 characters of base 32. No other answer will have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// The same for a QR code: `otpauth://totp/…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    /// Of a passkey: for `navigator.credentials.create()`.
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_options: Option<CreationOptionsView>,
}

impl From<NewFactor> for View {
    fn from(new: NewFactor) -> Self {
        let factor = new.factor.into();
        match new.shown {
            Shown::App { secret, uri } => Self {
                factor,
                secret: Some(secret.as_str().to_owned()),
                uri: Some(uri.as_str().to_owned()),
                creation_options: None,
            },
            Shown::Passkey(creation) => Self {
                factor,
                secret: None,
                uri: None,
                creation_options: Some(creation.into()),
            },
        }
    }
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/me/factors", "create_my_factor", Policy::SignedInOrEnrolling)
        .tag(TAG)
        .summary("Adds a second factor, which counts once it is confirmed.")
        .description(
            "Needs a sign-in that is no older than 15 minutes. The answer has the secret of an app, or what a browser makes a passkey \
             by; no other answer will, except to the same request under its `Idempotency-Key` until the factor is confirmed. It \
             waits 15 minutes for `POST /v1/me/factors/{id}/confirmations`, a passkey five, and is forgotten then.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .idempotency(KeyRule::Optional)
        .kept_as(ADD, Some("/v1/me/factors/{}"))
        .max_body(MAX_BODY)
        .body::<Body>()
        .answers::<View>(201, "The factor, with what it begins with.")
        .shown_once()
        .problem(403, "identity.sign_in_again")
        .problem(404, "identity.factor_not_found")
        .problem(409, "identity.factor_confirmed")
        .problem(409, "identity.passkeys_unavailable")
        .problem(409, "identity.too_many_factors")
        .problem(422, "identity.invalid_request")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let Body { kind, name } = body;
    let new = service
        .add_factor(&ctx, kind.into(), name.as_deref())
        .await
        .map_err(problem)?;
    let location = format!("/v1/me/factors/{}", new.factor.id);
    Ok(Reply::created(location, &View::from(new)))
}
