//! `payment-simulator`: runs the provider on its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use payment_simulator::{Config, Simulator};
use tenon_kernel::{Env, MovableClock, SystemEntropy};

/// A payment provider for development and tests. No money moves.
#[derive(Debug, Parser)]
#[command(name = "payment-simulator")]
struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:4242")]
    listen: SocketAddr,
    /// What browsers call this server, if that is not http://<LISTEN>
    #[arg(long)]
    public_url: Option<String>,
    /// Where webhooks go, for example http://127.0.0.1:8080/v1/provider-webhooks/simulator
    #[arg(long)]
    webhook_url: Option<String>,
    /// Signs webhooks
    #[arg(long, default_value = "whsec_simulator")]
    webhook_secret: String,
    /// Asked of every API call as a bearer token
    #[arg(long)]
    api_key: Option<String>,
    /// How far its clock is ahead of the machine's from the start, as that of the merchant is
    #[arg(long, default_value_t = 0)]
    clock_ahead_seconds: u64,
    /// Keeps the books over restarts
    #[arg(long)]
    state_file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .init();
    let arguments = Arguments::parse();
    let clock = MovableClock::ahead_by(Duration::from_secs(arguments.clock_ahead_seconds));
    let simulator = Simulator::start(Config {
        env: Env::new(Arc::new(clock), Arc::new(SystemEntropy)),
        listen: arguments.listen,
        public_url: arguments.public_url,
        webhook_url: arguments.webhook_url,
        webhook_secret: arguments.webhook_secret,
        api_key: arguments.api_key,
        state_file: arguments.state_file,
        ..Config::default()
    })
    .await?;
    tracing::info!(url = simulator.url(), "the payment simulator is ready");
    simulator.run_until(stop_signal()).await;
    Ok(())
}

/// Completes on Ctrl-C and, where it exists, on SIGTERM.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
