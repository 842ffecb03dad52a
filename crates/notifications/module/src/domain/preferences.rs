//! What a person has chosen, and what counts for what they have not.

use notifications_contract::NotificationsError;
use serde::{Deserialize, Serialize};
use tenon_kernel::FieldError;

use super::topic::{self, Mode, Place, TABLE, Topic};

/// The version of preferences that nobody has written yet.
const FIRST_VERSION: i64 = 1;
/// The zone of those who have not said where they live.
const DEFAULT_ZONE: &str = "UTC";

/// The hour at which daily digests come to those who have not said one.
pub(crate) const DEFAULT_DIGEST_HOUR: u8 = 8;

/// One choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) topic: Topic,
    pub(crate) place: Place,
    pub(crate) mode: Mode,
}

/// Hours of the clock between which nothing rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuietHours {
    pub(crate) from: u8,
    /// The first hour that is not quiet.
    pub(crate) until: u8,
}

/// What a person has chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preferences {
    /// Those that differ from the default, or did when they were made.
    pub(crate) choices: Vec<Choice>,
    pub(crate) time_zone: String,
    pub(crate) quiet_hours: Option<QuietHours>,
    /// When daily digests come.
    pub(crate) digest_hour: u8,
    pub(crate) version: i64,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            choices: Vec::new(),
            time_zone: DEFAULT_ZONE.to_owned(),
            quiet_hours: None,
            digest_hour: DEFAULT_DIGEST_HOUR,
            version: FIRST_VERSION,
        }
    }
}

impl Preferences {
    /// When to tell about a topic in a place: as chosen if it can be chosen still, else by default.
    pub(crate) fn mode(&self, topic: Topic, place: Place) -> Mode {
        let Some(line) = topic::find(topic, place) else {
            return Mode::Off;
        };
        self.choices
            .iter()
            .find(|choice| (choice.topic, choice.place) == (topic, place))
            .map(|choice| choice.mode)
            .filter(|mode| line.modes.contains(mode))
            .unwrap_or(line.mode)
    }

    /// The same with one more choice.
    pub(crate) fn choosing(mut self, chosen: Choice) -> Self {
        self.choices
            .retain(|choice| (choice.topic, choice.place) != (chosen.topic, chosen.place));
        self.choices.push(chosen);
        self
    }
}

/// Checks choices as somebody sent them.
///
/// # Errors
///
/// [`NotificationsError::InvalidRequest`] naming every wrong member.
pub(crate) fn check(choices: &[Choice]) -> Result<(), NotificationsError> {
    let mut errors = Vec::new();
    for (n, choice) in choices.iter().enumerate() {
        let line = topic::find(choice.topic, choice.place);
        match line {
            None => errors.push(FieldError::new(
                format!("/choices/{n}/channel"),
                "not_offered",
                "This topic is not told over this channel.",
            )),
            Some(line) if !line.modes.contains(&choice.mode) => errors.push(FieldError::new(
                format!("/choices/{n}/mode"),
                "not_offered",
                "This topic cannot be told so over this channel; `modes` lists what can be chosen.",
            )),
            Some(_) => {}
        }
        let is_twin = |other: &Choice| (other.topic, other.place) == (choice.topic, choice.place);
        if choices[..n].iter().any(is_twin) {
            errors.push(FieldError::new(
                format!("/choices/{n}"),
                "duplicate",
                "There is a choice for this topic and channel already.",
            ));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(NotificationsError::InvalidRequest { errors })
    }
}

/// What counts, line by line of the table.
pub(crate) fn effective(
    preferences: &Preferences,
) -> impl Iterator<Item = (&'static topic::Line, Mode)> + '_ {
    TABLE
        .iter()
        .map(|line| (line, preferences.mode(line.topic, line.place)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_kernel::ServiceError as _;

    fn choice(topic: Topic, place: Place, mode: Mode) -> Choice {
        Choice { topic, place, mode }
    }

    #[test]
    fn what_is_chosen_counts_and_the_rest_is_as_by_default() {
        let off = choice(Topic::Orders, Place::Email, Mode::Off);
        let preferences = Preferences::default().choosing(off);
        assert_eq!(preferences.mode(Topic::Orders, Place::Email), Mode::Off);
        assert_eq!(preferences.mode(Topic::Orders, Place::InApp), Mode::Instant);
        assert_eq!(
            preferences.mode(Topic::Shipping, Place::Email),
            Mode::Instant
        );
        let on = choice(Topic::Orders, Place::Email, Mode::Instant);
        let again = preferences.choosing(off).choosing(on);
        assert_eq!(again.choices, [on]);
    }

    /// Even if a row says so: the table may have become stricter since.
    #[test]
    fn a_stored_choice_cannot_switch_security_off() {
        let off = choice(Topic::Security, Place::Email, Mode::Off);
        let preferences = Preferences::default().choosing(off);
        assert_eq!(
            preferences.mode(Topic::Security, Place::Email),
            Mode::Instant
        );
    }

    #[test]
    fn wrong_choices_are_named() {
        let good = choice(Topic::Orders, Place::Email, Mode::Off);
        assert_eq!(check(&[good]), Ok(()));
        let bad = [good, choice(Topic::Security, Place::InApp, Mode::Off), good];
        let error = check(&bad).expect_err("two are wrong");
        let pointers: Vec<_> = error.fields().into_iter().map(|f| f.pointer).collect();
        assert_eq!(pointers, ["/choices/1/mode", "/choices/2"]);
    }
}
