//! One read of each module that makes no call to another: to tell whether the module is there, and what a hop costs.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::time::Instant;

use crate::accounts;
use crate::client::Client;

/// Module, path, and the account that may read it; nobody has to sign in for an empty one.
const READS: [(&str, &str, &str); 6] = [
    ("identity", "/v1/me", "admin"),
    ("catalog", "/v1/products?limit=1", ""),
    ("payments", "/v1/ledger/entries?limit=1", "staff"),
    ("orders", "/v1/orders?limit=1", "staff"),
    ("notifications", "/v1/messages?limit=1", "staff"),
    ("audit", "/v1/audit/entries?limit=1", "admin"),
];
/// Reads before those that count.
const WARM_UP: usize = 20;

/// A read of one module.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Probe {
    /// The read of a module, or of any other one.
    pub(crate) async fn of(
        api: &str,
        accounts: &Path,
        module: &str,
        is_other: bool,
    ) -> Result<Self> {
        let wanted = |name: &str| (name == module) != is_other;
        // Orders and catalog are in the way of a checkout: what is asked of another module is one of these.
        let order = ["orders", "catalog"];
        let mut reads = READS.into_iter().collect::<Vec<_>>();
        reads.sort_by_key(|(name, ..)| !order.contains(name));
        let found = reads.into_iter().find(|(name, ..)| wanted(name));
        let (_, path, account) = found.with_context(|| format!("no read of {module} is known"))?;
        let token = match account {
            "" => String::new(),
            account => {
                let account = accounts::of(account, accounts)?;
                Client::new(api)?
                    .signed_in(&account)
                    .await?
                    .token()
                    .to_owned()
            }
        };
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .build()?;
        Ok(Self {
            http,
            url: format!("{}{path}", api.trim_end_matches('/')),
            token,
        })
    }

    /// Asks once; `None` if no answer came.
    pub(crate) async fn ask(&self) -> Option<(u16, serde_json::Value)> {
        let mut request = self.http.get(&self.url);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.unwrap_or_default()))
    }

    /// The middle duration of so many reads, one after the other, in microseconds.
    pub(crate) async fn median_us(&self, count: usize) -> Result<u64> {
        let mut durations = Vec::with_capacity(count);
        for number in 0..count + WARM_UP {
            let started = Instant::now();
            match self.ask().await {
                Some((200, _)) => {}
                other => bail!("{}: {other:?}", self.url),
            }
            if number >= WARM_UP {
                durations.push(u64::try_from(started.elapsed().as_micros())?);
            }
        }
        durations.sort_unstable();
        durations
            .get(count / 2)
            .copied()
            .context("at least one read")
    }
}
