//! Buyers who check out until they are told to stop, and the account of what they were told.
//!
//! Lines on standard input steer them: `mark <name>` begins a phase, anything else, or the end, stops them. Whoever was
//! not answered asks again under the same key, as the API tells its clients to.

mod account;
mod probe;
mod shopper;
mod timeline;

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde_json::Value;
use tokio::task::JoinSet;

use self::account::{Account, Asked, Listed};
use self::probe::Probe;
use self::shopper::{Shopper, Variant};
use self::timeline::{Outcome, Phase, Timeline};
use crate::accounts;
use crate::client::{Client, text};

/// What buyers do, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Base URL of the API.
    #[arg(long)]
    api: String,
    /// File with the demo accounts.
    #[arg(long)]
    accounts: PathBuf,
    /// The module that is moved or killed meanwhile: it is asked for itself beside the checkouts.
    #[arg(long)]
    module: String,
    /// How many buy at once.
    #[arg(long, default_value_t = 4)]
    buyers: usize,
    /// Where the account is written.
    #[arg(long)]
    out: PathBuf,
}

/// What a read of one module takes.
#[derive(Debug, clap::Args)]
pub(crate) struct ProbeOptions {
    /// Base URL of the API.
    #[arg(long)]
    api: String,
    /// File with the demo accounts.
    #[arg(long)]
    accounts: PathBuf,
    /// Whose read.
    #[arg(long)]
    module: String,
    /// How many, one after the other.
    #[arg(long, default_value_t = 200)]
    count: usize,
}

/// What is written in the end.
#[derive(Debug, Serialize)]
struct Report {
    /// Checkouts asked for, each under a key of its own.
    asked: usize,
    /// Those that were acknowledged, most of them while things were moved.
    acknowledged: usize,
    /// Those that were refused for good, by status and code.
    refused: Vec<String>,
    /// Requests that were sent again under their key.
    repeated: usize,
    /// The longest that one buyer asked again before the checkout was completed.
    longest_wait_ms: u64,
    /// Orders in the shop that are not cancelled.
    orders: usize,
    account: Account,
    phases: Vec<Phase>,
}

/// What all buyers share.
#[derive(Debug)]
pub(crate) struct Books {
    asked: Mutex<Vec<Asked>>,
    timeline: Mutex<Timeline>,
    repeated: Mutex<usize>,
    longest_wait_ms: AtomicU64,
    stopped: AtomicBool,
}

/// Pause between two reads of a probe.
const PROBE_PAUSE: Duration = Duration::from_millis(50);
/// How often the end of everything is looked for, 200 ms apart.
const LOOKS: usize = 150;

/// Prints the middle duration of a read in microseconds.
pub(crate) async fn probe(options: ProbeOptions) -> Result<()> {
    let probe = Probe::of(&options.api, &options.accounts, &options.module, false).await?;
    println!("{}", probe.median_us(options.count).await?);
    Ok(())
}

/// Buys until told to stop; fails if anything was lost or doubled.
pub(crate) async fn run(options: Options) -> Result<()> {
    let books = Arc::new(Books {
        asked: Mutex::default(),
        timeline: Mutex::new(Timeline::new()),
        repeated: Mutex::default(),
        longest_wait_ms: AtomicU64::new(0),
        stopped: AtomicBool::new(false),
    });
    let shopper = Shopper::new(&options.api, Arc::clone(&books))?;
    let variants: Arc<Vec<Variant>> = Arc::new(shopper.variants().await?);
    let mut tasks = JoinSet::new();
    for is_other in [false, true] {
        let probe = Probe::of(&options.api, &options.accounts, &options.module, is_other).await?;
        let books = Arc::clone(&books);
        tasks.spawn(async move { watch(&probe, is_other, &books).await });
    }
    for number in 0..options.buyers {
        let (shopper, variants) = (shopper.clone(), Arc::clone(&variants));
        let step = options.buyers;
        tasks.spawn(async move { shopper.shop(&variants, number, step).await });
    }
    let steering = Arc::clone(&books);
    tokio::task::spawn_blocking(move || steer(&steering)).await?;
    while let Some(ended) = tasks.join_next().await {
        ended?;
    }
    let phases = books.timeline().phases();
    finish(&shopper, &books, options.buyers).await?;
    let listed = settled_orders(&options, &books).await?;
    let asked = books.asked().clone();
    let report = Report {
        asked: asked.len(),
        acknowledged: asked.iter().filter(|one| !one.told.is_empty()).count(),
        refused: asked.iter().filter_map(|one| one.refused.clone()).collect(),
        repeated: *books.repeated.lock().expect("nobody panics holding it"),
        longest_wait_ms: books.longest_wait_ms.load(Ordering::SeqCst),
        orders: listed
            .iter()
            .filter(|one| one.status != "cancelled")
            .count(),
        account: account::settle(&asked, &listed),
        phases,
    };
    std::fs::write(&options.out, serde_json::to_string_pretty(&report)?)
        .with_context(|| options.out.display().to_string())?;
    println!(
        "{} checkouts, {} acknowledged, {} refused, {} orders: lost {}, doubled {}, unpaid {}",
        report.asked,
        report.acknowledged,
        report.refused.len(),
        report.orders,
        report.account.lost.len(),
        report.account.doubled.len(),
        report.account.unpaid.len()
    );
    if !report.account.is_even() {
        bail!("the account does not add up: {:?}", report.account);
    }
    if report.acknowledged == 0 {
        bail!("nothing was bought, so nothing was shown");
    }
    Ok(())
}

