//! Limits and listeners of the REST surface.

use std::net::SocketAddr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Network;

/// `[web]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WebSettings {
    /// Where the public API listens.
    pub listen: SocketAddr,
    /// Where health and metrics listen.
    pub operations_listen: SocketAddr,
    /// Host names that are answered, without port; empty means any.
    pub hosts: Vec<String>,
    /// Origins that browsers may call from, `https://shop.example`; empty means none.
    pub cors_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<Network>,
    /// `max-age` of `Strict-Transport-Security`; 0 sends none. Set it once TLS stands in front. A page of this
    /// host that came without it is then a page of somebody else.
    pub hsts_seconds: u64,
    /// Whether `/docs` is served.
    pub docs: bool,
    /// Whether every answer says in `Server-Timing` how long its parts took; staff is always told. Not where strangers
    /// ask: it tells how much there is to look through.
    pub server_timing: bool,
    /// How long a request may take.
    pub deadline_ms: u64,
    /// Most requests that run at once; more wait for 100 ms and are then refused with 503 `overloaded`.
    pub max_in_flight: usize,
    /// Most requests of one user, or one address where nobody is signed in.
    pub rate_limits: RateLimits,
    /// Most streams of events that are open at once in this process; further ones are refused with 503 `overloaded`.
    pub max_streams: usize,
    /// Most streams of events that one user may have open at once; further ones are refused with 429
    /// `too_many_streams`.
    pub max_streams_per_caller: usize,
    /// Most open connections.
    pub max_connections: usize,
    /// Most open connections of one address (of one /64 network in IPv6); trusted proxies are exempt.
    pub max_connections_per_address: usize,
    /// How long a client may take to send the head of a request.
    pub header_timeout_ms: u64,
    /// How long a connection may be silent between requests.
    pub idle_timeout_ms: u64,
    /// How long the server goes on as if nothing were, but says that it is not ready, once it gets SIGTERM: until
    /// balancers have taken it out. 0 where there is none.
    pub stop_delay_seconds: u64,
    /// How long running requests may take to finish when the server stops.
    pub drain_seconds: u64,
}

/// `[web.rate_limits]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimits {
    /// All operations that name no other.
    pub default: RateLimit,
    /// Operations that check a secret: signing in, recovery.
    pub auth: RateLimit,
}

/// So many requests in so many seconds, all at once if the caller likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests in a window; 0 means no limit.
    pub requests: u32,
    /// Length of the window.
    pub window_seconds: u32,
}

impl WebSettings {
    /// The defaults without rate limits: for tests and benches that do more than a person would.
    pub fn unlimited() -> Self {
        Self {
            rate_limits: RateLimits {
                default: RateLimit::NONE,
                auth: RateLimit::NONE,
            },
            ..Self::default()
        }
    }

    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}

impl RateLimit {
    /// No limit.
    pub const NONE: Self = Self {
        requests: 0,
        window_seconds: 60,
    };
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            operations_listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            hosts: Vec::new(),
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            hsts_seconds: 0,
            docs: true,
            server_timing: false,
            deadline_ms: 10_000,
            max_in_flight: 1_024,
            rate_limits: RateLimits::default(),
            max_streams: 256,
            max_streams_per_caller: 4,
            max_connections: 10_000,
            max_connections_per_address: 1_000,
            header_timeout_ms: 10_000,
            idle_timeout_ms: 60_000,
            stop_delay_seconds: 0,
            drain_seconds: 20,
        }
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            default: RateLimit {
                requests: 600,
                window_seconds: 60,
            },
            auth: RateLimit {
                requests: 30,
                window_seconds: 60,
            },
        }
    }
}
