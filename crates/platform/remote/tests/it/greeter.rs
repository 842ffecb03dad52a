//! A contract for these tests, and an implementation that counts what it does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{CallCtx, ErrorKind, ServiceError};
use tenon_seam::{SeamError, SeamResult, contract};
use tokio::sync::mpsc;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Greet {
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Greeting {
    pub(crate) text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub(crate) enum GreeterError {
    #[error("{name} is asleep")]
    Asleep { name: String },
    #[error("unknown error of a newer version")]
    #[serde(other)]
    Unknown,
}

impl ServiceError for GreeterError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Conflict
    }

    fn code(&self) -> &'static str {
        "greeter.asleep"
    }
}

#[contract(module = "greeter", version = 1)]
pub(crate) trait Greeter: Send + Sync + 'static {
    /// Greets.
    #[query(timeout = "2s")]
    async fn greet(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError>;

    /// Greets once for each key.
    #[command(idempotent_by = "ctx", timeout = "2s")]
    async fn greet_once(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError>;

    /// Greets each time.
    #[command(idempotent_by = "request", timeout = "2s")]
    async fn greet_again(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError>;
}

/// The same contract, one version on.
pub(crate) mod newer {
    use super::{CallCtx, Greet, GreeterError, Greeting, SeamResult, contract};

    #[contract(module = "greeter", version = 2)]
    pub(crate) trait Greeter: Send + Sync + 'static {
        /// Greets.
        #[query(timeout = "2s")]
        async fn greet(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError>;
    }
}

/// What happened in the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Began,
    Dropped,
    Done,
}

/// Greets, and keeps the effects as a database would: they outlive the process.
pub(crate) struct Hall {
    pub(crate) effects: Arc<Mutex<HashMap<String, u32>>>,
    pub(crate) seen: mpsc::UnboundedSender<Seen>,
    pub(crate) may_end: Arc<tokio::sync::Semaphore>,
}

struct Watch(mpsc::UnboundedSender<Seen>, Seen);

impl Drop for Watch {
    fn drop(&mut self) {
        let _nobody_listens = self.0.send(self.1.clone());
    }
}

impl Hall {
    async fn speak(&self, name: String) -> SeamResult<Greeting, GreeterError> {
        let _nobody_listens = self.seen.send(Seen::Began);
        let mut watch = Watch(self.seen.clone(), Seen::Dropped);
        match name.as_str() {
            "sleeper" => return Err(SeamError::Domain(GreeterError::Asleep { name })),
            "nobody" => std::future::pending().await,
            "waiter" => self.may_end.acquire().await.expect("open").forget(),
            "clumsy" => panic!("the module breaks"),
            _ => {}
        }
        watch.1 = Seen::Done;
        let text = match name.strip_prefix("shout ") {
            Some(count) => "a".repeat(count.parse().expect("a number")),
            None => format!("hello {name}"),
        };
        Ok(Greeting { text })
    }
}

#[async_trait]
impl Greeter for Hall {
    async fn greet(&self, _: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError> {
        self.speak(req.name).await
    }

    async fn greet_once(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError> {
        let key = ctx.idempotency.as_ref().expect("the edge asks for it");
        let is_new = {
            let mut effects = self.effects.lock().expect("no panic while held");
            let effect = effects.entry(key.key.clone()).or_default();
            let is_new = *effect == 0;
            *effect += u32::from(is_new);
            is_new
        };
        if !is_new {
            ctx.mark_replayed();
        }
        self.speak(req.name).await
    }

    async fn greet_again(&self, _: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError> {
        *self
            .effects
            .lock()
            .expect("no panic while held")
            .entry("again".to_owned())
            .or_default() += 1;
        self.speak(req.name).await
    }
}
