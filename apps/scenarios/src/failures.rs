//! The checkout's failure table, played row by row against a running server: `scenarios failures run late-success …`.

mod attempts;
mod buyer;
mod carts;
mod http;
mod lab;
mod late;
mod outages;
mod processes;
mod provider;
mod undoing;
mod webhooks;

use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::time::Instant;

use self::lab::{Lab, Places};
use self::processes::{DATABASE, Processes};
use crate::accounts;

/// A row of the table.
struct Scenario {
    name: &'static str,
    about: &'static str,
    needs: Needs,
    play: for<'l> fn(&'l Lab) -> Playing<'l>,
}

type Playing<'l> = Pin<Box<dyn Future<Output = Result<()>> + 'l>>;

/// What a scenario needs beyond a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// Processes that are started again when they are killed.
    Processes,
    /// A database server that can be ended.
    Database,
    /// Modules in processes of their own.
    Services,
}

const fn row(
    name: &'static str,
    about: &'static str,
    needs: Needs,
    play: for<'l> fn(&'l Lab) -> Playing<'l>,
) -> Scenario {
    Scenario {
        name,
        about,
        needs,
        play,
    }
}

/// In the order of the table. `docs/failure-table.md` names each; `cargo xtask check docs` compares.
const SCENARIOS: [Scenario; 20] = [
    row(
        "two-tabs-one-cart",
        "the second tab gets 409 and is shown the first checkout",
        Needs::Nothing,
        |lab| Box::pin(carts::two_tabs_one_cart(lab)),
    ),
    row(
        "last-unit-race",
        "of 50 carts one gets the last unit, 49 are told that it is gone",
        Needs::Nothing,
        |lab| Box::pin(carts::last_unit_race(lab)),
    ),
    row(
        "same-confirm-ten-times",
        "ten equal confirmations have one effect and equal answers",
        Needs::Nothing,
        |lab| Box::pin(carts::same_confirm_ten_times(lab)),
    ),
    row(
        "crash-before-provider-call",
        "what was written before a crash is sent after it, under the same key",
        Needs::Processes,
        |lab| Box::pin(outages::crash_before_provider_call(lab)),
    ),
    row(
        "provider-timeout",
        "no answer, an error, a lost connection: unknown, never failed, found out by asking",
        Needs::Nothing,
        |lab| Box::pin(attempts::provider_timeout(lab)),
    ),
    row(
        "provider-declines",
        "after a decline the same checkout takes another attempt under a new key",
        Needs::Nothing,
        |lab| Box::pin(attempts::provider_declines(lab)),
    ),
    row(
        "webhook-orders",
        "before the answer, after it, three times, reordered: the same end, each event stored once",
        Needs::Nothing,
        |lab| Box::pin(webhooks::webhook_orders(lab)),
    ),
    row(
        "webhook-unknown-payment",
        "an event that fits nothing is parked for a day, then a person is called",
        Needs::Nothing,
        |lab| Box::pin(webhooks::webhook_unknown_payment(lab)),
    ),
    row(
        "webhook-bad-signature",
        "a forged event gets 401, is counted and not stored",
        Needs::Nothing,
        |lab| Box::pin(webhooks::webhook_bad_signature(lab)),
    ),
    row(
        "amount-differs",
        "money of another amount places nothing and is let go",
        Needs::Nothing,
        |lab| Box::pin(attempts::amount_differs(lab)),
    ),
    row(
        "late-success",
        "money after the end places the order on new stock, or goes back; the buyer is told once",
        Needs::Nothing,
        |lab| Box::pin(late::late_success(lab)),
    ),
    row(
        "two-attempts-succeed",
        "the first places the order, the second goes back, both stand in the ledger",
        Needs::Nothing,
        |lab| Box::pin(late::two_attempts_succeed(lab)),
    ),
    row(
        "browser-closed",
        "paid and gone: placed within 90 seconds, without webhook or browser",
        Needs::Nothing,
        |lab| Box::pin(attempts::browser_closed(lab)),
    ),
    row(
        "price-changed",
        "the frozen price wins until it expires, then 409 names the new total",
        Needs::Nothing,
        |lab| Box::pin(carts::price_changed(lab)),
    ),
    row(
        "rates-provider-down",
        "without taxes and prices of delivery no checkout begins; the same request works later",
        Needs::Nothing,
        |lab| Box::pin(carts::rates_provider_down(lab)),
    ),
    row(
        "database-down-after-pivot",
        "money that was promised while the database was down places the order afterwards",
        Needs::Database,
        |lab| Box::pin(outages::database_down_after_pivot(lab)),
    ),
    row(
        "refund-ambiguous",
        "a refund without an answer keeps its key and its amount",
        Needs::Nothing,
        |lab| Box::pin(undoing::refund_ambiguous(lab)),
    ),
    row(
        "cancel-while-unknown",
        "a cancellation while nobody knows is a wish, settled when somebody does",
        Needs::Nothing,
        |lab| Box::pin(undoing::cancel_while_unknown(lab)),
    ),
    row(
        "mail-down",
        "a mail server that is down holds no order up, and the mail comes once",
        Needs::Nothing,
        |lab| Box::pin(undoing::mail_down(lab)),
    ),
    row(
        "module-unreachable",
        "a module that is away is waited for; nothing happens twice",
        Needs::Services,
        |lab| Box::pin(outages::module_unreachable(lab)),
    ),
];

