//! Calls to services of others, which are slow, broken or hostile at times: no redirects, no proxies of the environment,
//! a limit on time, on calls at once and on the size of answers, and a breaker.

mod breaker;
mod courier;
mod egress;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

pub use self::courier::Courier;
pub use self::egress::{
    Answer, Document, Egress, EgressConfig, EgressFault, ForbiddenUrl, Lookup, Network,
    ParseNetworkError, SystemLookup, is_public,
};

use self::breaker::Breaker;
use self::courier::MachineCourier;

/// What a client is made of.
#[derive(Debug, Clone)]
pub struct OutboundConfig {
    /// In errors and names of crash points: `provider`.
    pub name: &'static str,
    /// Where the other side's API is: http or https, without credentials and query.
    pub url: String,
    /// Sent as `Authorization: Bearer`.
    pub api_key: Option<SecretString>,
    /// How long one call may take; 10 to 60,000.
    pub timeout_ms: u64,
    /// Most calls at once; 1 to 10,000.
    pub max_in_flight: usize,
    /// Failures in a row after which no call goes out for `breaker_pause_ms`.
    pub breaker_failures: u32,
    /// How long no call goes out.
    pub breaker_pause_ms: u64,
}

/// The configuration cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// A member is out of range.
    #[error("{key}: {reason}")]
    Setting {
        /// Which.
        key: &'static str,
        /// Why.
        reason: String,
    },
    /// TLS or the resolver cannot be set up.
    #[error("the HTTP client cannot be built")]
    Client(#[source] reqwest::Error),
}

/// A client of one service of somebody else.
pub struct Outbound {
    name: &'static str,
    courier: Arc<dyn Courier>,
    base: Url,
    authorization: Option<HeaderValue>,
    breaker: Breaker,
}

impl Outbound {
    /// Builds a client over the machine's network.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] naming the member that cannot work.
    pub fn new(config: &OutboundConfig) -> Result<Self, OutboundError> {
        let courier = MachineCourier::new(Duration::from_millis(config.timeout_ms))?;
        Self::with_courier(config, Arc::new(courier))
    }

    /// As [`Outbound::new`], over another network.
    ///
    /// # Errors
    ///
    /// As [`Outbound::new`].
    pub fn with_courier(
        config: &OutboundConfig,
        courier: Arc<dyn Courier>,
    ) -> Result<Self, OutboundError> {
        let setting = |key, reason: &str| OutboundError::Setting {
            key,
            reason: reason.to_owned(),
        };
        let mut base =
            Url::parse(&config.url).map_err(|error| setting("url", &error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https")
            || base.host().is_none()
            || base.cannot_be_a_base()
        {
            return Err(setting("url", "expected an http or https URL"));
        }
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(setting(
                "url",
                "credentials and queries do not belong into it",
            ));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        if !(10..=60_000).contains(&config.timeout_ms) {
            return Err(setting("timeout_ms", "expected 10 to 60000"));
        }
        if !(1..=10_000).contains(&config.max_in_flight) {
            return Err(setting("max_in_flight", "expected 1 to 10000"));
        }
        let authorization = match &config.api_key {
            Some(key) => {
                let text = format!("Bearer {}", key.expose_secret());
                let mut value = HeaderValue::try_from(text)
                    .map_err(|_| setting("api_key", "cannot stand in a header"))?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        let pause = Duration::from_millis(config.breaker_pause_ms);
        Ok(Self {
            name: config.name,
            courier,
            base,
            authorization,
            breaker: Breaker::new(config.max_in_flight, config.breaker_failures, pause),
        })
    }

    /// A request for a path below the base.
    ///
    /// # Panics
    ///
    /// Never: the base was checked when the client was built.
    pub fn request(&self, method: Method, path: &[&str]) -> Request {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("checked when built")
            .pop_if_empty()
            .extend(path);
        let mut request = Request::new(method, url);
        if let Some(authorization) = &self.authorization {
            let headers = request.headers_mut();
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        request
    }

    /// A POST of JSON.
    ///
    /// # Panics
    ///
    /// If `body` cannot be written as JSON: it must be plain data.
    pub fn post(&self, path: &[&str], body: &impl Serialize) -> Request {
        let mut request = self.request(Method::POST, path);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        let body = serde_json::to_vec(body).expect("plain data encodes");
        *request.body_mut() = Some(body.into());
        request
    }

    /// Sends a request; `what` names it where a debug build can be stopped.
    ///
    /// # Errors
    ///
    /// Why there is no whole answer, in words for a log. An error of the server (5xx) is an answer.
    pub async fn send(
        &self,
        what: &str,
        request: Request,
    ) -> Result<(StatusCode, Vec<u8>), String> {
        let Some(pass) = self.breaker.enter().await else {
            return Err(format!("the {} is not called now", self.name));
        };
        let crossing = tenon_chaos::crossing(format_args!("send {}/{what}", self.name));
        match self.courier.carry(request).await {
            Ok((status, body)) => {
                crossing.done();
                pass.finish(!status.is_server_error());
                Ok((status, body))
            }
            Err(why) => {
                pass.finish(false);
                Err(why)
            }
        }
    }
}
