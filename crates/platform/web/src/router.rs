//! The edge: everything between a connection and a handler.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Request;
use http::Method;
use tenon_access::TokenVerifier;
use tenon_kernel::Env;

use crate::dispatch::Dispatch;
use crate::openapi::SchemaConflict;
use crate::pages::OpenApiPage;
use crate::{ApiInfo, Endpoint, WebSettings, operations};

/// What the edge needs to make a call context.
#[derive(Clone)]
pub struct EdgeState {
    /// Time and randomness.
    pub env: Env,
    /// Turns bearer tokens into principals.
    pub verifier: TokenVerifier,
    /// Limits.
    pub settings: Arc<WebSettings>,
}

/// Says whether the process should get traffic.
#[async_trait]
pub trait Readiness: Send + Sync + 'static {
    /// Each part with `None` if well or the reason if not.
    async fn check(&self) -> Vec<(String, Option<String>)>;

    /// Other processes that this one calls, and its backup, likewise. They are reported and decide nothing: what does
    /// not need them still works.
    async fn edges(&self) -> Vec<(String, Option<String>)> {
        Vec::new()
    }
}

/// Why a set of endpoints does not make an API. Found at start, never at a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EdgeError {
    /// An operation id is there twice.
    #[error("the operation `{operation}` is declared twice")]
    DuplicateOperation {
        /// The operation id.
        operation: &'static str,
    },
    /// A method and path are there twice.
    #[error("`{method} {path}` is declared twice")]
    DuplicateRoute {
        /// The method.
        method: Method,
        /// The path.
        path: &'static str,
    },
    /// A path the router cannot hold.
    #[error("the path `{path}` is malformed or clashes with another")]
    BadPath {
        /// The path.
        path: &'static str,
    },
    /// A rate limit that the settings do not have.
    #[error("the operation `{operation}` names the rate limit `{limit}`, which does not exist")]
    UnknownRateLimit {
        /// The operation id.
        operation: &'static str,
        /// The missing limit.
        limit: &'static str,
    },
    /// Two types would share a name in the OpenAPI document.
    #[error(transparent)]
    Schema(#[from] SchemaConflict),
}

/// Builds the public and the operations router.
pub struct Edge;

impl Edge {
    /// The public router: endpoints, `/openapi.json`, `/docs`, `/errors/{code}`. For tests and examples, which mostly
    /// do without the OpenAPI document: it is put together when it is asked for.
    ///
    /// # Panics
    ///
    /// If the endpoints contradict each other; [`Edge::try_public`] says so instead.
    pub fn public(state: EdgeState, info: ApiInfo, endpoints: Vec<Endpoint>) -> Router {
        let openapi = OpenApiPage::later(info, endpoints.clone());
        match Self::router(state, endpoints, openapi) {
            Ok(router) => router,
            Err(error) => panic!("the endpoints do not make an API: {error}"),
        }
    }

    /// The public router, or why the endpoints do not make one.
    pub fn try_public(
        state: EdgeState,
        info: ApiInfo,
        endpoints: Vec<Endpoint>,
    ) -> Result<Router, EdgeError> {
        let openapi = OpenApiPage::now(&info, &endpoints)?;
        Self::router(state, endpoints, openapi)
    }

    fn router(
        state: EdgeState,
        endpoints: Vec<Endpoint>,
        openapi: OpenApiPage,
    ) -> Result<Router, EdgeError> {
        let dispatch = Arc::new(Dispatch::new(state, endpoints, openapi)?);
        let service = tower::service_fn(move |request: Request| {
            let dispatch = Arc::clone(&dispatch);
            async move { Ok(dispatch.answer(request).await) }
        });
        Ok(Router::new().fallback_service(service))
    }

    /// The operations router: `/livez`, `/readyz`, `/metrics`.
    pub fn operations(readiness: Arc<dyn Readiness>) -> Router {
        operations::router(readiness)
    }
}
