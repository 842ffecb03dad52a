//! Runs a handler: bounded in time, and a panic ends one request only.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::response::Response;
use futures_util::FutureExt;
use tenon_kernel::ErrorKind;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::Problem;

/// Runs a read: it ends with its client.
pub(crate) async fn read(
    handler: impl Future<Output = Response>,
    limit: Duration,
) -> Result<Response, Problem> {
    match timeout(limit, AssertUnwindSafe(handler).catch_unwind()).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(panic)) => Err(panicked(&*panic)),
        Err(_late) => Err(too_late()),
    }
}

/// Runs a command in a task of its own: a client that goes away does not cancel it half-way.
pub(crate) async fn command(
    handler: impl Future<Output = Response> + Send + 'static,
    limit: Duration,
    tasks: Option<TaskTracker>,
) -> Result<Response, Problem> {
    let task = match tasks {
        Some(tasks) => tokio::spawn(tasks.track_future(handler)),
        None => tokio::spawn(handler),
    };
    match timeout(limit, task).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(match error.try_into_panic() {
            Ok(panic) => panicked(&*panic),
            Err(error) => Problem::new(ErrorKind::Internal, "internal", error.to_string()),
        }),
        Err(_late) => Err(too_late()),
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Problem {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    let text = text.as_deref().unwrap_or("no message");
    Problem::new(
        ErrorKind::Internal,
        "internal",
        format!("the handler panicked: {text}"),
    )
}

fn too_late() -> Problem {
    Problem::new(
        ErrorKind::Unavailable,
        "deadline_exceeded",
        "The answer took too long. Whether the request had its effect is not known: repeat it with the same key.",
    )
}
