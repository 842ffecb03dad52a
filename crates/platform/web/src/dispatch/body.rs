//! Reads request bodies within their bounds.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tenon_kernel::ErrorKind;
use tokio::time::timeout;

use crate::Problem;

/// Refuses a body that says itself that it is too large, before anything of it is read.
pub(super) fn check_declared_length(headers: &HeaderMap, most: usize) -> Result<(), Problem> {
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|declared| declared > most as u64) {
        Err(too_large(most))
    } else {
        Ok(())
    }
}

/// Reads the whole body.
pub(super) async fn read(body: Body, most: usize, allowed: Duration) -> Result<Bytes, Problem> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    match timeout(allowed, Limited::new(body, most).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(most)),
        Ok(Err(_)) => Err(Problem::new(
            ErrorKind::Malformed,
            "incomplete_body",
            "The body ended early.",
        )),
        Err(_) => Err(Problem::new(
            ErrorKind::Malformed,
            "request_timeout",
            "The body took too long to arrive.",
        )
        .with_status(StatusCode::REQUEST_TIMEOUT)),
    }
}

fn too_large(most: usize) -> Problem {
    Problem::new(
        ErrorKind::Malformed,
        "body_too_large",
        format!("The body may have at most {most} bytes."),
    )
    .with_status(StatusCode::PAYLOAD_TOO_LARGE)
    .with_extension("max_bytes", most)
}
