//! `PUT /v1/me/notification-preferences`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::preferences_view::{PreferencesView, QuietHoursView};
use super::view::{reader, stale};
use crate::domain::{Choice, Place, QuietHours, Topic, TopicMode};
use crate::service::{PutPreferences, Service};

/// What the caller wants to be told, and where: all of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PutNotificationPreferences")]
pub(super) struct PutPreferencesBody {
    /// What is not named is as by default.
    #[schemars(length(max = 50))]
    choices: Vec<ChoiceBody>,
    /// Where the caller's clock is read: an IANA name, `Europe/Berlin`; UTC unless said.
    #[schemars(length(min = 1, max = 64))]
    time_zone: Option<String>,
    /// When nothing is sent to telephones and devices: it waits. Never unless said.
    quiet_hours: Option<QuietHoursView>,
    /// When daily digests come: an hour of the caller's clock, 8 unless said.
    #[schemars(range(min = 0, max = 23))]
    digest_hour: Option<u8>,
}

/// A topic and a channel.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PutNotificationChoice")]
pub(super) struct ChoiceBody {
    /// What it is about.
    topic: Topic,
    /// Where it is told.
    channel: Place,
    /// When it is told: one of the `modes` that the answers list.
    mode: TopicMode,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::put(
        "/v1/me/notification-preferences",
        "put_my_notification_preferences",
        Policy::SignedIn,
    )
    .tag("notifications")
    .summary("Chooses what the caller is told, and where.")
    .description(
        "Counts for messages that are asked for from then on, and for those that have not left yet. Security messages \
         cannot be switched off. What was gathered for a digest leaves at once if the topic is not gathered any more, \
         or is dropped if it is off.",
    )
    .needs_if_match()
    .body::<PutPreferencesBody>()
    .answers::<PreferencesView>(200, "The preferences as they are now.")
    .problem(412, "notifications.stale_version")
    .problem(422, "notifications.invalid_request")
    .handler(handler, service)
}

/// Writes the caller's preferences.
#[tracing::instrument(name = "http.notifications.put_preferences", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<PutPreferencesBody>,
) -> Result<Reply, Problem> {
    let choices = body.choices.into_iter().map(|choice| Choice {
        topic: choice.topic,
        place: choice.channel,
        mode: choice.mode,
    });
    let request = PutPreferences {
        user: reader(&ctx)?,
        version,
        choices: choices.collect(),
        time_zone: body.time_zone,
        quiet_hours: body.quiet_hours.map(QuietHours::from),
        digest_hour: body.digest_hour,
    };
    let preferences = service
        .put_preferences(&ctx, request)
        .await
        .map_err(stale)?;
    Ok(Reply::ok(&PreferencesView::from(&preferences)).version(preferences.version))
}
