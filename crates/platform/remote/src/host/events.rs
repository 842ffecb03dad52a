//! `GET /_seam/{module}/events`: a stretch of a feed, waited for if there is nothing yet.

use std::time::Duration;

use bytes::Bytes;
use tenon_events::FeedPage;
use tenon_seam::{Executed, SeamFault, WireOutcome, WireReply};
use tokio::time::Instant;

use super::Serving;
use crate::feed::{LARGEST_PAGE, PageBody};

/// Most events at once.
const MOST_EVENTS: u32 = 512;
/// Longest wait for a first one.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// One bell rings for all who wait; whoever was reading just then looks again after this.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What a consumer asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    after: i64,
    limit: u32,
    wait: Duration,
}

impl Stretch {
    /// Reads `after=…&limit=…&wait_ms=…`, each exactly once.
    pub(super) fn read(query: &str) -> Option<Self> {
        let (mut after, mut limit, mut wait) = (None, None, None);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=')?;
            let seen_before = match name {
                "after" => after.replace(value.parse::<i64>().ok()?).is_some(),
                "limit" => limit.replace(value.parse::<u32>().ok()?).is_some(),
                "wait_ms" => wait.replace(value.parse::<u64>().ok()?).is_some(),
                _ => return None,
            };
            if seen_before {
                return None;
            }
        }
        Some(Self {
            after: after?,
            limit: limit?.clamp(1, MOST_EVENTS),
            wait: Duration::from_millis(wait?).min(LONGEST_WAIT),
        })
    }
}

impl Serving {
    pub(super) async fn events(
        &self,
        module: &str,
        stretch: Stretch,
    ) -> Result<WireReply, SeamFault> {
        let feed = self.host.feeds.get(module).ok_or(SeamFault::VersionSkew)?;
        let until = Instant::now() + stretch.wait;
        loop {
            let page = feed.read(stretch.after, stretch.limit).await?;
            let left = until.saturating_duration_since(Instant::now());
            if !page.events.is_empty() || left.is_zero() || self.stop.is_cancelled() {
                return encode(page);
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => {}
                () = feed.wait(left.min(LOOK_AGAIN)) => {}
            }
        }
    }
}

fn encode(page: FeedPage) -> Result<WireReply, SeamFault> {
    let body = PageBody {
        events: page.events,
        position: page.position,
        head: page.head,
    };
    let bytes = serde_json::to_vec(&body).map_err(|error| {
        tracing::error!(error = %error, "events could not be encoded");
        SeamFault::VersionSkew
    })?;
    if bytes.len() > LARGEST_PAGE {
        return Err(SeamFault::TooLarge {
            limit: LARGEST_PAGE as u64,
            executed: Executed::No,
        });
    }
    Ok(WireReply {
        tail: Bytes::new(),
        outcome: WireOutcome::Ok(bytes.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_bounded_and_unambiguous() {
        let read = Stretch::read("after=7&limit=5000&wait_ms=99999999").expect("complete");
        let bounded = Stretch {
            after: 7,
            limit: MOST_EVENTS,
            wait: LONGEST_WAIT,
        };
        assert_eq!(read, bounded);
        for wrong in [
            "",
            "after=7&limit=1",
            "after=7&after=8&limit=1&wait_ms=0",
            "after=x&limit=1&wait_ms=0",
            "after=7&limit=1&wait_ms=0&more=1",
        ] {
            assert_eq!(Stretch::read(wrong), None, "{wrong}");
        }
    }
}
