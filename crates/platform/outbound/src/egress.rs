//! Calls to addresses that somebody else chose: they reach the public internet and nothing behind our own doors.
//!
//! **Architecture invariant:** what is connected to was checked at the moment of connecting. A URL with a literal address
//! is checked itself, because no resolver is asked about it; a name is resolved here, each of its addresses is checked,
//! and the connection is made to those that are left. What a name meant when somebody registered it says nothing.
//! Checked by `tests/it/egress.rs`.

mod address;
mod document;
mod resolver;

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};

pub use self::address::{Network, ParseNetworkError, is_public};
pub use self::document::Document;
use self::resolver::{GuardedResolver, NoPublicAddress};
pub use self::resolver::{Lookup, SystemLookup};
use super::OutboundError;

/// Most of an answer that is read; what follows is hung up on.
const MAX_ANSWER: usize = 64 * 1024;
/// Longest URL.
const MAX_URL: usize = 2_048;
/// Longest time for reaching the other side.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection is kept for the next call.
const IDLE: Duration = Duration::from_secs(30);

/// Where calls may go.
#[derive(Debug, Clone)]
pub struct EgressConfig {
    /// Sent as `User-Agent`.
    pub user_agent: String,
    /// How long one call may take.
    pub timeout: Duration,
    /// Whether `http` will do; it never does where strangers choose.
    pub allow_http: bool,
    /// Ports beside 443 and 8443.
    pub further_ports: Vec<u16>,
    /// Networks that may be reached although they are not public.
    pub allowed_networks: Vec<Network>,
}

/// A URL that is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForbiddenUrl {
    /// Not a URL with a host, or too long.
    #[error("is not a URL of a web server")]
    NotAUrl,
    /// Another scheme than `https`.
    #[error("must begin with https://")]
    Scheme,
    /// A user name or a password.
    #[error("must not hold a user name or a password")]
    Credentials,
    /// A port that is not open for calls.
    #[error("must have one of the allowed ports")]
    Port,
    /// Not an address of the public internet.
    #[error("leads to an address that is not public")]
    Address,
}

/// Why there is no answer. Carries no words of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EgressFault {
    /// Nothing was sent: the URL, or what its name stands for now, is not to be reached.
    #[error("the URL {0}")]
    Forbidden(ForbiddenUrl),
    /// Nobody could be reached, or the connection was lost.
    #[error("the connection failed")]
    Connection,
    /// No answer in time.
    #[error("there was no answer in time")]
    Timeout,
    /// More of an answer than is read.
    #[error("the answer is too long")]
    TooLong,
}

/// What the other side said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its `Retry-After`, as it came.
    pub retry_after: Option<String>,
}

/// A client for addresses that somebody else chose.
pub struct Egress {
    client: Client,
    rules: Arc<Rules>,
}

/// What may be reached.
#[derive(Debug)]
struct Rules {
    allow_http: bool,
    further_ports: Vec<u16>,
    allowed_networks: Vec<Network>,
}

impl Egress {
    /// Builds a client that asks `lookup` for the addresses of names.
    ///
    /// # Errors
    ///
    /// [`OutboundError::Client`] if TLS cannot be set up.
    pub fn new(config: EgressConfig, lookup: Arc<dyn Lookup>) -> Result<Self, OutboundError> {
        let rules = Arc::new(Rules {
            allow_http: config.allow_http,
            further_ports: config.further_ports,
            allowed_networks: config.allowed_networks,
        });
        let client = Client::builder()
            .user_agent(config.user_agent)
            .timeout(config.timeout)
            .connect_timeout(config.timeout.min(CONNECT_TIMEOUT))
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(GuardedResolver::new(lookup, Arc::clone(&rules))))
            .build()
            .map_err(OutboundError::Client)?;
        Ok(Self { client, rules })
    }

    /// Says whether a URL may be called, as far as it can be seen without resolving its name.
    ///
    /// # Errors
    ///
    /// [`ForbiddenUrl`] with the first rule it breaks.
    pub fn check(&self, url: &str) -> Result<(), ForbiddenUrl> {
        self.rules.check(url).map(drop)
    }

    /// Sends a POST and waits for the status. At most 64 KiB of the answer's body are read, and none is kept.
    ///
    /// # Errors
    ///
    /// [`EgressFault`] if there is no status.
    pub async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, EgressFault> {
        let url = self.rules.check(url).map_err(EgressFault::Forbidden)?;
        let crossing = tenon_chaos::crossing(format_args!("send egress/post"));
        let call = self.client.post(url).headers(headers).body(body);
        let mut answer = call.send().await.map_err(|error| fault(&error))?;
        let found = Answer {
            status: answer.status(),
            retry_after: answer
                .headers()
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
        };
        // The status is the answer. The body is read so that the connection can be used again, no further than that.
        let mut read = 0;
        while let Ok(Some(chunk)) = answer.chunk().await {
            read += chunk.len();
            if read > MAX_ANSWER {
                break;
            }
        }
        crossing.done();
        Ok(found)
    }
}

impl Rules {
    fn check(&self, text: &str) -> Result<Url, ForbiddenUrl> {
        if text.len() > MAX_URL {
            return Err(ForbiddenUrl::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| ForbiddenUrl::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            _ => return Err(ForbiddenUrl::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ForbiddenUrl::Credentials);
        }
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(ForbiddenUrl::NotAUrl)?;
        let port = url.port_or_known_default().ok_or(ForbiddenUrl::Port)?;
        let is_open = matches!(port, 443 | 8443) || self.further_ports.contains(&port);
        if !is_open {
            return Err(ForbiddenUrl::Port);
        }
        // The URL standard has made four decimal numbers of every way to write an IPv4 address by now.
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = literal.parse::<IpAddr>()
            && !self.allows(address)
        {
            return Err(ForbiddenUrl::Address);
        }
        Ok(url)
    }

    fn allows(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        is_public(address)
            || self
                .allowed_networks
                .iter()
                .any(|network| network.contains(canonical))
    }
}

fn fault(error: &reqwest::Error) -> EgressFault {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = source {
        if inner.is::<NoPublicAddress>() {
            return EgressFault::Forbidden(ForbiddenUrl::Address);
        }
        source = inner.source();
    }
    if error.is_timeout() {
        EgressFault::Timeout
    } else {
        EgressFault::Connection
    }
}
