//! What every answer gets on its way out: headers, 304, compression, the request line of the log.

use std::io::Write as _;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    LINK, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use http_body::Body as _;
use http_body_util::BodyExt;
use tenon_kernel::CallStats;
use tracing::Span;

use super::timing::SERVER_TIMING;
use super::{Dispatch, Exchange};
use crate::Problem;
use crate::consistency::{self, CONSISTENCY_TOKEN};
use crate::negotiate::names_etag;
use crate::problem::Occurrence;
use crate::reply::NextCursor;
use crate::trace::TraceText;

static TRACE_ID: HeaderName = HeaderName::from_static("trace-id");
static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
static IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Smaller bodies fit into one packet anyway.
const WORTH_COMPRESSING: u64 = 1024;
/// Larger bodies are compressed on a thread that may block.
const COMPRESSED_IN_PLACE: usize = 64 * 1024;

impl Dispatch {
    pub(super) fn finish(
        &self,
        exchange: &Exchange<'_>,
        outcome: Result<Response, Problem>,
    ) -> Response {
        let (mut response, problem) = match outcome {
            Ok(mut response) => {
                let problem = response.extensions_mut().remove::<Problem>();
                (response, problem)
            }
            Err(problem) => (Response::default(), Some(problem)),
        };
        if let Some(problem) = problem {
            let (route, path) = (exchange.route_name(), exchange.uri.path());
            let oauth = exchange
                .route
                .is_some_and(|route| route.endpoint.shape.speaks_oauth);
            response = render(&problem, oauth, route, path, &exchange.trace_text);
        }

        exchange.link_next_page(&mut response);
        if is_unchanged(exchange, &response) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_TYPE);
            response.headers_mut().remove(CONTENT_LENGTH);
        }

        // Also where a handler refuses a secret: whoever is not known learns how to become known (RFC 9110 §11.6.1).
        if response.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .entry(WWW_AUTHENTICATE)
                .or_insert(challenge);
        }
        exchange.tell_what_followed(response.headers_mut());
        let headers = response.headers_mut();
        self.secure(headers);
        self.cors.decorate(&exchange.origin, headers);
        headers.insert(
            TRACE_ID.clone(),
            HeaderValue::from_str(exchange.trace_text.as_str())
                .expect("hexadecimal digits are header text"),
        );
        if let Some((limiter, quota)) = &exchange.quota {
            headers.insert(RATE_LIMIT_POLICY.clone(), limiter.policy());
            headers.insert(RATE_LIMIT.clone(), limiter.state(*quota));
        }
        if exchange
            .facts
            .as_ref()
            .is_some_and(|facts| facts.ctx.was_replayed())
        {
            headers.insert(
                IDEMPOTENT_REPLAYED.clone(),
                HeaderValue::from_static("true"),
            );
        }
        response
    }

    /// The headers that keep browsers from making more of an answer than it is.
    fn secure(&self, headers: &mut HeaderMap) {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers
            .entry(REFERRER_POLICY)
            .or_insert(HeaderValue::from_static("no-referrer"));
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static(
                "default-src 'none'; frame-ancestors 'none'",
            ));
        headers
            .entry(CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        if let Some(hsts) = &self.hsts {
            headers.insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
    }
}

impl Exchange<'_> {
    /// The last step, once the body is what it will be.
    pub(super) fn complete(&self, mut response: Response) -> Response {
        if self.method == Method::HEAD {
            forget_body(&mut response);
        }
        self.log(response.status());
        response
    }

    /// The span that a handler runs in. Reads are many and short, so theirs is for those who look closely.
    pub(super) fn span(&self, is_read: bool) -> Span {
        let trace_id = self.trace_text.as_str();
        if is_read {
            tracing::debug_span!(target: "tenon_web::span", "http.request", route = self.route_name(), trace_id)
        } else {
            tracing::info_span!(target: "tenon_web::span", "http.request", route = self.route_name(), trace_id)
        }
    }

    /// Makes `Link: rel="next"` of the cursor that a list answered with (RFC 8288).
    fn link_next_page(&self, response: &mut Response) {
        if let Some(NextCursor(cursor)) = response.extensions_mut().remove::<NextCursor>()
            && let Ok(link) = HeaderValue::try_from(next_link(&self.uri, &cursor))
        {
            response.headers_mut().append(LINK, link);
        }
    }

    /// What the request has caused, for reads after it; and for those who may know, how long it took.
    fn tell_what_followed(&self, headers: &mut HeaderMap) {
        let stats = self.facts.as_ref().map(|facts| facts.ctx.stats());
        if let Some(token) = stats.and_then(|it| consistency::token(&it.emitted())) {
            headers.insert(CONSISTENCY_TOKEN.clone(), token);
        }
        if let Some(timing) = self.timing.header(self.started, stats) {
            headers.insert(SERVER_TIMING.clone(), timing);
        }
    }

    /// The one line for each request. No body, no token, no value of the query or the path.
    fn log(&self, status: StatusCode) {
        let took = self.started.elapsed();
        let cost = self.facts.as_ref().map(|facts| facts.ctx.stats());
        let seam_calls = cost.map(CallStats::seam_calls).unwrap_or_default();
        tracing::info!(
            target: "tenon_web::request",
            route = self.route_name(),
            status = status.as_u16(),
            duration_ms = millis(took),
            db_ms = millis(cost.map_or_else(Default::default, CallStats::database_time)),
            statements = cost.map_or(0, CallStats::statements),
            seam_calls = seam_calls.iter().map(|calls| calls.count).sum::<u32>(),
            trace_id = self.trace_text.as_str(),
            "request"
        );
        if let Some(route) = self.route {
            route.metrics.record(status, took, &seam_calls);
        }
    }

    /// `GET /v1/orders/{id}`
    fn route_name(&self) -> &str {
        self.route.map_or("none", |route| &route.name)
    }
}

