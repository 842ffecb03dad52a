//! `cargo xtask golden`: the whole REST API recorded in several topologies, and the recordings compared.

mod compared;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

pub(crate) use self::compared::{Compared, compared, medians};
use crate::scenario::free_block;
use crate::stack::{Backend, PROGRAMS, Plan, Stack};
use crate::topology::{MODULES, Topology};
use crate::{generated, process, programs};

/// Examples of requests and answers, part of the program.
const EXAMPLES: &str = "apps/server/assets/examples.json";

/// Options of `cargo xtask golden`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Topologies to record, one after the other; each is compared with the first. Name one twice to see what differs
    /// from run to run.
    #[arg(long, value_delimiter = ',', default_values = ["local", "wire"])]
    topology: Vec<Topology>,
    /// Engine of the stores.
    #[arg(long, value_enum, default_value = "sqlite")]
    backend: Backend,
    /// Prints each operation with its median duration and its calls to other modules.
    #[arg(long)]
    samples: bool,
    /// Rewrites the examples of the API's document, which follow from the recording, instead of comparing them.
    #[arg(long)]
    bless: bool,
}

/// An installation that runs already: fresh, migrated, not seeded.
#[derive(Debug)]
pub(crate) struct Installation {
    /// Of the API: in a remote topology that of the gateway.
    pub(crate) base_url: String,
    /// Of health and metrics.
    pub(crate) operations_url: String,
    pub(crate) mail_url: String,
    pub(crate) simulator_url: String,
    /// The issuer of the provider `acme`, for which the script stands in.
    pub(crate) provider_url: String,
    /// What `tenon admin bootstrap-token` printed.
    pub(crate) bootstrap_token: String,
}

/// What one recording holds, as far as reports need it.
#[derive(Debug)]
struct Summary {
    name: String,
    file: PathBuf,
    operations: BTreeSet<String>,
    exchanges: usize,
    /// Operations with a success and a failure.
    covered: usize,
    /// By operation: requests, median in microseconds, calls to other modules.
    samples: BTreeMap<String, (u64, Option<u64>, f64)>,
}

/// More than the script sends: what is limited is not left to the clock.
const REQUESTS: &str = "1000000";

impl Options {
    /// What CI compares.
    pub(crate) fn quick(backend: Backend) -> Self {
        Self {
            topology: vec![Topology::Local, Topology::Wire],
            backend,
            samples: false,
            bless: false,
        }
    }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let scenarios = programs::build(root, &PROGRAMS)?.join("scenarios");
    let folder = root.join("var/golden");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut recorded = Vec::new();
    for (number, topology) in options.topology.iter().enumerate() {
        let name = format!("{}-{topology}", number + 1).replace(':', "-");
        let file = folder.join(format!("{name}.json"));
        record_fresh(root, options.backend, *topology, &folder, &file)?;
        recorded.push(Summary::read(name, file)?);
    }
    let same = compare(&scenarios, &recorded);
    report(&recorded);
    if options.samples {
        print_samples(&recorded);
    }
    same?;
    match options.backend {
        Backend::Sqlite => examples(root, &scenarios, &recorded[0], options.bless),
        Backend::Postgres => Ok(()), // JSONB orders the members of stored objects in its own way
    }
}

/// The examples of the API's document are what the first recording has.
fn examples(root: &Path, scenarios: &Path, recorded: &Summary, bless: bool) -> Result<()> {
    let mut command = Command::new(scenarios);
    command.args(["golden", "examples"]).arg(&recorded.file);
    command.arg("--openapi").arg(root.join("docs/openapi.json"));
    let made = process::output(&mut command)?;
    match generated::differing_line(root, EXAMPLES, &made, bless)? {
        None => Ok(()),
        Some(line) => bail!(
            "{EXAMPLES}:{line} differs from what was recorded: cargo xtask golden --bless, then cargo xtask check openapi --bless"
        ),
    }
}

/// Records a fresh installation of this topology; what it leaves is in a folder beside the others.
pub(crate) fn record_fresh(
    root: &Path,
    backend: Backend,
    topology: Topology,
    folder: &Path,
    file: &Path,
) -> Result<()> {
    let scenarios = programs::build(root, &PROGRAMS)?.join("scenarios");
    let plan = Plan {
        backend,
        topology,
        port: free_block(),
        folder: folder.join(file.file_stem().unwrap_or_default()),
        release: false,
        show_server_log: false,
        unlimited: false,
        movable_clock: false,
    };
    serve_and_record(root, plan, &scenarios, file)
}