/// The failure table.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Prints the names of all scenarios, one line each.
    List,
    /// Plays scenarios.
    Run(Options),
}

/// What to play, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Names; all if none is given.
    names: Vec<String>,
    /// Base URL of the API.
    #[arg(long)]
    api: String,
    /// JSON API of the mail catcher.
    #[arg(long)]
    mail: String,
    /// The payment simulator.
    #[arg(long)]
    payments: String,
    /// Operations listeners of all processes, whose clocks are moved together.
    #[arg(long, value_delimiter = ',')]
    operations: Vec<String>,
    /// Folder with the ids of the processes.
    #[arg(long)]
    processes: PathBuf,
    /// File with the demo accounts.
    #[arg(long)]
    accounts: PathBuf,
}

pub(crate) async fn run(action: Action) -> Result<()> {
    match action {
        Action::List => {
            for scenario in &SCENARIOS {
                println!("{:<28} {}", scenario.name, scenario.about);
            }
            Ok(())
        }
        Action::Run(options) => play(options).await,
    }
}

async fn play(options: Options) -> Result<()> {
    let chosen = choose(&options.names)?;
    let lab = Lab::open(Places {
        api: options.api,
        mail: options.mail,
        payments: options.payments,
        operations: options.operations,
        processes: Processes::new(options.processes),
        staff: accounts::of("staff", &options.accounts)?,
    })?;
    let start = Instant::now();
    let (mut played, mut failed) = (0, Vec::new());
    for scenario in chosen {
        println!("{}: {}", scenario.name, scenario.about);
        if let Some(lack) = scenario.needs.lack(&lab.processes) {
            if options.names.is_empty() {
                println!("      left out: {lack}");
                continue;
            }
            bail!("{}: {lack}", scenario.name);
        }
        let begun = Instant::now();
        let outcome = async {
            lab.begin().await?;
            (scenario.play)(&lab).await
        };
        let outcome = outcome.await.with_context(|| lab.at());
        played += 1;
        match outcome {
            Ok(()) => println!("      as the table says ({:.1?})", begun.elapsed()),
            Err(error) => {
                println!("      FAILED: {error:#}");
                failed.push(scenario.name);
            }
        }
    }
    if failed.is_empty() {
        lab.close().await.with_context(|| lab.at())?;
    } else {
        lab.mend().await?;
    }
    println!(
        "{played} of {} rows played in {:.1?}, {} failed",
        SCENARIOS.len(),
        start.elapsed(),
        failed.len()
    );
    if !failed.is_empty() {
        bail!("not as the table says: {}", failed.join(", "));
    }
    Ok(())
}

fn choose(names: &[String]) -> Result<Vec<&'static Scenario>> {
    if names.is_empty() {
        return Ok(SCENARIOS.iter().collect());
    }
    let find = |name: &String| {
        let found = SCENARIOS.iter().find(|scenario| scenario.name == name);
        found.with_context(|| {
            let known: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
            format!(
                "there is no scenario {name}; there are: {}",
                known.join(", ")
            )
        })
    };
    names.iter().map(find).collect()
}

impl Needs {
    /// What is missing, if anything is.
    fn lack(self, processes: &Processes) -> Option<&'static str> {
        let is_there = match self {
            Self::Nothing => true,
            Self::Processes => processes.has("tenon"),
            Self::Database => processes.has(DATABASE),
            Self::Services => processes.has("catalog") && processes.has("payments"),
        };
        if is_there {
            return None;
        }
        Some(match self {
            Self::Nothing | Self::Processes => {
                "it kills processes, and nobody says which there are"
            }
            Self::Database => "it ends the database server: --backend postgres",
            Self::Services => "it ends the services of modules: --topology remote",
        })
    }
}

/// Long enough for everything that is repeated within seconds to be due.
const MOMENT: Duration = Duration::from_secs(30);
/// How long a checkout holds its price, and a little.
const PAST_EXPIRY: Duration = Duration::from_secs(15 * 60 + 1);
/// What standard delivery costs.
const DELIVERY: i64 = 490;
