//! The API of a provider of text messages and of messages to devices, as `docs/notifications.md` describes it: what is sent
//! there stands beside the mails.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tenon_kernel::Env;

use super::Catcher;
use crate::fault::Fault;
use crate::mailbox::Delivery;

/// A message, as the shop hands it over.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    id: String,
    channel: String,
    to: String,
    platform: Option<String>,
    title: String,
    text: String,
    link: Option<String>,
}

/// Keeps one message. One that is known by its id is taken again without being kept twice, as the key asks.
pub(super) async fn take(State(catcher): State<Catcher>, Json(body): Json<Body>) -> StatusCode {
    match catcher.faults.next() {
        Some(Fault::Refuse) => return StatusCode::GONE,
        Some(Fault::TempFail) => return StatusCode::SERVICE_UNAVAILABLE,
        Some(Fault::Hang) => std::future::pending::<()>().await,
        Some(Fault::LoseReply) => {
            keep(&catcher, &body);
            std::future::pending::<()>().await;
        }
        None => {}
    }
    keep(&catcher, &body);
    StatusCode::ACCEPTED
}

fn keep(catcher: &Catcher, body: &Body) {
    if catcher.mailbox.knows(&body.id) {
        return;
    }
    let raw = format!(
        "From: {channel}\r\nTo: {to}\r\nSubject: {title}\r\nMessage-ID: <{id}>\r\nX-Channel: {channel}\r\n\
         X-Platform: {platform}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n{link}\r\n",
        channel = one_line(&body.channel),
        to = one_line(&body.to),
        title = one_line(&body.title),
        id = one_line(&body.id),
        platform = one_line(body.platform.as_deref().unwrap_or("none")),
        text = body.text,
        link = body.link.as_deref().unwrap_or_default(),
    );
    catcher.mailbox.add(Delivery {
        received_at: Env::system().now(),
        from: body.channel.clone(),
        to: vec![body.to.clone()],
        raw: raw.into_bytes(),
    });
}

/// A header has no line breaks, whatever was sent.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
