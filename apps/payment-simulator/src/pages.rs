//! What people see: the hosted payment page and the dashboard. Plain HTML, no script, nothing from elsewhere.

mod dashboard;
mod html;
mod pay;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::server::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(dashboard::show))
        .route("/dashboard/mode", post(dashboard::set_mode))
        .route("/dashboard/intents/{id}", post(dashboard::act))
        .route("/pay/{id}", get(pay::show).post(pay::choose))
        .route("/pay/{id}/challenge", get(pay::challenge))
}
