//! How the simulator starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tenon_kernel::Env;

use crate::WebhookSink;

/// How the simulator starts.
#[derive(Clone)]
pub struct Config {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What the world calls it, if that is not `http://<listen>`.
    pub public_url: Option<String>,
    /// Asked of every API call as `Authorization: Bearer`; none is asked if absent.
    pub api_key: Option<String>,
    /// Where webhooks go; without it and without a sink they wait for [`crate::Simulator::take_webhooks`].
    pub webhook_url: Option<String>,
    /// Signs webhooks.
    pub webhook_secret: String,
    /// Takes webhooks instead of `webhook_url`.
    pub webhook_sink: Option<Arc<dyn WebhookSink>>,
    /// Keeps the books over restarts.
    pub state_file: Option<PathBuf>,
    /// How long `pm_slow` and the slow mode take.
    pub slow: Duration,
    /// How long an answer that never comes is held back before the connection is given up.
    pub silence: Duration,
    /// Time and randomness.
    pub env: Env,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            api_key: None,
            webhook_url: None,
            webhook_secret: "whsec_simulator".to_owned(),
            webhook_sink: None,
            state_file: None,
            slow: Duration::from_secs(2),
            silence: Duration::from_mins(1),
            env: Env::system(),
        }
    }
}
