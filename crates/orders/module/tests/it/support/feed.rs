//! What another module tells: a feed that tests write.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use tenon_events::{Envelope, Feed, FeedPage};
use tenon_kernel::{Env, Interface, TraceContext};
use tenon_seam::{Event, SeamFault};

pub(crate) struct EventFeed {
    env: Env,
    source: &'static str,
    events: Mutex<Vec<Envelope>>,
}

impl EventFeed {
    pub(crate) fn new(env: Env, source: &'static str) -> Self {
        Self {
            env,
            source,
            events: Mutex::default(),
        }
    }

    /// Publishes a fact.
    pub(crate) fn push<E: Event>(&self, event: &E) {
        let mut events = self
            .events
            .lock()
            .expect("no test panics while it holds the feed");
        let position = i64::try_from(events.len()).expect("few events") + 1;
        let subject = event.subject();
        let sequence = i64::try_from(
            events
                .iter()
                .filter(|other| other.subject == subject)
                .count(),
        )
        .expect("few")
            + 1;
        events.push(Envelope {
            specversion: "1.0".to_owned(),
            id: self.env.new_id(),
            source: format!("/{}", self.source),
            event_type: E::TYPE.to_owned(),
            subject,
            time: self.env.now(),
            dataschema: format!("/schemas/{}/{}", E::TYPE, E::VERSION),
            sequence,
            feedposition: position,
            actor: format!("service:{}", self.source),
            interface: Interface::Webhook,
            correlationid: None,
            causationid: None,
            traceparent: TraceContext::start(&self.env).to_traceparent(),
            data: serde_json::to_value(event).expect("events are plain data"),
        });
    }
}

#[async_trait]
impl Feed for EventFeed {
    fn source(&self) -> &'static str {
        self.source
    }

    async fn read(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault> {
        let events = self
            .events
            .lock()
            .expect("no test panics while it holds the feed");
        let page: Vec<Envelope> = events
            .iter()
            .filter(|event| event.feedposition > after)
            .take(limit as usize)
            .cloned()
            .collect();
        let position = page.last().map_or(after, |event| event.feedposition);
        let head = i64::try_from(events.len()).expect("few events");
        Ok(FeedPage {
            events: page,
            position,
            head,
        })
    }

    async fn wait(&self, _: Duration) {}
}
