//! The page for people and the JSON API for programs.

mod texts;

use axum::Json;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::fault::{Fault, Faults};
use crate::mailbox::{Mail, Mailbox};

/// The page loads its own two files and its own API, nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                           frame-src 'self'; base-uri 'none'; form-action 'none'";
/// A caught message runs no script and loads nothing; its links open in a new tab.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
                           style-src 'unsafe-inline'; img-src data:";
/// Most failures that one request may order.
const MAX_FAULTS: usize = 1_000;

#[derive(Clone)]
struct Catcher {
    mailbox: Mailbox,
    faults: Faults,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Only messages to this recipient.
    to: Option<String>,
}

#[derive(Debug, Serialize)]
struct ListBody {
    messages: Vec<Summary>,
}

/// A line of the list.
#[derive(Debug, Serialize)]
struct Summary {
    id: u64,
    received_at: Timestamp,
    from: String,
    to: Vec<String>,
    subject: String,
    size: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    fault: Fault,
    count: usize,
}

/// Serves until stopped.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    if let Err(error) = axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
    {
        tracing::error!(%error, "the web page stopped");
    }
}

/// Puts page and API together.
pub(crate) fn router(mailbox: Mailbox, faults: Faults) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/page.css", get(style))
        .route("/page.js", get(script))
        .route("/messages/{id}/html", get(message_html))
        .route("/api/messages", get(list_messages).delete(clear_messages))
        .route("/api/messages/{id}", get(get_message))
        .route("/api/messages/{id}/raw", get(get_raw_message))
        .route("/api/faults", post(add_faults))
        .route("/api/texts/messages", post(texts::take))
        .with_state(Catcher { mailbox, faults })
}

async fn page() -> Response {
    file("text/html; charset=utf-8", include_str!("web/page.html"))
}

async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("web/page.css"))
}

async fn script() -> Response {
    file(
        "text/javascript; charset=utf-8",
        include_str!("web/page.js"),
    )
}

/// The HTML part, to be shown in a frame.
async fn message_html(State(catcher): State<Catcher>, Path(id): Path<u64>) -> Response {
    match catcher.mailbox.find(id).and_then(|mail| mail.html) {
        Some(html) => {
            let html = format!("<!doctype html><base target=\"_blank\">{html}");
            with_policy("text/html; charset=utf-8", MAIL_POLICY, html)
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Newest first.
async fn list_messages(
    State(catcher): State<Catcher>,
    Query(query): Query<ListQuery>,
) -> Json<ListBody> {
    let mut messages: Vec<_> = catcher
        .mailbox
        .list(query.to.as_deref())
        .into_iter()
        .map(Summary::from)
        .collect();
    messages.reverse();
    Json(ListBody { messages })
}

async fn get_message(State(catcher): State<Catcher>, Path(id): Path<u64>) -> Response {
    match catcher.mailbox.find(id) {
        Some(mail) => Json(mail).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn get_raw_message(State(catcher): State<Catcher>, Path(id): Path<u64>) -> Response {
    match catcher.mailbox.find(id) {
        Some(mail) => with_policy("text/plain; charset=utf-8", MAIL_POLICY, mail.raw.to_vec()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn clear_messages(State(catcher): State<Catcher>) -> StatusCode {
    catcher.mailbox.clear();
    StatusCode::NO_CONTENT
}

/// Orders failures: `{"fault": "temp_fail", "count": 3}`; a count of 0 drops those still to come.
async fn add_faults(State(catcher): State<Catcher>, Json(body): Json<FaultBody>) -> StatusCode {
    if body.count == 0 {
        catcher.faults.clear();
    }
    catcher.faults.push(body.count.min(MAX_FAULTS), body.fault);
    StatusCode::NO_CONTENT
}

fn file(content_type: &'static str, body: &'static str) -> Response {
    with_policy(content_type, PAGE_POLICY, body)
}

fn with_policy(
    content_type: &'static str,
    policy: &'static str,
    body: impl IntoResponse,
) -> Response {
    let headers: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, body).into_response()
}

impl From<Mail> for Summary {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id,
            received_at: mail.received_at,
            from: mail.from,
            to: mail.to,
            subject: mail.subject,
            size: mail.size,
        }
    }
}
