//! What a person has chosen, as they see it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{Place, Preferences, QuietHours, Topic, TopicMode, effective};

/// What the caller is told, and where.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotificationPreferences")]
pub(super) struct PreferencesView {
    /// Grows with each change: `If-Match: "v<version>"`. 1 for those who have never chosen.
    version: i64,
    /// One for each topic and channel there is.
    choices: Vec<ChoiceView>,
    /// Where the caller's clock is read: an IANA name.
    time_zone: String,
    /// When nothing is sent to telephones and devices; null if it always is.
    quiet_hours: Option<QuietHoursView>,
    /// When daily digests come: an hour of the caller's clock.
    digest_hour: u8,
}

/// Hours of the clock, in the time zone of the preferences. They may go past midnight.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "QuietHours")]
pub(super) struct QuietHoursView {
    /// The first quiet hour.
    #[schemars(range(min = 0, max = 23))]
    from: u8,
    /// The first hour that is not quiet any more.
    #[schemars(range(min = 0, max = 23))]
    until: u8,
}

impl From<QuietHours> for QuietHoursView {
    fn from(quiet: QuietHours) -> Self {
        Self {
            from: quiet.from,
            until: quiet.until,
        }
    }
}

impl From<QuietHoursView> for QuietHours {
    fn from(view: QuietHoursView) -> Self {
        Self {
            from: view.from,
            until: view.until,
        }
    }
}

/// A topic and a channel.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotificationChoice")]
pub(super) struct ChoiceView {
    /// What it is about.
    topic: Topic,
    /// Where it is told.
    channel: Place,
    /// When it is told.
    mode: TopicMode,
    /// What can be chosen.
    modes: &'static [TopicMode],
}

impl From<&Preferences> for PreferencesView {
    fn from(preferences: &Preferences) -> Self {
        let choices = effective(preferences).map(|(line, mode)| ChoiceView {
            topic: line.topic,
            channel: line.place,
            mode,
            modes: line.modes,
        });
        Self {
            version: preferences.version,
            choices: choices.collect(),
            time_zone: preferences.time_zone.clone(),
            quiet_hours: preferences.quiet_hours.map(QuietHoursView::from),
            digest_hour: preferences.digest_hour,
        }
    }
}
