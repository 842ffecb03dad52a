//! Receivers of webhooks that answer as told and remember everything.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, StatusCode};
use notifications::WebhookSender;
use serde_json::Value;
use tenon_outbound::{Answer, EgressFault, ForbiddenUrl};
use tokio::sync::Notify;

/// A call that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Vec<u8>,
    pub(crate) body: Value,
}

type Rule = dyn Fn(&Call) -> Result<Answer, EgressFault> + Send + Sync;

/// All receivers there are.
pub(crate) struct Receivers {
    rule: Mutex<Arc<Rule>>,
    calls: Mutex<Vec<Call>>,
    /// Calls about this subject are answered when they are let go.
    hanging: Mutex<Option<(String, Arc<Notify>)>>,
    running: AtomicUsize,
    most_running: AtomicUsize,
}

impl Default for Receivers {
    /// They take everything.
    fn default() -> Self {
        Self {
            rule: Mutex::new(Arc::new(|_: &Call| status(204))),
            calls: Mutex::default(),
            hanging: Mutex::default(),
            running: AtomicUsize::new(0),
            most_running: AtomicUsize::new(0),
        }
    }
}

impl Receivers {
    /// Answers like this from now on.
    pub(crate) fn answer(
        &self,
        rule: impl Fn(&Call) -> Result<Answer, EgressFault> + Send + Sync + 'static,
    ) {
        *self.rule.lock().expect("no test panics here") = Arc::new(rule);
    }

    /// Lets the next call about a subject hang until it is let go.
    pub(crate) fn hang(&self, subject: &str) -> Arc<Notify> {
        let let_go = Arc::new(Notify::new());
        let hanging = (subject.to_owned(), Arc::clone(&let_go));
        *self.hanging.lock().expect("no test panics here") = Some(hanging);
        let_go
    }

    /// Waits until so many calls arrived.
    pub(crate) async fn until(&self, count: usize) {
        let arrived = async {
            while self.count() < count {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), arrived).await;
        waited.unwrap_or_else(|_| panic!("{count} calls are waited for in vain"));
    }

    /// What arrived so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no test panics here").clone()
    }

    /// How many calls arrived.
    pub(crate) fn count(&self) -> usize {
        self.calls.lock().expect("no test panics here").len()
    }

    /// The most that were on their way at once.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most_running.load(Ordering::SeqCst)
    }
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).expect("the header is there");
        value.to_str().expect("visible ASCII")
    }

    pub(crate) fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub(crate) fn subject(&self) -> &str {
        self.body["subject"].as_str().expect("text")
    }

    /// `data.version` of a product's event.
    pub(crate) fn version(&self) -> i64 {
        self.body["data"]["version"].as_i64().expect("a number")
    }
}

/// An answer with nothing but a status.
#[expect(clippy::unnecessary_wraps, reason = "what a rule gives")]
pub(crate) fn status(status: u16) -> Result<Answer, EgressFault> {
    Ok(Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        retry_after: None,
    })
}

/// An answer that wants us later.
#[expect(clippy::unnecessary_wraps, reason = "what a rule gives")]
pub(crate) fn later(status: u16, retry_after: &str) -> Result<Answer, EgressFault> {
    Ok(Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        retry_after: Some(retry_after.to_owned()),
    })
}

#[async_trait]
impl WebhookSender for Receivers {
    fn check(&self, url: &str) -> Result<(), ForbiddenUrl> {
        if url.starts_with("https://") {
            Ok(())
        } else {
            Err(ForbiddenUrl::Scheme)
        }
    }

    async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, EgressFault> {
        let call = Call {
            url: url.to_owned(),
            headers,
            body: serde_json::from_slice(&body).expect("JSON"),
            raw: body,
        };
        let now = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_running.fetch_max(now, Ordering::SeqCst);
        // Others get their turn, so that calls overlap.
        tokio::task::yield_now().await;
        let rule = Arc::clone(&*self.rule.lock().expect("no test panics here"));
        self.calls
            .lock()
            .expect("no test panics here")
            .push(call.clone());
        let hangs = {
            let mut hanging = self.hanging.lock().expect("no test panics here");
            hanging.take_if(|(subject, _)| subject == call.subject())
        };
        if let Some((_, let_go)) = hangs {
            let_go.notified().await;
        }
        self.running.fetch_sub(1, Ordering::SeqCst);
        rule(&call)
    }
}
