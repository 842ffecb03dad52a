//! Answers of the API, and what becomes of them on their way.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use http::StatusCode;
use serde_json::{Value, json};

use crate::Fault;
use crate::intent::Refused;
use crate::server::Shared;

/// An answer, and what becomes of it on its way.
pub(super) struct Outcome {
    pub(super) status: StatusCode,
    pub(super) body: Value,
    pub(super) fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Arrives,
    Late,
    Lost,
    BrokenOff,
    Garbled,
}

pub(super) fn fault_before(fault: Option<Fault>) -> Option<Outcome> {
    match fault? {
        Fault::LoseRequest => Some(error(StatusCode::GATEWAY_TIMEOUT, "lost").with(Fate::Lost)),
        Fault::Error => Some(error(StatusCode::INTERNAL_SERVER_ERROR, "internal")),
        Fault::LoseAnswer | Fault::BreakOff | Fault::Refuse | Fault::Garble => None,
    }
}

pub(super) fn fault_after(fault: Option<Fault>) -> Fate {
    match fault {
        Some(Fault::LoseAnswer) => Fate::Lost,
        Some(Fault::BreakOff) => Fate::BrokenOff,
        Some(Fault::Garble) => Fate::Garbled,
        _ => Fate::Arrives,
    }
}

pub(super) fn refusal(refused: Refused) -> Outcome {
    error(StatusCode::CONFLICT, refused.0)
}

pub(super) fn error(status: StatusCode, code: &str) -> Outcome {
    Outcome {
        status,
        body: json!({ "error": { "code": code } }),
        fate: Fate::Arrives,
    }
}

impl Outcome {
    pub(super) fn with(self, fate: Fate) -> Self {
        Self { fate, ..self }
    }

    pub(super) async fn answer(self, shared: &Shared) -> Response {
        match self.fate {
            Fate::Arrives => {}
            Fate::Late => tokio::time::sleep(shared.config.slow).await,
            Fate::Lost => return shared.never_answer().await,
            Fate::BrokenOff => return given_up(),
            Fate::Garbled => return (self.status, "<html>").into_response(),
        }
        (self.status, Json(self.body)).into_response()
    }
}

impl Shared {
    /// Holds a call until its caller has given up, or for so long that the connection is given up here.
    pub(crate) async fn never_answer(&self) -> Response {
        let _held = Held::new(&self.held_calls);
        tokio::time::sleep(self.config.silence).await;
        given_up()
    }
}

/// A call that is held; counted.
struct Held<'s>(&'s AtomicUsize);

impl<'s> Held<'s> {
    fn new(count: &'s AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An answer that breaks off: the server closes the connection.
fn given_up() -> Response {
    let broken = std::future::ready(Err::<Bytes, _>(std::io::Error::other("given up")));
    Response::new(Body::from_stream(broken.into_stream()))
}
