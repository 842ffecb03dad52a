//! `POST /v1/me/contact-points`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::NotificationsError;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_seam::SeamError;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::super::view::reader;
use super::{ContactPointView, PATH, TAG};
use crate::domain::{ContactKind, NewContactPoint, Platform};
use crate::service::{CREATE_CONTACT_POINT, Service};

/// A telephone or a device.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateContactPoint")]
struct CreateContactPointBody {
    /// What it is.
    kind: ContactKind,
    /// Of a telephone: international, `+4915112345678` (E.164).
    #[schemars(length(min = 9, max = 16), regex(pattern = r"^\+[1-9][0-9]{7,14}$"))]
    number: Option<String>,
    /// Of a device: what its app was given by the service that pushes.
    #[schemars(length(min = 16, max = 1_024))]
    token: Option<String>,
    /// Of a device: what it runs.
    platform: Option<Platform>,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::post(PATH, "create_my_contact_point", Policy::SignedIn)
        .tag(TAG)
        .scope_rule(ScopeRule::FirstParty)
        .summary("Adds a telephone or a device of the caller.")
        .description(
            "A telephone is sent a code of six digits, which counts for ten minutes and five guesses; until it is given \
             back, nothing else is sent there. A device counts at once. One that is there already is answered as it is, \
             and is sent no code. At most five codes are sent within a day.",
        )
        .idempotency(KeyRule::Required)
        .kept_as(CREATE_CONTACT_POINT, Some(PATH))
        .body::<CreateContactPointBody>()
        .answers::<ContactPointView>(201, "The telephone or device.")
        .problem(409, "notifications.channel_unavailable")
        .problem(409, "notifications.too_many_contact_points")
        .problem(409, "notifications.too_many_codes")
        .problem(422, "notifications.invalid_request")
        .handler(handler, service)
}

/// Adds a contact point.
#[tracing::instrument(name = "http.notifications.create_contact_point", skip_all)]
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreateContactPointBody>,
) -> Result<Reply, Problem> {
    let user = reader(&ctx)?;
    let new = NewContactPoint::read(body.kind, body.number, body.token, body.platform)
        .map_err(|errors| SeamError::Domain(NotificationsError::InvalidRequest { errors }))?;
    let shown = service.create_contact_point(&ctx, user, new).await?;
    let version = shown.point.version;
    Ok(Reply::created(PATH, &ContactPointView::from(shown)).version(version))
}