/// Records a fresh server and stops it; its data must hold all invariants afterwards.
fn serve_and_record(root: &Path, plan: Plan, scenarios: &Path, file: &Path) -> Result<()> {
    println!("== golden on {:?}, {} ==", plan.backend, plan.topology);
    let mut stack = Stack::unseeded(root, plan)?;
    for policy in ["default", "auth"] {
        stack.set(&format!("web.rate_limits.{policy}.requests"), REQUESTS);
        stack.set(&format!("web.rate_limits.{policy}.window_seconds"), "60");
    }
    // Answers are compared; what a call may take on a busy machine is no part of them.
    for module in MODULES {
        stack.set(&format!("modules.{module}.timeout_percent"), "1000");
    }
    // Small enough that the script meets refunds that need a second person.
    stack.set("payments.refund_limits.EUR", "1500");
    let at = |port: u16| format!("http://127.0.0.1:{port}");
    let provider_url = at(stack.ports.provider);
    let ports = format!("[{}]", stack.ports.provider);
    for (key, value) in [
        ("providers.acme.issuer", provider_url.as_str()),
        ("providers.acme.client_id", "tenon:golden"),
        ("providers.acme.client_secret", "golden-secret"),
        ("providers.acme.display_name", "Acme & Sons"),
        ("return_urls", "[\"https://shop.example/signed-in\"]"),
        ("allow_http", "true"),
        ("further_ports", ports.as_str()),
        ("allowed_networks", "[\"127.0.0.0/8\"]"),
    ] {
        stack.set(&format!("identity.federation.{key}"), value);
    }
    let printed = process::output(&mut stack.host_of("identity", &["admin", "bootstrap-token"]))?;
    let token = printed.lines().last().unwrap_or_default().trim().to_owned();
    stack.serve()?;
    let installation = Installation {
        base_url: format!("http://localhost:{}", stack.ports.api),
        operations_url: at(stack.ports.operations),
        mail_url: at(stack.ports.mail_page),
        simulator_url: at(stack.ports.payment_page),
        provider_url,
        bootstrap_token: token,
    };
    let token_file = stack.plan.folder.join("bootstrap-token");
    record(scenarios, &installation, &token_file, file)?;
    stack.verify()
}

/// Plays the script against an installation and writes the golden file.
pub(crate) fn record(
    scenarios: &Path,
    installation: &Installation,
    token_file: &Path,
    out: &Path,
) -> Result<()> {
    write_secret(token_file, &installation.bootstrap_token)?;
    let mut command = Command::new(scenarios);
    command.args(["golden", "record"]);
    command.args(["--base-url", &installation.base_url]);
    command.args(["--operations-url", &installation.operations_url]);
    command.args(["--mail-url", &installation.mail_url]);
    command.args(["--simulator-url", &installation.simulator_url]);
    command.args(["--provider-url", &installation.provider_url]);
    command.arg("--bootstrap-token").arg(token_file);
    process::run(command.arg("--out").arg(out))
}

/// Compares each recording with the first.
fn compare(scenarios: &Path, recorded: &[Summary]) -> Result<()> {
    let Some((first, others)) = recorded.split_first() else {
        bail!("nothing was recorded");
    };
    let mut result = Ok(());
    for other in others {
        let mut command = Command::new(scenarios);
        command.args(["golden", "compare"]);
        command.arg(&first.file).arg(&other.file);
        result = result.and(process::run(&mut command));
    }
    result
}

fn report(recorded: &[Summary]) {
    println!(
        "\n{:<12} {:>10} {:>9} {:>10}",
        "recording", "operations", "covered", "exchanges"
    );
    for summary in recorded {
        println!(
            "{:<12} {:>10} {:>9} {:>10}",
            summary.name,
            summary.operations.len(),
            summary.covered,
            summary.exchanges
        );
    }
}

/// Prints what each operation cost in each recording.
fn print_samples(recorded: &[Summary]) {
    let names: Vec<String> = recorded
        .iter()
        .map(|summary| format!("{:>20}", summary.name))
        .collect();
    println!(
        "\n{:<28}{}   median ms (calls to modules)",
        "operation",
        names.concat()
    );
    let operations: BTreeSet<&String> = recorded
        .iter()
        .flat_map(|summary| summary.operations.iter())
        .collect();
    for operation in operations {
        let columns = recorded.iter().map(|summary| {
            let Some((_, Some(median), calls)) = summary.samples.get(operation) else {
                return format!("{:>20}", "-");
            };
            #[expect(clippy::cast_precision_loss, reason = "microseconds of a request")]
            let millis = *median as f64 / 1_000.0;
            format!("{:>20}", format!("{millis:.2} ({calls:.1})"))
        });
        println!("{operation:<28}{}", columns.collect::<String>());
    }
}

impl Summary {
    fn read(name: String, file: PathBuf) -> Result<Self> {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let recording: Value =
            serde_json::from_str(&text).with_context(|| file.display().to_string())?;
        let exchanges = recording["exchanges"].as_array().context("exchanges")?;
        let operations: BTreeSet<String> = recording["operations"]
            .as_array()
            .context("operations")?
            .iter()
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect();
        let answered = |wanted: &str| -> BTreeSet<&str> {
            exchanges
                .iter()
                .filter(|exchange| exchange["answer"]["status"].to_string().starts_with(wanted))
                .filter_map(|exchange| exchange["operation"].as_str())
                .collect()
        };
        let (succeeded, failed) = (answered("2"), answered("4"));
        let is_covered =
            |id: &&String| succeeded.contains(id.as_str()) && failed.contains(id.as_str());
        let mut samples = BTreeMap::new();
        for (id, sample) in recording["samples"].as_object().into_iter().flatten() {
            let calls = sample["seam_calls"].as_object().into_iter().flatten();
            let counts = calls.filter_map(|(_, count)| count.as_f64());
            let calls = counts.fold(0.0, |sum, count| sum + count); // an empty `sum` would be -0
            let requests = sample["requests"].as_u64().unwrap_or_default();
            samples.insert(id.clone(), (requests, sample["median_us"].as_u64(), calls));
        }
        Ok(Self {
            covered: operations.iter().filter(is_covered).count(),
            exchanges: exchanges.len(),
            name,
            file,
            operations,
            samples,
        })
    }
}

/// Writes a file that its owner alone can read.
fn write_secret(path: &Path, secret: &str) -> Result<()> {
    use std::io::Write as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| path.display().to_string())?;
    Ok(file.write_all(secret.as_bytes())?)
}
