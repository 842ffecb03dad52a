//! `PATCH /v1/me`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::IdentityError;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::FieldError;
use tenon_seam::SeamError;
use tenon_web::{ApiJson, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::views::MeView;
use super::{AUTH, MAX_BODY, TAG, problem};
use crate::domain::change::Change;
use crate::domain::password::Password;
use crate::service::{MePatch, NewPassword, Service};

/// What changes; absent members stay.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MePatch")]
pub(super) struct Body {
    /// What to call you: 1 to 100 characters; null clears it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    display_name: Change<String>,
    /// Needed with `new_password`.
    #[schemars(extend("format" = "password", "writeOnly" = true))]
    current_password: Option<String>,
    /// 8 to 256 characters, any characters.
    #[schemars(length(min = 8, max = 256), extend("format" = "password", "writeOnly" = true))]
    new_password: Option<String>,
    /// With `new_password`: whether your other sessions end; yes unless said.
    end_other_sessions: Option<bool>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch("/v1/me", "update_me", Policy::SignedIn)
        .tag(TAG)
        .scope_rule(ScopeRule::FirstParty)
        .summary("Changes the person who is signed in.")
        .needs_if_match()
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .body::<Body>()
        .answers::<MeView>(200, "You, as you are now.")
        .problem(412, "identity.stale_version")
        .problem(422, "identity.invalid_request")
        .problem(422, "identity.weak_password")
        .problem(422, "identity.wrong_password")
        .problem(429, "identity.too_many_attempts")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let patch = body.into_patch().map_err(problem)?;
    let account = service
        .update_me(&ctx, version, patch)
        .await
        .map_err(problem)?;
    Ok(Reply::ok(&MeView::from(&account)).version(account.version))
}

impl Body {
    fn into_patch(self) -> Result<MePatch, SeamError<IdentityError>> {
        let missing = |pointer: &str, detail: &str| {
            let errors = vec![FieldError::new(pointer, "required", detail)];
            Err(SeamError::Domain(IdentityError::InvalidRequest { errors }))
        };
        let password = match (self.current_password, self.new_password) {
            (Some(current), Some(new)) => Some(NewPassword {
                current: Password::new(current),
                new: Password::new(new),
                end_other_sessions: self.end_other_sessions.unwrap_or(true),
            }),
            (None, Some(_)) => {
                return missing("/current_password", "A new password needs the current one.");
            }
            (Some(_), None) => {
                return missing(
                    "/new_password",
                    "The current password belongs to a new one.",
                );
            }
            (None, None) if self.end_other_sessions.is_some() => {
                return missing(
                    "/new_password",
                    "`end_other_sessions` belongs to a new password.",
                );
            }
            (None, None) => None,
        };
        Ok(MePatch {
            display_name: self.display_name,
            password,
        })
    }
}