/// Reads lines until one stops everything.
fn steer(books: &Books) {
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap_or_default();
        match line.strip_prefix("mark ") {
            Some(name) => books.timeline().mark(name.trim()),
            None => break,
        }
    }
    books.stopped.store(true, Ordering::SeqCst);
}

/// Asks a module again and again whether it is there.
async fn watch(probe: &Probe, is_other: bool, books: &Books) {
    while !books.is_stopped() {
        let outcome = match (probe.ask().await, is_other) {
            (Some((200, _)), false) => Some(Outcome::ProbeOfModule),
            (Some((200, _)), true) => Some(Outcome::ProbeOfOther),
            (Some((503, problem)), false) => {
                books.timeline().problem(problem);
                Some(Outcome::ModuleUnavailable)
            }
            (Some(_), true) => Some(Outcome::OtherUnavailable),
            _ => None, // the gateway itself restarts
        };
        if let Some(outcome) = outcome {
            books.note(outcome);
        }
        tokio::time::sleep(PROBE_PAUSE).await;
    }
}

/// Repeats every request under its key until all have come to an end.
async fn finish(shopper: &Shopper, books: &Arc<Books>, at_once: usize) -> Result<()> {
    let count = books.asked().len();
    let mut tasks = JoinSet::new();
    for number in 0..at_once {
        let shopper = shopper.clone();
        tasks.spawn(async move {
            for place in (number..count).step_by(at_once) {
                shopper.bring_to_an_end(place).await;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended?;
    }
    Ok(())
}

/// All orders, as soon as every one of them is paid; at the latest after half a minute.
async fn settled_orders(options: &Options, books: &Books) -> Result<Vec<Listed>> {
    let staff = accounts::of("staff", &options.accounts)?;
    let staff = Client::new(&options.api)?.signed_in(&staff).await?;
    for _ in 0..LOOKS {
        let listed = orders(&staff).await?;
        if account::settle(&books.asked(), &listed).is_even() {
            return Ok(listed);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    orders(&staff).await
}

async fn orders(staff: &Client) -> Result<Vec<Listed>> {
    let mut listed = Vec::new();
    let mut seen = BTreeSet::new();
    let mut path = "/v1/orders?limit=200".to_owned();
    while seen.insert(path.clone()) {
        let page = staff.get_quietly(&path).await?;
        for order in page["data"].as_array().into_iter().flatten() {
            listed.push(Listed {
                id: text(order, "/id")?,
                cart: text(order, "/cart_id")?,
                status: text(order, "/status")?,
                payment_status: text(order, "/payment_status")?,
            });
        }
        if let Some(cursor) = page["next_cursor"].as_str() {
            path = format!("/v1/orders?limit=200&cursor={cursor}");
        }
    }
    Ok(listed)
}

impl Books {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn note(&self, outcome: Outcome) {
        self.timeline().note(outcome);
    }

    fn note_problem(&self, outcome: Outcome, problem: &Value) {
        let mut timeline = self.timeline();
        timeline.note(outcome);
        if outcome == Outcome::Unavailable {
            timeline.problem(problem.clone());
        }
    }

    fn timeline(&self) -> std::sync::MutexGuard<'_, Timeline> {
        self.timeline.lock().expect("nobody panics holding it")
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().expect("nobody panics holding it")
    }

    fn waited(&self, time: Duration) {
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.longest_wait_ms.fetch_max(time, Ordering::SeqCst);
    }

    fn repeats(&self) {
        *self.repeated.lock().expect("nobody panics holding it") += 1;
    }
}
