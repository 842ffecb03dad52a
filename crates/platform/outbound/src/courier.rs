//! Carries requests to others: HTTP of the machine, or of a simulation.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Request, StatusCode};

use super::OutboundError;

/// Largest answer that is read.
const MAX_ANSWER: usize = 64 * 1024;

/// Carries requests to others.
#[async_trait]
pub trait Courier: Send + Sync + 'static {
    /// Returns the whole answer, or why there is none; it takes no longer than a call may take.
    async fn carry(&self, request: Request) -> Result<(StatusCode, Vec<u8>), String>;
}

/// HTTP of the machine: no redirects, no proxies of the environment, timeouts.
pub(super) struct MachineCourier(Client);

impl MachineCourier {
    pub(super) fn new(timeout: Duration) -> Result<Self, OutboundError> {
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout.min(Duration::from_secs(2)))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .build()
            .map_err(OutboundError::Client)?;
        Ok(Self(client))
    }
}

#[async_trait]
impl Courier for MachineCourier {
    /// Reads at most [`MAX_ANSWER`] bytes of the answer.
    async fn carry(&self, request: Request) -> Result<(StatusCode, Vec<u8>), String> {
        let doubt = |error: reqwest::Error| {
            let error = error.without_url();
            if error.is_timeout() {
                "timeout".to_owned()
            } else {
                format!("connection: {error}")
            }
        };
        let mut answer = self.0.execute(request).await.map_err(doubt)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(doubt)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err("the answer is too long".to_owned());
            }
            body.extend_from_slice(&chunk);
        }
        Ok((answer.status(), body))
    }
}
