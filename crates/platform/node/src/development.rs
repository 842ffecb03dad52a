//! `[development]`: a clock that people set forward, so that nobody waits for a deadline.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Env, ErrorKind, FieldError, MovableClock, SystemEntropy, Timestamp};
use tenon_web::{ApiJson, Problem};

use crate::{NodeError, NodeSettings};

/// Longest step; a longer way is several steps.
const LONGEST_STEP: u64 = 366 * 24 * 60 * 60;

/// `[development]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DevelopmentSettings {
    /// Lets whoever reaches the operations listener set the clock forward: `POST /clock {"advance_seconds": 900}`.
    /// Needs that listener on a loopback address and a `public_url` without TLS.
    pub movable_clock: bool,
}

/// The file that keeps how far the clock is ahead, in seconds: a restart and the commands go on from there.
fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("clock-ahead-seconds")
}

impl NodeSettings {
    /// Time and randomness of this process: the machine's, or with `development.movable_clock` ahead of it by as much
    /// as the data directory says.
    ///
    /// # Errors
    ///
    /// [`NodeError::Clock`] if the file cannot be read.
    pub fn env(&self) -> Result<Env, NodeError> {
        if !self.development.movable_clock {
            return Ok(Env::system());
        }
        let file = file_in(&self.data_dir);
        let ahead = match read(&file) {
            Ok(ahead) => ahead,
            Err(source) => return Err(NodeError::Clock { file, source }),
        };
        let clock = Arc::new(MovableClock::ahead_by(ahead));
        Ok(Env::new(clock, Arc::new(SystemEntropy)))
    }
}

fn read(file: &Path) -> io::Result<Duration> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Duration::ZERO),
        text => text?,
    };
    let seconds = text.trim().parse().map_err(io::Error::other)?;
    Ok(Duration::from_secs(seconds))
}

/// Written beside and renamed, so that a crash leaves the old file.
fn write(file: &Path, ahead: Duration) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = file.with_extension("new");
    fs::write(&draft, format!("{}\n", ahead.as_secs()))?;
    fs::rename(&draft, file)
}

/// The route that moves the clock, on the operations listener.
pub(crate) struct ClockRoute {
    env: Env,
    file: PathBuf,
    /// Makes workers look again.
    wake: Box<dyn Fn() + Send + Sync>,
    /// One move at a time: the file has the last one.
    moving: Mutex<()>,
}

/// `POST /clock`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// 1 second to 366 days.
    advance_seconds: u64,
}

/// What the clock says.
#[derive(Debug, Serialize)]
struct ClockView {
    now: Timestamp,
    /// How far it is ahead of the machine's clock.
    ahead_seconds: u64,
}

impl ClockRoute {
    pub(crate) fn new(env: Env, data_dir: &Path, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            env,
            file: file_in(data_dir),
            wake: Box::new(wake),
            moving: Mutex::default(),
        }
    }

    /// `GET /clock` and `POST /clock`; no routes if the clock is not to be moved.
    pub(crate) fn router(self) -> Router {
        if self.env.movable_clock().is_none() {
            return Router::new();
        }
        Router::new()
            .route("/clock", get(look).post(advance))
            .with_state(Arc::new(self))
    }

    fn clock(&self) -> &MovableClock {
        self.env
            .movable_clock()
            .expect("without one there is no route")
    }

    fn view(&self) -> Response {
        let view = ClockView {
            now: self.env.now(),
            ahead_seconds: self.clock().ahead().as_secs(),
        };
        Json(view).into_response()
    }

    /// Keeps the new time first, so that a restart never goes back.
    fn advance(&self, by: Duration) -> io::Result<()> {
        let _one = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        write(&self.file, self.clock().ahead() + by)?;
        self.clock().advance(by);
        Ok(())
    }
}

async fn look(State(route): State<Arc<ClockRoute>>) -> Response {
    route.view()
}

async fn advance(
    State(route): State<Arc<ClockRoute>>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    if is_from_a_page(&headers) {
        let detail = "Pages of other sites do not move the clock.";
        return Problem::new(ErrorKind::Forbidden, "forbidden", detail).into_response();
    }
    let asked: Advance = match ApiJson::from_bytes(&body) {
        Ok(asked) => asked,
        Err(problem) => return problem.into_response(),
    };
    if !(1..=LONGEST_STEP).contains(&asked.advance_seconds) {
        let wrong = FieldError::new(
            "/advance_seconds",
            "out_of_range",
            format!("expected 1 to {LONGEST_STEP}"),
        );
        let detail = "A member of the request is wrong; `errors` names it.";
        return Problem::new(ErrorKind::Invalid, "invalid_request", detail)
            .with_fields(vec![wrong])
            .into_response();
    }
    if let Err(error) = route.advance(Duration::from_secs(asked.advance_seconds)) {
        tracing::error!(%error, file = %route.file.display(), "the new time cannot be kept");
        return Problem::new(ErrorKind::Internal, "internal", error.to_string()).into_response();
    }
    tracing::warn!(
        advanced_seconds = asked.advance_seconds,
        ahead_seconds = route.clock().ahead().as_secs(),
        "the clock was set forward"
    );
    (route.wake)();
    route.view()
}

/// Browsers say so of requests that a page of another site made.
pub(crate) fn is_from_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| site == "cross-site" || site == "same-site")
}

#[cfg(test)]
mod tests;
