//! The control API: what scenarios and tests use instead of a browser. JSON only.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::books::{Books, Webhook};
use crate::faults::Faults;
use crate::server::Shared;
use crate::{ApiMode, Choice, Fault, Operation, WebhookMode, clock, sign};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetMode {
    #[serde(default)]
    api: Option<ApiMode>,
    #[serde(default)]
    webhooks: Option<WebhookMode>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choose {
    choice: Choice,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inject {
    operation: Operation,
    fault: Fault,
    #[serde(default = "once")]
    times: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    #[serde(default)]
    reversed: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resend {
    #[serde(default = "once")]
    copies: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    body: String,
}

const fn once() -> u8 {
    1
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/control/intents", get(list))
        .route("/control/intents/{name}", get(show))
        .route("/control/intents/{name}/choice", post(choose))
        .route("/control/intents/{name}/webhooks", post(resend))
        .route("/control/webhooks/release", post(release))
        .route("/control/webhooks/take", post(take))
        .route("/control/signatures", post(sign_body))
        .route("/control/mode", get(mode).post(set_mode))
        .route("/control/clock", get(clock::look).post(clock::advance))
        .route("/control/faults", post(inject))
        .route("/control/faults/clear", post(clear_faults))
        .route("/control/reset", post(reset))
}

async fn list(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let books = shared.books();
    let intents: Vec<_> = books.saved.intents.values().rev().collect();
    Json(json!({ "intents": intents }))
}

async fn show(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response {
    match shared.books().find(&name) {
        Some(intent) => Json(intent).into_response(),
        None => missing(),
    }
}

async fn choose(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Json(body): Json<Choose>,
) -> Response {
    match shared.choose(&name, body.choice) {
        Ok((intent, _)) => Json(intent).into_response(),
        Err(refused) if refused.0 == "not_found" => missing(),
        Err(refused) => (
            StatusCode::CONFLICT,
            Json(json!({ "error": { "code": refused.0 } })),
        )
            .into_response(),
    }
}

async fn resend(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Json(body): Json<Resend>,
) -> Response {
    let webhook = {
        let books = shared.books();
        books
            .find(&name)
            .and_then(|intent| books.saved.last_webhook.get(&intent.id))
            .cloned()
    };
    let Some(webhook) = webhook else {
        return missing();
    };
    for _ in 0..body.copies {
        shared.dispatch(webhook.clone());
    }
    StatusCode::ACCEPTED.into_response()
}

async fn release(State(shared): State<Arc<Shared>>, Json(body): Json<Release>) -> Json<Value> {
    let mut held: Vec<Webhook> = {
        let mut books = shared.books();
        books.webhooks = WebhookMode::Deliver;
        books.held.drain(..).collect()
    };
    if body.reversed {
        held.reverse();
    }
    let released = held.len();
    for webhook in held {
        shared.dispatch(webhook);
    }
    Json(json!({ "released": released }))
}

/// Hands over the webhooks that were held, oldest first, signed now: for scripts that deliver them by themselves.
async fn take(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let held: Vec<Webhook> = shared.books().held.drain(..).collect();
    let signed = held.iter().map(|webhook| {
        let signed = shared.signed(webhook);
        json!({ "event_id": signed.event_id, "signature": signed.signature, "body": signed.body })
    });
    Json(json!({ "webhooks": signed.collect::<Vec<_>>() }))
}

/// Signs any body as a webhook of this simulator.
async fn sign_body(State(shared): State<Arc<Shared>>, Json(wish): Json<Sign>) -> Json<Value> {
    let config = &shared.config;
    let signature = sign(&config.webhook_secret, &wish.body, config.env.now());
    Json(json!({ "signature": signature }))
}

async fn mode(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let held_calls = shared.held_calls.load(Ordering::SeqCst);
    let books = shared.books();
    Json(json!({
        "api": books.api, "webhooks": books.webhooks, "held": books.held.len(), "held_calls": held_calls,
    }))
}

async fn set_mode(State(shared): State<Arc<Shared>>, Json(body): Json<SetMode>) -> StatusCode {
    let mut books = shared.books();
    books.api = body.api.unwrap_or(books.api);
    books.webhooks = body.webhooks.unwrap_or(books.webhooks);
    StatusCode::NO_CONTENT
}

async fn inject(State(shared): State<Arc<Shared>>, Json(body): Json<Inject>) -> StatusCode {
    for _ in 0..body.times {
        shared.books().faults.add(body.operation, body.fault);
    }
    StatusCode::NO_CONTENT
}

/// Forgets the faults that still wait for their calls.
async fn clear_faults(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.books().faults = Faults::default();
    StatusCode::NO_CONTENT
}

async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    let mut books = shared.books();
    *books = Books::default();
    books.save(shared.config.state_file.as_deref());
    StatusCode::NO_CONTENT
}

fn missing() -> Response {
    (
        StatusCode::NOT_FOUND,
        Json(json!({ "error": { "code": "not_found" } })),
    )
        .into_response()
}
