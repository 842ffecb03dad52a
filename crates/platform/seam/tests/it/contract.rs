//! A contract for these tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{CallCtx, Env, ErrorKind, Interface, Principal, ServiceError};
use tenon_seam::{EdgeSettings, Mode, Seam, SeamResult, contract};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Greet {
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Greeting {
    pub(crate) text: String,
    pub(crate) caller: String,
    pub(crate) principal: String,
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
    #[query(timeout = "200ms", max_request = 1000)]
    async fn greet(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError>;

    /// Greets once for each key.
    #[command(idempotent_by = "ctx", timeout = "1s")]
    async fn greet_once(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError>;

    /// Greets each time.
    #[command(idempotent_by = "request", timeout = "1s")]
    async fn greet_again(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError>;
}

/// Counts the commands that ran.
#[derive(Default)]
pub(crate) struct Hall(AtomicU32);

impl Hall {
    pub(crate) fn runs(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Greeter for Hall {
    async fn greet(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError> {
        match req.name.as_str() {
            "sleeper" => Err(tenon_seam::SeamError::Domain(GreeterError::Asleep {
                name: req.name,
            })),
            "nobody" => std::future::pending().await,
            "hurried" => Ok(Greeting {
                text: ctx
                    .deadline
                    .remaining()
                    .map_or(0, |left| left.as_millis())
                    .to_string(),
                caller: String::new(),
                principal: String::new(),
            }),
            _ => Ok(Greeting {
                text: format!("hello {}", req.name),
                caller: format!("{:?}", ctx.caller),
                principal: ctx.principal.to_string(),
            }),
        }
    }

    async fn greet_once(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError> {
        ctx.mark_replayed();
        ctx.stats().record_statement(Duration::from_micros(10));
        self.greet(ctx, req).await
    }

    async fn greet_again(&self, ctx: &CallCtx, req: Greet) -> SeamResult<Greeting, GreeterError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        self.greet(ctx, req).await
    }
}

pub(crate) const ENDS: [Mode; 2] = [Mode::Local, Mode::Wire];

pub(crate) fn connect(mode: Mode) -> Arc<dyn Greeter> {
    connect_as("door", mode, 512)
}

pub(crate) fn connect_as(
    caller: &'static str,
    mode: Mode,
    max_concurrent: u32,
) -> Arc<dyn Greeter> {
    let settings = EdgeSettings {
        max_concurrent,
        ..EdgeSettings::of(mode)
    };
    let seam = Seam::new([("greeter".to_owned(), settings)].into()).declare("door", &["greeter"]);
    GreeterClient::connect(&seam, caller, Some(Arc::new(Hall::default())))
        .expect("the settings hold")
}

pub(crate) fn ctx() -> CallCtx {
    CallCtx::new(&Env::system(), Interface::Rest, Principal::Anonymous)
}

pub(crate) fn greet(name: &str) -> Greet {
    Greet {
        name: name.to_owned(),
    }
}
