//! `POST /v1/webhook-endpoints/{id}/replays`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::{WebhookEndpointId, WebhookReplayId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{FieldError, Role};
use tenon_seam::SeamError;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use crate::domain::{position_text, read_position};
use crate::service::{REPLAY, Stretch, Webhooks};

/// A stretch of the log.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReplayWebhooks")]
pub(super) struct ReplayWebhooksBody {
    /// A `sequence`: what comes after it is sent again.
    #[schemars(regex(pattern = "^[0-9]{1,19}$"))]
    after: String,
    /// A `sequence`: the last that is sent again; the newest unless said.
    #[schemars(regex(pattern = "^[0-9]{1,19}$"))]
    until: Option<String>,
}

/// A stretch of the log that is being sent again.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookReplay")]
pub(super) struct WebhookReplayView {
    /// Its id.
    id: WebhookReplayId,
    /// To whom.
    endpoint_id: WebhookEndpointId,
    /// What comes after this `sequence`.
    after: String,
    /// Up to this `sequence`.
    until: String,
}

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::post(
        "/v1/webhook-endpoints/{id}/replays",
        "replay_webhooks",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Sends a stretch of the log again.")
    .description(
        "Of the types that the receiver gets, under the same ids as before, behind everything that is on its way to it.",
    )
    .path_param::<WebhookEndpointId>("id", "The receiver.")
    .idempotency(KeyRule::Optional)
    .kept_as(REPLAY, None)
    .body::<ReplayWebhooksBody>()
    .answers::<WebhookReplayView>(202, "What will be sent again.")
    .without_location()
    .problem(404, "notifications.webhook_endpoint_not_found")
    .problem(410, "notifications.events_gone")
    .problem(422, "notifications.invalid_request")
    .handler(handler, webhooks)
}

/// Sends a stretch of the log again.
#[tracing::instrument(name = "http.notifications.replay_webhooks", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<WebhookEndpointId>,
    ApiJson(body): ApiJson<ReplayWebhooksBody>,
) -> Result<Reply, Problem> {
    let stretch = Stretch {
        after: position("/after", &body.after)?,
        until: body
            .until
            .as_deref()
            .map(|until| position("/until", until))
            .transpose()?,
    };
    let (replay_id, stretch) = webhooks.replay(&ctx, id, stretch).await?;
    Ok(Reply::accepted(&WebhookReplayView {
        id: replay_id,
        endpoint_id: id,
        after: position_text(stretch.after),
        until: position_text(stretch.until.unwrap_or(stretch.after)),
    }))
}

fn position(pointer: &str, text: &str) -> Result<i64, Problem> {
    read_position(text).ok_or_else(|| {
        let detail = "A `sequence` is a number of at most 19 digits.";
        let errors = vec![FieldError::new(pointer, "invalid_value", detail)];
        SeamError::Domain(notifications_contract::NotificationsError::InvalidRequest { errors })
            .into()
    })
}
