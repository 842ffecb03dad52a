//! One request for several endpoints: for operations that each module answers a part of.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::Response;
use futures_util::future::join_all;
use http::request::Parts;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use tenon_kernel::ErrorKind;

use crate::{Endpoint, Problem};

/// The request as it came, to be asked of other endpoints with the same path, by the same caller, within the same
/// deadline. They may be forwarded to other processes; their policies are theirs to check.
#[derive(Debug)]
pub struct Onward(Parts);

impl Onward {
    /// Asks every endpoint at once; returns their answers in the order of the endpoints.
    ///
    /// # Errors
    ///
    /// For each endpoint what it refused with, or 503 if what it says cannot be understood here.
    pub async fn ask<'e, T: DeserializeOwned>(
        &self,
        endpoints: impl IntoIterator<Item = &'e Endpoint>,
    ) -> Vec<Result<T, Problem>> {
        join_all(endpoints.into_iter().map(|endpoint| self.ask_one(endpoint))).await
    }

    async fn ask_one<T: DeserializeOwned>(&self, endpoint: &Endpoint) -> Result<T, Problem> {
        let request = Request::from_parts(self.0.clone(), Body::empty());
        read(endpoint.call(request).await).await
    }
}

async fn read<T: DeserializeOwned>(mut response: Response) -> Result<T, Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return Err(problem);
    }
    let status = response.status();
    let body = response.into_body().collect().await;
    let answer = body.ok().filter(|_| status == StatusCode::OK);
    answer
        .and_then(|body| serde_json::from_slice(&body.to_bytes()).ok())
        .ok_or_else(|| {
            tracing::warn!(%status, "a part of an answer is missing");
            Problem::new(
                ErrorKind::Unavailable,
                "unavailable",
                "A part of the service does not answer now. Ask again.",
            )
        })
}

impl<S: Sync> FromRequestParts<S> for Onward {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.clone()))
    }
}
