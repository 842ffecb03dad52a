//! `GET` and `POST /v1/unsubscriptions/{token}`: the link of a mail that stops further ones (RFC 8058).

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiForm, ApiPath, Ctx, Endpoint, EndpointBuilder, Problem, Reply};

use crate::domain::Unsubscription;
use crate::service::Service;

const PATH: &str = "/v1/unsubscriptions/{token}";
const STYLE: &str = include_str!("unsubscribe/style.css");
/// The one member, with room.
const MAX_FORM: usize = 1_024;

/// What mail programs send, and the button of our page (RFC 8058 §3.1).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OneClickUnsubscribe")]
pub(super) struct OneClickForm {
    /// Always the same.
    #[serde(rename = "List-Unsubscribe")]
    list_unsubscribe: OneClick,
}

/// The one word there is.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(inline)]
enum OneClick {
    /// Stop.
    #[serde(rename = "One-Click")]
    OneClick,
}

pub(super) fn endpoints(service: &Arc<Service>) -> [Endpoint; 2] {
    let show = Endpoint::get(PATH, "show_unsubscription", Policy::Bearer);
    let post = Endpoint::post(PATH, "create_unsubscription", Policy::Bearer);
    [
        common(show)
            .summary("Shows a page with a button that stops mails about a topic.")
            .description(
                "The link at the end of mails. It changes nothing: programs that look at links before people do cannot \
                 stop anything.",
            )
            .answers_page(200, "The page with the button.")
            .handler(show_page, Arc::clone(service)),
        common(post)
            .summary("Stops mails about a topic, without signing in.")
            .description(
                "For the button of the page, and for mail programs: mails name this address in `List-Unsubscribe` \
                 (RFC 8058). The token says whose mails and about what; a repeat changes nothing. Those who are signed in \
                 take it back with `PUT /v1/me/notification-preferences`.",
            )
            .max_body(MAX_FORM)
            .form::<OneClickForm>()
            .answers_page(200, "A page that says so.")
            .handler(stop, Arc::clone(service)),
    ]
}

fn common(endpoint: EndpointBuilder) -> EndpointBuilder {
    endpoint
        .tag("notifications")
        .path_param::<String>("token", "The token of the link.")
        .answers_page(404, "A page that says that the link is none of ours.")
}

/// Shows the button.
#[tracing::instrument(name = "http.notifications.show_unsubscription", skip_all)]
async fn show_page(
    State(service): State<Arc<Service>>,
    ApiPath(token): ApiPath<String>,
) -> Result<Reply, Problem> {
    let Some(what) = service.read_unsubscription(&token) else {
        return Ok(no_such_link());
    };
    let main = format!(
        "<h1>No more mails about {}?</h1>\n<form method=\"post\">\n\
         <input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\n\
         <button>Stop these mails</button>\n</form>",
        topic(what)
    );
    Ok(page(StatusCode::OK, &main))
}

/// Switches the topic off.
#[tracing::instrument(name = "http.notifications.unsubscribe", skip_all)]
async fn stop(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(token): ApiPath<String>,
    ApiForm(form): ApiForm<OneClickForm>,
) -> Result<Reply, Problem> {
    let OneClick::OneClick = form.list_unsubscribe;
    let Some(what) = service.read_unsubscription(&token) else {
        return Ok(no_such_link());
    };
    service.unsubscribe(&ctx, what).await?;
    let main = format!(
        "<h1>Stopped</h1>\n<p>You get no more mails about {}. In your account you can change that at any time.</p>",
        topic(what)
    );
    Ok(page(StatusCode::OK, &main))
}

fn topic(what: Unsubscription) -> &'static str {
    what.topic.words()
}

fn no_such_link() -> Reply {
    let main = "<h1>This link does not work</h1>\n<p>Nothing was changed. In your account you can choose what you are told.</p>";
    page(StatusCode::NOT_FOUND, main)
}

/// A page without a script. Nothing on it came from elsewhere.
fn page(status: StatusCode, main: &str) -> Reply {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Mails</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n{main}\n</main>\n</body>\n</html>\n"
    );
    Reply::html(status, page)
        .header("content-security-policy", policy)
        .header("referrer-policy", "no-referrer")
        .header("x-frame-options", "DENY")
}
