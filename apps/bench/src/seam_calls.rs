//! What a call to another module costs in one process, beside a plain call of the same trait object.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{CallCtx, Env, ErrorKind, Interface, ServiceError};
use tenon_seam::{EdgeSettings, Mode, Seam, SeamResult, contract};

use crate::{median, row};

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Double {
    ids: Vec<u64>,
    note: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Doubled {
    ids: Vec<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code")]
pub(crate) enum DoublerError {
    #[error("unknown")]
    #[serde(other)]
    Unknown,
}

impl ServiceError for DoublerError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Internal
    }

    fn code(&self) -> &'static str {
        "doubler.unknown"
    }
}

#[contract(module = "doubler", version = 1)]
pub(crate) trait Doubler: Send + Sync + 'static {
    #[query(timeout = "1s")]
    async fn double(&self, ctx: &CallCtx, req: Double) -> SeamResult<Doubled, DoublerError>;

    #[command(idempotent_by = "request", timeout = "1s")]
    async fn keep_double(&self, ctx: &CallCtx, req: Double) -> SeamResult<Doubled, DoublerError>;
}

/// Which of the two methods is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    Query,
    Command,
}

pub(crate) struct Plain;

#[async_trait]
impl Doubler for Plain {
    async fn double(&self, _: &CallCtx, req: Double) -> SeamResult<Doubled, DoublerError> {
        Ok(Doubled {
            ids: req.ids.into_iter().map(|id| id * 2).collect(),
        })
    }

    async fn keep_double(&self, ctx: &CallCtx, req: Double) -> SeamResult<Doubled, DoublerError> {
        self.double(ctx, req).await
    }
}

pub(crate) async fn run() -> Result<()> {
    let plain: Arc<dyn Doubler> = Arc::new(Plain);
    let connect = |mode| {
        let settings = EdgeSettings::of(mode);
        let seam =
            Seam::new([("doubler".to_owned(), settings)].into()).declare("bench", &["doubler"]);
        DoublerClient::connect(&seam, "bench", Some(Arc::new(Plain)))
    };
    let (local, wire) = (connect(Mode::Local)?, connect(Mode::Wire)?);
    let (mut plains, mut locals, mut wires) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        plains.push(nanoseconds(&plain, Asked::Query).await?);
        locals.push(nanoseconds(&local, Asked::Query).await?);
        wires.push(nanoseconds(&wire, Asked::Query).await?);
    }
    let (plain, local, wire) = (median(plains), median(locals), median(wires));
    for (what, ours, budget) in [
        ("seam call, local", local, "≤ 1 µs over plain"),
        ("seam call, wire", wire, "≤ 10 µs"),
    ] {
        row(
            what,
            &format!("{ours:.0} ns"),
            &format!("plain dyn call {plain:.0} ns"),
            &format!("+{:.0} ns", ours - plain),
            budget,
        );
    }
    Ok(())
}

/// Mean duration of one call over a fifth of a second.
pub(crate) async fn nanoseconds(doubler: &Arc<dyn Doubler>, asked: Asked) -> Result<f64> {
    let ctx = CallCtx::service(&Env::system(), Interface::Cli, "bench");
    let request = Double {
        ids: vec![1, 2, 3],
        note: "for the size of it".to_owned(),
    };
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < Duration::from_millis(200) {
        for _ in 0..1_000 {
            let answer = match asked {
                Asked::Query => doubler.double(&ctx, request.clone()).await,
                Asked::Command => doubler.keep_double(&ctx, request.clone()).await,
            };
            black_box(
                answer
                    .map_err(|error| anyhow::anyhow!("{error}"))?
                    .ids
                    .len(),
            );
        }
        calls += 1_000;
    }
    Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(calls))
}
