//! What the edge serves itself: the OpenAPI document, the documentation page, the pages of error codes.

use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tenon_kernel::ErrorKind;

use crate::dispatch::method_not_allowed;
use crate::openapi::{SchemaConflict, openapi_document, try_openapi_document};
use crate::{ApiInfo, Endpoint, Problem, deprecation, error_pages};

const PAGE: &str = include_str!("../assets/docs/index.html");
const SCRIPT: &str = include_str!("../assets/docs/app.js");
const STYLE: &str = include_str!("../assets/docs/style.css");

/// Own scripts and styles only, and calls to this server only.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                           img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The pages, ready to be sent.
pub(crate) struct Pages {
    openapi: OpenApiPage,
    deprecations: Page,
    docs: Option<[Page; 3]>,
}

/// The OpenAPI document, put together at once or when somebody asks for it.
pub(crate) struct OpenApiPage(LazyLock<Page, Box<dyn FnOnce() -> Page + Send>>);

#[derive(Clone)]
struct Page {
    content_type: &'static str,
    policy: Option<&'static str>,
    etag: HeaderValue,
    body: Bytes,
}

impl OpenApiPage {
    /// Makes it now.
    pub(crate) fn now(info: &ApiInfo, endpoints: &[Endpoint]) -> Result<Self, SchemaConflict> {
        let page = Page::json(&try_openapi_document(info, endpoints)?);
        Ok(Self(LazyLock::new(Box::new(move || page))))
    }

    /// Makes it when it is asked for, which panics if types contradict each other.
    pub(crate) fn later(info: ApiInfo, endpoints: Vec<Endpoint>) -> Self {
        let make = move || Page::json(&openapi_document(&info, &endpoints));
        Self(LazyLock::new(Box::new(make)))
    }
}

impl Pages {
    pub(crate) fn new(openapi: OpenApiPage, endpoints: &[Endpoint], with_docs: bool) -> Self {
        let docs = with_docs.then(|| {
            let page = Page::new(
                "text/html; charset=utf-8",
                Bytes::from_static(PAGE.as_bytes()),
            );
            [
                Page {
                    policy: Some(PAGE_POLICY),
                    ..page
                },
                Page::new(
                    "text/javascript; charset=utf-8",
                    Bytes::from_static(SCRIPT.as_bytes()),
                ),
                Page::new(
                    "text/css; charset=utf-8",
                    Bytes::from_static(STYLE.as_bytes()),
                ),
            ]
        });
        Self {
            openapi,
            deprecations: Page::html(deprecation::page(endpoints)),
            docs,
        }
    }

    /// Answers a path that no endpoint has.
    pub(crate) fn answer(&self, parts: &Parts, path: &str) -> Result<Response, Problem> {
        let page = self.find(path).ok_or_else(|| {
            Problem::new(
                ErrorKind::NotFound,
                "route_not_found",
                "There is nothing at this path; /openapi.json lists what there is.",
            )
        })?;
        match parts.method {
            Method::GET | Method::HEAD if path == "/docs/" => Ok(redirect("/docs")),
            Method::GET | Method::HEAD => Ok(page.into_response()),
            _ => Err(method_not_allowed(HeaderValue::from_static("GET, HEAD"))),
        }
    }

    fn find(&self, path: &str) -> Option<Page> {
        let docs = |index: usize| self.docs.as_ref().map(|pages| pages[index].clone());
        match path {
            "/openapi.json" => Some(LazyLock::force(&self.openapi.0).clone()),
            "/docs" | "/docs/" => docs(0),
            "/docs/app.js" => docs(1),
            "/docs/style.css" => docs(2),
            deprecation::PAGE => Some(self.deprecations.clone()),
            "/errors" => error_pages::index().map(Page::html),
            _ => path
                .strip_prefix("/errors/")
                .and_then(error_pages::page)
                .map(Page::html),
        }
    }
}

impl Page {
    fn new(content_type: &'static str, body: Bytes) -> Self {
        let hash = Sha256::digest(&body);
        let short = hash[..8]
            .iter()
            .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let etag = HeaderValue::try_from(format!("\"{short:016x}\""))
            .expect("hexadecimal digits are header text");
        Self {
            content_type,
            policy: None,
            etag,
            body,
        }
    }

    fn json(document: &Value) -> Self {
        Self::new("application/json", Bytes::from(document.to_string()))
    }

    fn html(text: String) -> Self {
        Self {
            policy: Some(PAGE_POLICY),
            ..Self::new("text/html; charset=utf-8", Bytes::from(text))
        }
    }

    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(ETAG, self.etag);
        if let Some(policy) = self.policy {
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        }
        response
    }
}

fn redirect(to: &'static str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    response
        .headers_mut()
        .insert(LOCATION, HeaderValue::from_static(to));
    response
}
