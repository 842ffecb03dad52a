//! The REST golden suite: every operation asked, every answer recorded, two recordings compared.

mod ask;
mod coverage;
mod declared;
mod difference;
mod document;
mod examples;
mod metrics;
mod normalise;
mod notes;
mod people;
mod provider;
mod recorder;
mod recording;
mod scan;
mod script;
mod shop;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Subcommand;

use self::recording::Recording;
use self::shop::Shop;

/// What to do with golden files.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Plays the script against a fresh, unseeded server and records it.
    Record {
        #[command(flatten)]
        places: Places,
        /// File with the token that `tenon admin bootstrap-token` printed.
        #[arg(long)]
        bootstrap_token: PathBuf,
        /// The golden file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Compares two recordings; fails if they differ in anything but their latency samples.
    Compare { left: PathBuf, right: PathBuf },
    /// Prints an example for each operation of the API's document, out of a recording.
    Examples {
        recording: PathBuf,
        /// The API's document.
        #[arg(long)]
        openapi: PathBuf,
    },
}

/// Where the server and its surroundings are.
#[derive(Debug, Clone, clap::Args)]
pub struct Places {
    /// Base URL of the API; also the server's own `public_url`.
    #[arg(long)]
    pub base_url: String,
    /// Health and metrics.
    #[arg(long)]
    pub operations_url: String,
    /// JSON API of the mail catcher.
    #[arg(long)]
    pub mail_url: String,
    /// The payment simulator.
    #[arg(long)]
    pub simulator_url: String,
    /// Where the script is an OpenID Connect provider: the issuer of `acme` in the server's settings.
    #[arg(long)]
    pub provider_url: String,
}

/// Does it; what it finds is printed.
pub async fn run(action: Action) -> Result<()> {
    match action {
        Action::Record {
            places,
            bootstrap_token,
            out,
        } => {
            let token = std::fs::read_to_string(&bootstrap_token)
                .with_context(|| bootstrap_token.display().to_string())?;
            record(places, token.trim(), &out).await
        }
        Action::Compare { left, right } => compare(&left, &right),
        Action::Examples { recording, openapi } => {
            let text =
                std::fs::read_to_string(&openapi).with_context(|| openapi.display().to_string())?;
            let examples =
                examples::of(&Recording::read(&recording)?, &serde_json::from_str(&text)?)?;
            println!("{}", serde_json::to_string_pretty(&examples)?);
            Ok(())
        }
    }
}

/// Plays the script and writes the golden file.
///
/// # Errors
///
/// If the server answers what the script does not expect, if an operation of its document has no case that succeeds or
/// none that fails, or if it answers what its document does not say.
pub async fn record(places: Places, bootstrap_token: &str, out: &Path) -> Result<()> {
    let mut shop = Shop::open(places.trimmed()).await?;
    shop.recorder.names.keep_secret(bootstrap_token);
    let played = script::play(&mut shop, bootstrap_token).await;
    for surprise in &shop.recorder.surprises {
        println!("not expected: {surprise}");
    }
    played?;
    ensure!(
        shop.recorder.surprises.is_empty(),
        "{} answers were not expected",
        shop.recorder.surprises.len()
    );
    let seam_calls = shop.seam_calls().await?;
    let (recording, document, names) = shop.recorder.finish(seam_calls.as_ref());
    recording.write(out, names.secrets())?;

    let gaps = coverage::check(&recording, &document);
    let (seen, all, unseen) = coverage::failures_seen(&recording, &document);
    println!(
        "{} operations, {} exchanges, {} mails; {seen} of {all} documented failures of modules seen",
        recording.operations.len(),
        recording.exchanges.len(),
        recording.mails.len(),
    );
    for failure in unseen {
        println!("    not seen: {failure}");
    }
    if gaps == coverage::Gaps::default() {
        return Ok(());
    }
    for id in &gaps.without_success {
        println!("{id}: no case succeeds");
    }
    for id in &gaps.without_failure {
        println!("{id}: no case fails");
    }
    for sentence in &gaps.undocumented {
        println!("{sentence}");
    }
    bail!("the recording and the server's document do not cover each other")
}

/// Prints what differs between two golden files.
///
/// # Errors
///
/// If anything does.
pub fn compare(left: &Path, right: &Path) -> Result<()> {
    let (left, right) = (Recording::read(left)?, Recording::read(right)?);
    let found = difference::between(&left, &right);
    for difference in &found {
        println!("{difference}");
    }
    println!(
        "{} exchanges and {} mails compared, {} differences",
        left.exchanges.len(),
        left.mails.len(),
        found.len()
    );
    if found.is_empty() {
        Ok(())
    } else {
        bail!("the recordings differ")
    }
}

impl Places {
    fn trimmed(self) -> Self {
        let trim = |url: String| url.trim_end_matches('/').to_owned();
        Self {
            base_url: trim(self.base_url),
            operations_url: trim(self.operations_url),
            mail_url: trim(self.mail_url),
            simulator_url: trim(self.simulator_url),
            provider_url: trim(self.provider_url),
        }
    }
}
