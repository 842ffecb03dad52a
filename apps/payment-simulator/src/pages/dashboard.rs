//! The dashboard: every intent with its state, and buttons for what could happen to it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::html::{escape, page};
use crate::server::Shared;
use crate::{ApiMode, Choice, Intent, Status, WebhookMode};

/// Most intents shown.
const SHOWN: usize = 100;

#[derive(Debug, Deserialize)]
pub(crate) struct ModeForm {
    api: ApiMode,
    webhooks: WebhookMode,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ActionForm {
    action: Action,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Pay,
    PayAndVanish,
    Decline,
    Webhook,
}

/// `GET /`
pub(crate) async fn show(State(shared): State<Arc<Shared>>) -> Response {
    let (intents, total, api, webhooks, held) = {
        let books = shared.books();
        let intents: Vec<Intent> = books
            .saved
            .intents
            .values()
            .rev()
            .take(SHOWN)
            .cloned()
            .collect();
        (
            intents,
            books.saved.intents.len(),
            books.api,
            books.webhooks,
            books.held.len(),
        )
    };
    let rows = intents.iter().fold(String::new(), |mut rows, intent| {
        rows.push_str(&row(intent));
        rows
    });
    let table = if rows.is_empty() {
        "<p class=\"soft\">No payments yet. They appear here as soon as a shop asks for one.</p>"
            .to_owned()
    } else {
        format!(
            "<div class=\"scroll\"><table><thead><tr><th>Payment</th><th>Amount</th><th>State</th><th>History</th>\
             <th>Make it happen</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )
    };
    let body = format!(
        "<main class=\"wide\"><div class=\"card\"><h1>Payment simulator</h1>\
         <p class=\"soft\">A provider for development and tests. No money moves.</p>{modes}</div>\
         <div class=\"card\"><h1>Payments <small>{total}</small></h1>{table}</div></main>",
        modes = modes(api, webhooks, held),
    );
    page(StatusCode::OK, "Payment simulator", &body)
}

/// `POST /dashboard/mode`
pub(crate) async fn set_mode(
    State(shared): State<Arc<Shared>>,
    Form(form): Form<ModeForm>,
) -> Redirect {
    let held = {
        let mut books = shared.books();
        books.api = form.api;
        books.webhooks = form.webhooks;
        if form.webhooks == WebhookMode::Deliver {
            books.held.drain(..).collect()
        } else {
            Vec::new()
        }
    };
    for webhook in held {
        shared.dispatch(webhook);
    }
    Redirect::to("/")
}

/// `POST /dashboard/intents/{id}`
pub(crate) async fn act(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(form): Form<ActionForm>,
) -> Response {
    let choice = match form.action {
        Action::Pay => Choice::Pay,
        Action::PayAndVanish => Choice::PayAndVanish,
        Action::Decline => Choice::Decline,
        Action::Webhook => {
            let last = shared.books().saved.last_webhook.get(&id).cloned();
            if let Some(webhook) = last {
                shared.dispatch(webhook);
            }
            return Redirect::to("/").into_response();
        }
    };
    // A button of a page that is out of date changes nothing; the fresh page says why.
    let _unchanged = shared.choose(&id, choice);
    Redirect::to("/").into_response()
}

/// A state in words, and the class that colours it.
pub(super) fn words(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::RequiresAction => ("waits for the buyer", "wait"),
        Status::Authorized => ("authorised", "good"),
        Status::Captured => ("captured", "good"),
        Status::PartiallyRefunded => ("partly refunded", "wait"),
        Status::Refunded => ("refunded", "wait"),
        Status::Declined => ("declined", "bad"),
        Status::Canceled => ("cancelled", "bad"),
    }
}

fn row(intent: &Intent) -> String {
    let (words, class) = words(intent.status);
    let id = escape(&intent.id);
    let history = intent
        .history
        .iter()
        .fold(String::new(), |mut lines, line| {
            write!(lines, "<li>{}</li>", escape(&line.what)).expect("writing to a string succeeds");
            lines
        });
    let mut buttons = String::new();
    if intent.status == Status::RequiresAction {
        buttons.push_str(
            "<button name=\"action\" value=\"pay\">Pay</button>\
             <button name=\"action\" value=\"decline\">Decline</button>\
             <button name=\"action\" value=\"pay_and_vanish\">Pay silently</button>",
        );
    }
    buttons.push_str("<button name=\"action\" value=\"webhook\">Send webhook again</button>");
    let page_link = if intent.status == Status::RequiresAction {
        format!("<br><a href=\"/pay/{id}\">Open the buyer's page</a>")
    } else {
        String::new()
    };
    format!(
        "<tr><td><code>{reference}</code><br><small>{method}</small>{page_link}</td><td class=\"number\">{amount}</td>\
         <td><span class=\"status {class}\">{words}</span></td><td><ol class=\"history\">{history}</ol></td>\
         <td><form method=\"post\" action=\"/dashboard/intents/{id}\">{buttons}</form></td></tr>",
        reference = escape(&intent.reference),
        method = escape(
            intent
                .payment_method
                .as_deref()
                .unwrap_or("chosen on the page")
        ),
        amount = escape(&intent.money(intent.amount)),
    )
}

fn modes(api: ApiMode, webhooks: WebhookMode, held: usize) -> String {
    let api = options(&[
        ("normal", "works", api == ApiMode::Normal),
        ("slow", "is slow", api == ApiMode::Slow),
        ("silent", "never answers", api == ApiMode::Silent),
        ("down", "is down (503)", api == ApiMode::Down),
    ]);
    let hooks = options(&[
        ("deliver", "are delivered", webhooks == WebhookMode::Deliver),
        ("hold", "are held back", webhooks == WebhookMode::Hold),
        ("drop", "get lost", webhooks == WebhookMode::Drop),
    ]);
    let waiting = if held == 0 {
        String::new()
    } else {
        format!("<small>{held} held back</small>")
    };
    format!(
        "<form class=\"row\" method=\"post\" action=\"/dashboard/mode\">\
         <label>The API<br><select name=\"api\">{api}</select></label>\
         <label>Webhooks<br><select name=\"webhooks\">{hooks}</select></label>\
         <button>Apply</button>{waiting}</form>"
    )
}

fn options(choices: &[(&str, &str, bool)]) -> String {
    choices
        .iter()
        .fold(String::new(), |mut html, (value, words, chosen)| {
            let chosen = if *chosen { " selected" } else { "" };
            write!(html, "<option value=\"{value}\"{chosen}>{words}</option>")
                .expect("writing to a string succeeds");
            html
        })
}
