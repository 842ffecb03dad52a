//! `/backup` on the operations listener: how the backup is doing, and a base now.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use tenon_backup::{Asking, Backup, Status};
use tenon_kernel::ErrorKind;
use tenon_web::Problem;

use crate::development::is_from_a_page;

/// What answers there.
#[derive(Clone)]
pub(crate) struct BackupRoute {
    status: Status,
    asking: Asking,
}

impl BackupRoute {
    /// `GET /backup` and `POST /backup`; no routes if no backup is made.
    pub(crate) fn router(backup: Option<&Backup>) -> Router {
        let Some(backup) = backup else {
            return Router::new();
        };
        let route = Self {
            status: backup.status(),
            asking: backup.asking(),
        };
        Router::new()
            .route("/backup", get(look).post(take))
            .with_state(route)
    }
}

async fn look(State(route): State<BackupRoute>) -> Response {
    Json(route.status.seen()).into_response()
}

/// Answers once the base and its first cut are on the disk.
async fn take(State(route): State<BackupRoute>, headers: HeaderMap) -> Response {
    if is_from_a_page(&headers) {
        let detail = "Pages of other sites take no backups.";
        return Problem::new(ErrorKind::Forbidden, "forbidden", detail).into_response();
    }
    match route.asking.base().await {
        Ok(taken) => Json(taken).into_response(),
        Err(problem) => {
            Problem::new(ErrorKind::Unavailable, "unavailable", problem).into_response()
        }
    }
}
