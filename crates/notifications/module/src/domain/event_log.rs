//! The log of public events: what stands in it, and how its positions are written.

use notifications_contract::NotificationsError;
use serde::Serialize;
use serde_json::value::RawValue;
use tenon_events::EventId;
use tenon_kernel::{Timestamp, TraceContext};

/// Digits of the largest position: texts of equal length are ordered as the numbers are.
const DIGITS: usize = 19;

/// An event as it is told outside.
#[derive(Debug)]
pub(crate) struct PublicEvent {
    /// Place in the log, gap-free from 1, in commit order.
    pub(crate) position: i64,
    pub(crate) id: EventId,
    /// The producing module.
    pub(crate) source: String,
    pub(crate) event_type: String,
    pub(crate) dataschema: String,
    pub(crate) subject: String,
    pub(crate) time: Timestamp,
    pub(crate) data: Box<RawValue>,
    /// Of what caused it; absent in pages, and in what was recorded without.
    pub(crate) trace: Option<TraceContext>,
}

/// An event on its way into the log.
#[derive(Debug)]
pub(crate) struct NewPublicEvent {
    pub(crate) id: EventId,
    pub(crate) source: String,
    pub(crate) event_type: String,
    pub(crate) dataschema: String,
    pub(crate) subject: String,
    pub(crate) time: Timestamp,
    /// W3C trace context of what caused it.
    pub(crate) traceparent: String,
    /// JSON of what is told.
    pub(crate) data: String,
}

/// Which events; all given members must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct EventFilter {
    pub(crate) event_type: Option<String>,
    pub(crate) subject: Option<String>,
}

/// Both ends of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    /// Position of the newest event.
    pub(crate) head: i64,
    /// Up to here events are no longer kept.
    pub(crate) purged: i64,
}

/// A stretch of the log, taken at one moment.
#[derive(Debug)]
pub(crate) struct LogPage {
    pub(crate) ends: Ends,
    pub(crate) events: Vec<PublicEvent>,
}

impl Ends {
    /// Says whether a reader can go on after a position without missing an event.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::EventsGone`] if events after it are no longer kept, or if the log never came so far: it
    /// was restored from a backup, and what the reader has seen is not what it would be told again.
    pub(crate) fn check(self, after: i64) -> Result<(), NotificationsError> {
        if (self.purged..=self.head).contains(&after) {
            Ok(())
        } else {
            Err(NotificationsError::EventsGone {
                kept_after: self.purged,
            })
        }
    }
}

/// Writes a position: `0000000000000000042`.
pub(crate) fn position_text(position: i64) -> String {
    format!("{position:0DIGITS$}")
}

/// Reads a position, with or without the zeros in front.
pub(crate) fn read_position(text: &str) -> Option<i64> {
    let is_number =
        (1..=DIGITS).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ordered_as_positions_are() {
        let positions = [1, 9, 10, 1_000_000_007, i64::MAX];
        let texts: Vec<_> = positions.map(position_text).into();
        assert!(texts.is_sorted());
        for (text, position) in texts.iter().zip(positions) {
            assert_eq!(read_position(text), Some(position));
        }
        assert_eq!(read_position("42"), Some(42));
    }

    #[test]
    fn anything_else_is_no_position() {
        for text in [
            "",
            "-1",
            "+1",
            " 1",
            "1.0",
            "x",
            "9223372036854775808",
            "00000000000000000001",
        ] {
            assert_eq!(read_position(text), None, "{text}");
        }
    }

    #[test]
    fn a_reader_goes_on_where_nothing_is_missing() {
        let ends = Ends { head: 9, purged: 4 };
        for (after, is_whole) in [(3, false), (4, true), (9, true), (10, false)] {
            assert_eq!(ends.check(after).is_ok(), is_whole, "{after}");
        }
    }
}
