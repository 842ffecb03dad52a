//! The simulator's time: the machine's, or ahead of it together with the merchant's, whose clock people move.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tenon_kernel::{Env, Timestamp};
use tokio::sync::watch;

use crate::server::Shared;

/// Tells those who wait for a time that the clock was moved.
#[derive(Debug, Clone)]
pub(crate) struct Moves(watch::Sender<()>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    advance_seconds: u32,
}

impl Moves {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    /// Waits until the clock shows `at`, by itself or because it was moved.
    pub(crate) async fn until(&self, at: Timestamp, env: &Env) {
        let mut moved = self.0.subscribe();
        loop {
            let now = env.now();
            if now >= at {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(at.since(now)) => {}
                _ = moved.changed() => {}
            }
        }
    }
}

/// `GET /control/clock`
pub(crate) async fn look(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(view(&shared))
}

/// `POST /control/clock`
pub(crate) async fn advance(
    State(shared): State<Arc<Shared>>,
    Json(body): Json<Advance>,
) -> Response {
    let Some(clock) = shared.config.env.movable_clock() else {
        let fixed = json!({ "error": { "code": "clock_is_fixed" } });
        return (StatusCode::CONFLICT, Json(fixed)).into_response();
    };
    clock.advance(Duration::from_secs(body.advance_seconds.into()));
    shared.moves.0.send_replace(());
    Json(view(&shared)).into_response()
}

fn view(shared: &Shared) -> Value {
    let env = &shared.config.env;
    let ahead = env
        .movable_clock()
        .map_or(0, |clock| clock.ahead().as_secs());
    json!({ "now": env.now(), "ahead_seconds": ahead })
}
