//! `POST /v1/me/factors/{id}/confirmations`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::FactorId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::FieldError;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::{FactorView, shown};
use crate::domain::factor::OneTimeCode;
use crate::http::passkeys::{AttestationBody, MAX_CREDENTIAL};
use crate::http::{AUTH, invalid, problem};
use crate::service::Service;
use crate::service::factors::{Confirmation, Proof};

/// The first proof: one of the two.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FactorConfirmationBody")]
pub(super) struct Body {
    /// Of an app: the six digits that it shows.
    #[schemars(extend("writeOnly" = true))]
    one_time_code: Option<String>,
    /// Of a passkey: what `navigator.credentials.create()` gave, as its `toJSON()` writes it.
    credential: Option<AttestationBody>,
    /// Whether your other sessions end, which began without the factor; yes unless said.
    end_other_sessions: Option<bool>,
}

/// A factor that is asked for from now on.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConfirmedFactor")]
pub(super) struct View {
    #[serde(flatten)]
    factor: FactorView,
    /// With your first factor: ten codes that stand in for it, each once. No other answer will have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes: Option<Vec<String>>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/me/factors/{id}/confirmations",
        "create_my_factor_confirmation",
        Policy::SignedInOrEnrolling,
    )
    .tag(TAG)
    .summary("Confirms a second factor with its first proof.")
    .description(
        "From now on it is asked for at each sign-in. Your other sessions end, those of programs among them, unless you say \
         otherwise. The answer holds secrets, so it is not kept under an `Idempotency-Key`: if it was lost, \
         `POST /v1/me/recovery-codes` makes new codes. Where a role of yours needs a second factor, access tokens from the \
         next refresh on are good for everything.",
    )
    .scope_rule(ScopeRule::FirstParty)
    .rate_limit(AUTH)
    .max_body(MAX_CREDENTIAL)
    .path_param::<FactorId>("id", "The factor.")
    .body::<Body>()
    .answers::<View>(200, "The factor; with the first one, recovery codes.")
    .problem(404, "identity.factor_not_found")
    .problem(409, "identity.factor_confirmed")
    .problem(409, "identity.passkeys_unavailable")
    .problem(422, "identity.invalid_request")
    .problem(422, "identity.wrong_code")
    .problem(422, "identity.wrong_passkey")
    .problem(429, "identity.too_many_attempts")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<FactorId>,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let proof = match (body.one_time_code, body.credential) {
        (Some(code), None) => Proof::Code(OneTimeCode::parse(&code)),
        (None, Some(sent)) => Proof::Passkey(sent.read("/credential").map_err(invalid)?),
        _ => return Err(invalid(vec![one_of_two()])),
    };
    let confirmation = Confirmation {
        id,
        proof,
        end_other_sessions: body.end_other_sessions.unwrap_or(true),
    };
    let confirmed = service
        .confirm_factor(&ctx, confirmation)
        .await
        .map_err(problem)?;
    Ok(Reply::ok(&View {
        factor: confirmed.factor.into(),
        recovery_codes: confirmed.recovery_codes.as_deref().map(shown),
    }))
}

fn one_of_two() -> FieldError {
    let detail = "Send the code of an app or the credential of a passkey.";
    FieldError::new("/one_time_code", "missing_member", detail)
}
