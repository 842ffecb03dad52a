//! The hosted page on which a buyer, or whoever plays one, decides.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::html::{escape, page};
use crate::server::Shared;
use crate::{Choice, Intent, Status};

#[derive(Debug, Deserialize)]
pub(crate) struct ChoiceForm {
    choice: Choice,
}

/// `GET /pay/{id}`
pub(crate) async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let Some(intent) = shared.books().saved.intents.get(&id).cloned() else {
        return missing();
    };
    if intent.status != Status::RequiresAction {
        return finished(&intent);
    }
    if intent.payment_method.as_deref() == Some("pm_3ds") {
        return ask(&intent);
    }
    let body = format!(
        "<main><div class=\"card\">{head}\
         <form method=\"post\" action=\"/pay/{id}\">\
         <button class=\"main\" name=\"choice\" value=\"pay\">Pay {amount}</button>\
         </form>\
         <a class=\"button\" href=\"/pay/{id}/challenge\">Pay, with a question from the bank first\
         <br><small>3-D Secure: pass or fail it on the next page</small></a>\
         <form method=\"post\" action=\"/pay/{id}\">\
         <button name=\"choice\" value=\"decline\">Be declined<small>The bank says no</small></button>\
         <button name=\"choice\" value=\"insufficient_funds\">Have too little money<small>Declined for lack of funds</small></button>\
         <details><summary>When things go wrong</summary>\
         <button name=\"choice\" value=\"pay_and_vanish\">Pay, then lose the connection\
         <small>The money is promised, but no webhook is sent and you do not return to the shop: only asking finds out</small></button>\
         <button name=\"choice\" value=\"leave\">Leave without deciding<small>Nothing happens; the payment stays open</small></button>\
         </details></form></div>{BANNER}</main>",
        head = head(&intent),
        amount = escape(&intent.money(intent.amount)),
        id = escape(&intent.id),
    );
    page(StatusCode::OK, "Pay", &body)
}

/// `GET /pay/{id}/challenge`
pub(crate) async fn challenge(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Response {
    let Some(intent) = shared.books().saved.intents.get(&id).cloned() else {
        return missing();
    };
    if intent.status == Status::RequiresAction {
        ask(&intent)
    } else {
        finished(&intent)
    }
}

/// `POST /pay/{id}`
pub(crate) async fn choose(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(form): Form<ChoiceForm>,
) -> Response {
    match shared.choose(&id, form.choice) {
        Ok((intent, effect)) => match intent
            .return_url
            .as_deref()
            .filter(|url| effect.returns && is_web(url))
        {
            Some(url) => Redirect::to(url).into_response(),
            None => closing(&intent, effect.returns),
        },
        Err(refused) if refused.0 == "not_found" => missing(),
        Err(_) => Redirect::to(&format!("/pay/{id}")).into_response(),
    }
}

/// The bank's question.
fn ask(intent: &Intent) -> Response {
    let body = format!(
        "<main><div class=\"card\"><p class=\"soft\">Your bank asks</p>\
         <h1>Is it really you who pays {amount}?</h1>\
         <p class=\"soft\">This stands for 3-D Secure: a code, an app, a fingerprint.</p>\
         <form method=\"post\" action=\"/pay/{id}\">\
         <button class=\"main\" name=\"choice\" value=\"pay\">Yes, it is me</button>\
         <button name=\"choice\" value=\"fail_challenge\">Fail the check<small>The payment is declined</small></button>\
         <details><summary>When things go wrong</summary>\
         <button name=\"choice\" value=\"pay_and_vanish\">Pass, then lose the connection\
         <small>The money is promised, but nobody is told</small></button>\
         <button name=\"choice\" value=\"leave\">Leave without deciding<small>Nothing happens; the payment stays open</small></button>\
         </details></form></div>{BANNER}</main>",
        amount = escape(&intent.money(intent.amount)),
        id = escape(&intent.id),
    );
    page(StatusCode::OK, "Your bank asks", &body)
}

/// The page of an intent that is decided.
fn finished(intent: &Intent) -> Response {
    let (words, class) = super::dashboard::words(intent.status);
    let back = match intent.return_url.as_deref().filter(|url| is_web(url)) {
        Some(url) => format!(
            "<a class=\"button\" href=\"{}\">Back to the shop</a>",
            escape(url)
        ),
        None => "<p>You can close this window.</p>".to_owned(),
    };
    let body = format!(
        "<main><div class=\"card\">{head}<p><span class=\"status {class}\">{words}</span></p>{back}</div>{BANNER}</main>",
        head = head(intent)
    );
    page(StatusCode::OK, "Payment", &body)
}

/// The page after a choice that does not lead back to the shop.
fn closing(intent: &Intent, told: bool) -> Response {
    let (title, text) = if told {
        ("Thank you", "You can close this window.")
    } else if intent.status == Status::RequiresAction {
        (
            "You left",
            "The payment stays open. You can come back to this page or close the window.",
        )
    } else {
        (
            "The connection is lost",
            "The money is promised, and the shop has not been told. It has to ask.",
        )
    };
    let body = format!(
        "<main><div class=\"card\">{head}<h2>{title}</h2><p>{text}</p></div>{BANNER}</main>",
        head = head(intent)
    );
    page(StatusCode::OK, title, &body)
}

fn head(intent: &Intent) -> String {
    format!(
        "<p class=\"soft\">You pay</p><p class=\"amount\">{}</p><p class=\"soft\">Payment <code>{}</code></p>",
        escape(&intent.money(intent.amount)),
        escape(&intent.reference)
    )
}

fn missing() -> Response {
    let body = "<main><div class=\"card\"><h1>There is no such payment</h1>\
                <p class=\"soft\">The link may be incomplete, or the simulator was reset.</p></div></main>";
    page(StatusCode::NOT_FOUND, "Not found", body)
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

const BANNER: &str =
    "<p class=\"banner\">This is a simulated payment provider. No money moves.</p>";
