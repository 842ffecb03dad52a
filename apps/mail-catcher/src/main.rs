//! The `mail-catcher` program.

use std::io::Write as _;
use std::net::SocketAddr;

use clap::Parser;
use mail_catcher::{CatcherOptions, MailCatcher};

/// Takes every message, delivers none, shows them on a page.
#[derive(Debug, Parser)]
#[command(name = "mail-catcher", version)]
struct Arguments {
    /// Where messages come in.
    #[arg(long, default_value = "127.0.0.1:1025")]
    smtp: SocketAddr,
    /// Where people look.
    #[arg(long, default_value = "127.0.0.1:8025")]
    http: SocketAddr,
    /// How many messages are kept.
    #[arg(long, default_value_t = 200)]
    keep: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let options = CatcherOptions {
        smtp: arguments.smtp,
        http: arguments.http,
        keep: arguments.keep,
        ..CatcherOptions::default()
    };
    let catcher = MailCatcher::start(options).await?;
    writeln!(
        std::io::stdout(),
        "mail catcher: http://{} (SMTP on {})",
        catcher.http_addr(),
        catcher.smtp_addr()
    )?;
    stop_requested().await?;
    catcher.stop().await;
    Ok(())
}

/// Returns on Ctrl-C and on SIGTERM.
async fn stop_requested() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        result = tokio::signal::ctrl_c() => result,
    }
}
