//! The operations listener: health and metrics, never on the public port.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use prometheus::TextEncoder;
use serde_json::{Map, Value, json};

use crate::Readiness;

pub(crate) fn router(readiness: Arc<dyn Readiness>) -> Router {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(readiness)
}

/// Says that the process runs. It asks no dependency: a database that is down is no reason to restart.
async fn livez() -> Response {
    (
        [(CACHE_CONTROL, "no-store")],
        Json(json!({ "status": "ok" })),
    )
        .into_response()
}

/// Says whether the process should get traffic, and if not, which part is why.
async fn readyz(State(readiness): State<Arc<dyn Readiness>>) -> Response {
    let parts = readiness.check().await;
    let ready = parts.iter().all(|(_, reason)| reason.is_none());
    let edges = readiness.edges().await;
    let (status, word) = if ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
    };
    let mut body = json!({ "status": word, "parts": words(parts) });
    if !edges.is_empty() {
        body["edges"] = words(edges);
    }
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn words(parts: Vec<(String, Option<String>)>) -> Value {
    let words: Map<String, Value> = parts
        .into_iter()
        .map(|(name, reason)| (name, reason.map_or(json!("ok"), Value::String)))
        .collect();
    words.into()
}

/// Everything in the default registry, in the text format of Prometheus.
async fn metrics() -> Response {
    match TextEncoder::new().encode_to_string(&prometheus::gather()) {
        Ok(text) => (
            [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
            text,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "metrics could not be written"
            );
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