/// Writes a problem with what only its request knows, and logs what the caller does not learn.
pub(crate) fn render(
    problem: &Problem,
    oauth: bool,
    route: &str,
    path: &str,
    trace: &TraceText,
) -> Response {
    let occurrence = Occurrence {
        instance: Some(path),
        trace_id: Some(trace.as_str()),
    };
    // A fault with an incident of its own was logged where it was met.
    let is_logged = problem.incident(Occurrence::default()).is_some();
    if let Some(error) = problem.cause().filter(|_| !is_logged) {
        let incident = problem.incident(occurrence);
        let code = problem.code();
        tracing::error!(route, code, incident, error, "request failed");
    }
    if oauth {
        problem.render_oauth()
    } else {
        problem.render(occurrence)
    }
}

fn millis(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn next_link(uri: &Uri, cursor: &str) -> String {
    let mut link = format!("<{}?", uri.path());
    for pair in uri.query().unwrap_or_default().split('&') {
        if !pair.is_empty() && pair.split('=').next() != Some("cursor") {
            link.push_str(pair);
            link.push('&');
        }
    }
    link.push_str("cursor=");
    link.push_str(cursor);
    link.push_str(">; rel=\"next\"");
    link
}

/// Keeps of the body what `HEAD` may know: its length. For other methods hyper writes it.
fn forget_body(response: &mut Response) {
    if let Some(length) = response.body().size_hint().exact() {
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
}

/// Says whether the caller has this version already (RFC 9110 §13.1.2).
fn is_unchanged(exchange: &Exchange<'_>, response: &Response) -> bool {
    let Some(list) = &exchange.if_none_match else {
        return false;
    };
    if response.status() != StatusCode::OK || !matches!(exchange.method, Method::GET | Method::HEAD)
    {
        return false;
    }
    let etag = response
        .headers()
        .get(ETAG)
        .and_then(|etag| etag.to_str().ok());
    etag.is_some_and(|etag| list.to_str().is_ok_and(|list| names_etag(list, etag)))
}

/// Says whether a body is over 1 KiB of text for a caller that takes gzip. The ETag stays: it names the version of
/// the thing, and commands compare it strongly.
pub(super) fn is_worth_compressing(response: &mut Response, wanted: bool) -> bool {
    let size = response.body().size_hint().exact();
    if size.is_none_or(|size| size < WORTH_COMPRESSING)
        || response.headers().contains_key(CONTENT_ENCODING)
    {
        return false;
    }
    response
        .headers_mut()
        .append(VARY, HeaderValue::from_static("Accept-Encoding"));
    wanted && is_text(response.headers())
}

/// Compresses a whole body.
pub(super) async fn compress(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(collected) = body.collect().await else {
        return Problem::new(
            tenon_kernel::ErrorKind::Internal,
            "internal",
            "the body could not be read",
        )
        .render(Occurrence::default());
    };
    let plain = collected.to_bytes();
    let packed = if plain.len() <= COMPRESSED_IN_PLACE {
        gzip(&plain)
    } else {
        let copy = plain.clone();
        tokio::task::spawn_blocking(move || gzip(&copy))
            .await
            .unwrap_or(None)
    };
    let body = match packed {
        Some(packed) => {
            parts
                .headers
                .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parts.headers.remove(CONTENT_LENGTH);
            packed
        }
        None => plain,
    };
    Response::from_parts(parts, Body::from(body))
}

fn is_text(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    content_type.starts_with("text/")
        || content_type.contains("json")
        || content_type.contains("svg")
}

fn gzip(plain: &Bytes) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_the_filter_and_replaces_the_cursor() {
        let uri: Uri = "/v1/products?limit=2&cursor=old&category=tea"
            .parse()
            .expect("a URI");
        assert_eq!(
            next_link(&uri, "new"),
            "</v1/products?limit=2&category=tea&cursor=new>; rel=\"next\""
        );
    }
}
