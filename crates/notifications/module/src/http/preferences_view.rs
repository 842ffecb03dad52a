//! What a person has chosen, as they see it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{Place, Preferences, Topic, TopicMode, effective};

/// What the caller is told, and where.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotificationPreferences")]
pub(super) struct PreferencesView {
    /// Grows with each change: `If-Match: "v<version>"`. 1 for those who have never chosen.
    version: i64,
    /// One for each topic and channel there is.
    choices: Vec<ChoiceView>,
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
        }
    }
}
