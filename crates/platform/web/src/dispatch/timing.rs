//! `Server-Timing` (W3C): how long the parts of an answer took, for those who may know.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use tenon_kernel::{CallStats, Principal, Role};
use tokio::time::Instant;

use super::Exchange;

pub(super) static SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// When a request was where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    told: bool,
    admitted: Option<Instant>,
}

impl Timing {
    /// `for_all` is what the settings say.
    pub(super) const fn new(for_all: bool) -> Self {
        Self {
            told: for_all,
            admitted: None,
        }
    }

    /// `auth` until the caller was admitted, `handler` from then on; in it `db` and `calls` to other modules, each added
    /// up over what went on at the same time.
    pub(super) fn header(
        &self,
        started: Instant,
        stats: Option<&CallStats>,
    ) -> Option<HeaderValue> {
        if !self.told {
            return None;
        }
        let total = started.elapsed();
        let mut parts = Vec::with_capacity(5);
        if let Some(admitted) = self.admitted {
            let auth = admitted.duration_since(started);
            parts.push(part("auth", auth));
            parts.push(part("handler", total.saturating_sub(auth)));
        }
        if let Some(stats) = stats {
            parts.push(part("db", stats.database_time()));
            parts.push(part("calls", stats.seam_time()));
        }
        parts.push(part("total", total));
        HeaderValue::try_from(parts.join(", ")).ok()
    }
}

impl Exchange<'_> {
    /// The caller may go on. Staff is told how long it takes.
    pub(super) fn admitted(&mut self, principal: &Principal) {
        self.timing.admitted = Some(Instant::now());
        self.timing.told |= is_staff(principal);
    }
}

fn is_staff(principal: &Principal) -> bool {
    let user = principal.user();
    user.is_some_and(|user| {
        user.roles
            .iter()
            .any(|role| matches!(role, Role::Staff | Role::Admin))
    })
}

fn part(name: &str, took: Duration) -> String {
    format!("{name};dur={:.3}", took.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn parts_are_told_in_milliseconds() {
        let started = Instant::now();
        tokio::time::advance(Duration::from_micros(1_500)).await;
        let timing = Timing {
            told: true,
            admitted: Some(Instant::now()),
        };
        tokio::time::advance(Duration::from_millis(20)).await;
        let stats = CallStats::default();
        stats.record_statement(Duration::from_millis(7));
        stats.record_seam_time(Duration::from_millis(4));
        let header = timing.header(started, Some(&stats)).expect("it is told");
        assert_eq!(
            header,
            "auth;dur=1.500, handler;dur=20.000, db;dur=7.000, calls;dur=4.000, total;dur=21.500"
        );
        assert_eq!(Timing::new(false).header(started, Some(&stats)), None);
    }
}
