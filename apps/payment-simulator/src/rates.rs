//! A provider of tax rates and delivery prices beside the payment provider. It has nothing to say unless it is told what:
//! then the shop's own rates count.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::ApiMode;
use crate::server::Shared;

/// How it behaves, and what it answers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Rates {
    mode: ApiMode,
    answer: Map<String, Value>,
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/rates", post(ask))
        .route("/control/rates", post(set).get(show))
}

async fn ask(State(shared): State<Arc<Shared>>) -> Response {
    let rates = shared.books().rates.clone();
    match rates.mode {
        ApiMode::Normal => {}
        ApiMode::Down => {
            let error = Json(json!({ "error": { "code": "down" } }));
            return (StatusCode::SERVICE_UNAVAILABLE, error).into_response();
        }
        ApiMode::Slow => tokio::time::sleep(shared.config.slow).await,
        ApiMode::Silent => return shared.never_answer().await,
    }
    Json(rates.answer).into_response()
}

async fn set(State(shared): State<Arc<Shared>>, Json(rates): Json<Rates>) -> StatusCode {
    shared.books().rates = rates;
    StatusCode::NO_CONTENT
}

async fn show(State(shared): State<Arc<Shared>>) -> Json<Rates> {
    Json(shared.books().rates.clone())
}
