//! Hours in which nothing rings, and those at which digests come, on the clock of the reader.

use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, Zoned};
use tenon_kernel::Timestamp;

use super::preferences::{Preferences, QuietHours};
use super::topic::Mode;

/// Whether there is such a zone, by its IANA name. The data are a part of the program.
pub(crate) fn is_zone(name: &str) -> bool {
    name.len() <= 64 && TimeZone::get(name).is_ok()
}

impl Preferences {
    /// When the quiet that reigns now ends; `None` if nothing has to wait. On a day on which the clock skips the hour,
    /// it ends with the first moment after it; where the hour comes twice, with the first.
    pub(crate) fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        let quiet = self.quiet_hours?;
        let here = self.clock(now)?;
        if !quiet.covers(here.hour()) {
            return None;
        }
        next(&here, quiet.until).map(|end| instant(&end))
    }

    /// When what is gathered now is told; `None` for a mode in which nothing is gathered. Days end at the hour that the
    /// reader has chosen, by the same rules as quiet does.
    pub(crate) fn digest_at(&self, mode: Mode, now: Timestamp) -> Option<Timestamp> {
        let here = self.clock(now)?;
        let end = match mode {
            Mode::Instant | Mode::Off => return None,
            Mode::Hourly => {
                let into = i64::from(here.minute()) * 60 + i64::from(here.second());
                let begun = here.timestamp().as_second() - into;
                return Some(Timestamp::from_unix_seconds(begun + 3_600));
            }
            Mode::Daily => next(&here, self.digest_hour)?,
        };
        Some(instant(&end))
    }

    /// What the reader's clock shows.
    fn clock(&self, now: Timestamp) -> Option<Zoned> {
        // A zone that is gone from the data since: the clock of everybody.
        let zone = TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC);
        let now = Instant::from_microsecond(now.as_micros()).ok()?;
        Some(now.to_zoned(zone))
    }
}

fn instant(at: &Zoned) -> Timestamp {
    Timestamp::from_micros(at.timestamp().as_microsecond())
}

impl QuietHours {
    fn covers(self, hour: i8) -> bool {
        let Ok(hour) = u8::try_from(hour) else {
            return false;
        };
        if self.from < self.until {
            (self.from..self.until).contains(&hour)
        } else {
            hour >= self.from || hour < self.until
        }
    }
}

/// The next time at which a clock that shows `here` strikes an hour.
fn next(here: &Zoned, hour: u8) -> Option<Zoned> {
    let hour = i8::try_from(hour).ok()?;
    let at = |day: jiff::civil::Date| day.at(hour, 0, 0, 0).to_zoned(here.time_zone().clone());
    let today = at(here.date()).ok()?;
    if &today > here {
        return Some(today);
    }
    at(here.date().tomorrow().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(zone: &str, from: u8, until: u8, now: &str) -> Option<String> {
        let preferences = Preferences {
            time_zone: zone.to_owned(),
            quiet_hours: Some(QuietHours { from, until }),
            ..Preferences::default()
        };
        let now = now.parse().expect("a time");
        preferences.quiet_until(now).map(|at| at.to_string())
    }

    #[test]
    fn quiet_ends_on_the_clock_of_its_reader() {
        let berlin = |now| until("Europe/Berlin", 22, 7, now);
        assert_eq!(berlin("2026-06-01T19:59:00Z"), None);
        assert_eq!(
            berlin("2026-06-01T20:00:00Z").as_deref(),
            Some("2026-06-02T05:00:00Z")
        );
        assert_eq!(
            berlin("2026-06-02T04:59:00Z").as_deref(),
            Some("2026-06-02T05:00:00Z")
        );
        assert_eq!(berlin("2026-06-02T05:00:00Z"), None);
        // The night in which the clock is put forward, the one in which it is put back, the end of a month and a year.
        assert_eq!(
            berlin("2026-03-28T22:30:00Z").as_deref(),
            Some("2026-03-29T05:00:00Z")
        );
        assert_eq!(
            berlin("2026-10-24T21:00:00Z").as_deref(),
            Some("2026-10-25T06:00:00Z")
        );
        assert_eq!(
            berlin("2026-01-31T22:00:00Z").as_deref(),
            Some("2026-02-01T06:00:00Z")
        );
        assert_eq!(
            berlin("2026-12-31T22:00:00Z").as_deref(),
            Some("2027-01-01T06:00:00Z")
        );
    }

    #[test]
    fn an_hour_that_does_not_come_ends_the_quiet_all_the_same() {
        // 02:00 to 03:00 is skipped on 29 March 2026.
        let berlin = |now| until("Europe/Berlin", 22, 2, now);
        assert_eq!(
            berlin("2026-03-29T00:30:00Z").as_deref(),
            Some("2026-03-29T01:00:00Z")
        );
        assert_eq!(berlin("2026-03-29T01:00:00Z"), None);
    }

    #[test]
    fn digests_come_on_the_clock_of_their_reader() {
        let at = |zone: &str, mode, now: &str| {
            let preferences = Preferences {
                time_zone: zone.to_owned(),
                ..Preferences::default()
            };
            let at = preferences.digest_at(mode, now.parse().expect("a time"));
            at.map(|at| at.to_string()).unwrap_or_default()
        };
        for (zone, mode, now, expected) in [
            (
                "UTC",
                Mode::Hourly,
                "2026-06-01T13:00:00Z",
                "2026-06-01T14:00:00Z",
            ),
            (
                "UTC",
                Mode::Hourly,
                "2026-06-01T13:59:59.9Z",
                "2026-06-01T14:00:00Z",
            ),
            (
                "Asia/Kathmandu",
                Mode::Hourly,
                "2026-06-01T13:00:00Z",
                "2026-06-01T13:15:00Z",
            ),
            (
                "UTC",
                Mode::Daily,
                "2026-06-01T07:59:00Z",
                "2026-06-01T08:00:00Z",
            ),
            (
                "UTC",
                Mode::Daily,
                "2026-06-01T08:00:00Z",
                "2026-06-02T08:00:00Z",
            ),
            (
                "Europe/Berlin",
                Mode::Daily,
                "2026-06-01T06:00:00Z",
                "2026-06-02T06:00:00Z",
            ),
            (
                "Europe/Berlin",
                Mode::Daily,
                "2026-03-28T12:00:00Z",
                "2026-03-29T06:00:00Z",
            ),
            (
                "Europe/Berlin",
                Mode::Daily,
                "2026-10-24T12:00:00Z",
                "2026-10-25T07:00:00Z",
            ),
            ("UTC", Mode::Instant, "2026-06-01T13:00:00Z", ""),
            ("UTC", Mode::Off, "2026-06-01T13:00:00Z", ""),
        ] {
            assert_eq!(at(zone, mode, now), expected, "{zone} {mode:?} {now}");
        }
    }

    #[test]
    fn hours_of_a_day_are_quiet_too() {
        assert_eq!(
            until("UTC", 12, 14, "2026-06-01T13:00:00Z").as_deref(),
            Some("2026-06-01T14:00:00Z")
        );
        assert_eq!(until("UTC", 12, 14, "2026-06-01T14:00:00Z"), None);
        assert_eq!(
            until("Nowhere/Gone", 12, 14, "2026-06-01T13:00:00Z").as_deref(),
            Some("2026-06-01T14:00:00Z")
        );
        assert!(is_zone("Asia/Kathmandu") && !is_zone("Nowhere/Gone"));
    }
}
