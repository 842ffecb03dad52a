//! Requests of browsers from other origins: closed by default, an exact allow-list.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HOST,
    ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Uri};
use tenon_kernel::ErrorKind;

use crate::Problem;

/// Headers that scripts of allowed origins may send.
const REQUEST_HEADERS: &str = "authorization, cart-token, consistency-token, content-type, idempotency-key, if-match, if-none-match, last-event-id, prefer, \
                               traceparent";
/// Headers that scripts of allowed origins may read.
const RESPONSE_HEADERS: &str = "consistency-token, deprecation, etag, idempotent-replayed, link, location, \
                                preference-applied, ratelimit, ratelimit-policy, retry-after, server-timing, sunset, trace-id";

/// Who may call from a browser. No credentials are ever allowed: the one cookie there is belongs to our own pages.
#[derive(Debug)]
pub(crate) struct Cors {
    origins: Vec<HeaderValue>,
    /// Whether TLS stands in front: then a page of this host without it is somebody else's.
    is_tls: bool,
}

/// What an `Origin` header means for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Not a browser, or a page of our own.
    Same,
    /// A page on the allow-list.
    Allowed(HeaderValue),
    /// Any other page.
    Foreign,
}

impl Cors {
    /// `is_tls` says that browsers reach this server with TLS only.
    pub(crate) fn new(origins: &[String], is_tls: bool) -> Self {
        Self {
            is_tls,
            origins: origins
                .iter()
                .filter_map(|origin| HeaderValue::try_from(origin).ok())
                .collect(),
        }
    }

    pub(crate) fn origin(&self, headers: &HeaderMap, uri: &Uri) -> Origin {
        let mut said = headers.get_all(ORIGIN).iter();
        let Some(origin) = said.next() else {
            return Origin::Same;
        };
        if said.next().is_some() {
            return Origin::Foreign; // no browser says two
        }
        if self.origins.contains(origin) {
            return Origin::Allowed(origin.clone());
        }
        let own = uri
            .authority()
            .map(|authority| authority.as_str().as_bytes());
        let own = own.or_else(|| headers.get(HOST).map(HeaderValue::as_bytes));
        let theirs = origin
            .to_str()
            .ok()
            .and_then(|origin| origin.split_once("://"))
            .filter(|(scheme, _)| *scheme == "https" || (*scheme == "http" && !self.is_tls))
            .map(|(_, host)| host.as_bytes());
        if theirs.is_some() && theirs == own {
            Origin::Same
        } else {
            Origin::Foreign
        }
    }

    /// Refuses what no page of our own has sent: the allow-list is for programs, forms are ours alone. Clients that are no
    /// browsers say nothing, and have no cookie that somebody else could make use of.
    pub(crate) fn check_same(origin: &Origin, headers: &HeaderMap) -> Result<(), Problem> {
        let site = headers.get("sec-fetch-site");
        if *origin == Origin::Same && site.is_none_or(|site| site == "same-origin") {
            return Ok(());
        }
        Err(Problem::new(
            ErrorKind::Forbidden,
            "origin_not_allowed",
            "Only pages of this server may send this form.",
        ))
    }

    /// Refuses commands from foreign pages: a second wall behind the missing cookies. What the browser says of where a
    /// request began counts too, unless the page is on the allow-list.
    pub(crate) fn check(
        origin: &Origin,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<(), Problem> {
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        let is_elsewhere = matches!(site, Some(b"cross-site" | b"same-site"));
        let is_foreign = *origin == Origin::Foreign || (*origin == Origin::Same && is_elsewhere);
        if is_foreign && !method.is_safe() {
            let detail =
                "Pages of this origin may not call; the installation lists those that may.";
            return Err(Problem::new(
                ErrorKind::Forbidden,
                "origin_not_allowed",
                detail,
            ));
        }
        Ok(())
    }

    /// Says whether a request is a browser's question before the real one.
    pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
        *method == Method::OPTIONS
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
            && headers.contains_key(ORIGIN)
    }

    /// Adds what an answer needs so that the browser hands it to the page.
    pub(crate) fn decorate(&self, origin: &Origin, headers: &mut HeaderMap) {
        if self.origins.is_empty() {
            return;
        }
        headers.append(VARY, HeaderValue::from_static("Origin"));
        if let Origin::Allowed(origin) = origin {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(
                ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static(RESPONSE_HEADERS),
            );
        }
    }

    /// Adds the answer to a preflight; `allow` are the methods of the path.
    pub(crate) fn answer_preflight(allow: HeaderValue, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, allow);
        headers.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(REQUEST_HEADERS),
        );
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
}
