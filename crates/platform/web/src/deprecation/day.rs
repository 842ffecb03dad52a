//! Days of the calendar, known when the program is compiled.

use std::fmt;
use std::time::{Duration, SystemTime};

use httpdate::fmt_http_date;
use tenon_kernel::Timestamp;

/// A day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day {
    year: i64,
    month: i64,
    of_month: i64,
}

impl Day {
    /// Reads `2026-12-01`.
    pub(super) const fn parse(text: &str) -> Self {
        let text = text.as_bytes();
        assert!(
            text.len() == 10 && text[4] == b'-' && text[7] == b'-',
            "a day is written 2026-12-01"
        );
        let year = number(text, 0, 4);
        let (month, day) = (number(text, 5, 7), number(text, 8, 10));
        assert!(
            month >= 1 && month <= 12 && day >= 1 && day <= 28,
            "a day that every month has"
        );
        Self {
            year,
            month,
            of_month: day,
        }
    }

    pub(super) const fn is_from_six_months_after(self, other: Self) -> bool {
        let (months, other_months) = (
            self.year * 12 + self.month,
            other.year * 12 + other.month + 6,
        );
        months > other_months || (months == other_months && self.of_month >= other.of_month)
    }

    pub(super) fn begins_at(self) -> Timestamp {
        let midnight = format!("{self}T00:00:00Z");
        midnight.parse().expect("a day that every month has")
    }

    /// As headers say it (RFC 9110 §5.6.7).
    pub(super) fn http_date(self) -> String {
        let seconds = u64::try_from(self.begins_at().as_unix_seconds());
        let after = Duration::from_secs(seconds.expect("deprecations are younger than 1970"));
        fmt_http_date(SystemTime::UNIX_EPOCH + after)
    }
}

const fn number(text: &[u8], from: usize, to: usize) -> i64 {
    let (mut value, mut at) = (0, from);
    while at < to {
        assert!(text[at].is_ascii_digit(), "a day is written 2026-12-01");
        value = value * 10 + (text[at] - b'0') as i64;
        at += 1;
    }
    value
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_moments_and_header_text() {
        for (text, moment, header) in [
            ("1970-01-01", 0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("2024-02-28", 1_709_078_400, "Wed, 28 Feb 2024 00:00:00 GMT"),
            ("2024-03-01", 1_709_251_200, "Fri, 01 Mar 2024 00:00:00 GMT"),
            ("2026-12-01", 1_796_083_200, "Tue, 01 Dec 2026 00:00:00 GMT"),
        ] {
            let day = Day::parse(text);
            assert_eq!(day.begins_at().as_unix_seconds(), moment, "{text}");
            assert_eq!(day.http_date(), header);
            assert_eq!(day.to_string(), text);
        }
    }

    #[test]
    fn six_months_are_counted_by_the_calendar() {
        let since = Day::parse("2026-09-15");
        for (text, is_enough) in [
            ("2027-03-14", false),
            ("2027-03-15", true),
            ("2027-02-28", false),
            ("2028-01-01", true),
        ] {
            let day = Day::parse(text);
            assert_eq!(day.is_from_six_months_after(since), is_enough, "{text}");
        }
    }
}
