//! `tenon module move …`: moves a module's live data to another database.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use tenon_node::{HasNode as _, NodeSettings};
use tenon_relocation::{Event, Observer, Place, Plan, Relocation, Report};
use tenon_store::{Migrations, ModuleRoles};

use tenon_server::settings::ServerSettings;

/// What to do with a module.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Moves a module's data to another database, while the server that owns it keeps running.
    ///
    /// Writes pause for a moment at the end; then the server is to be started with the settings that are printed.
    Move(Move),
}

/// How to move.
#[derive(Debug, clap::Args)]
pub(crate) struct Move {
    /// `catalog`
    module: String,
    /// `sqlite:<directory>` or `postgres://owner@host/database`; `-` reads it from standard input, where no list of
    /// processes shows the password.
    #[arg(long)]
    to: String,
    /// Where the data is, if not where the settings say.
    #[arg(long)]
    from: Option<String>,
    /// Goes on with a move that was interrupted.
    #[arg(long, conflicts_with_all = ["abort", "dry_run"])]
    resume: bool,
    /// Gives up a move that was interrupted: everything is as before.
    #[arg(long, conflicts_with = "dry_run")]
    abort: bool,
    /// Lists tables, rows, sizes and times; changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Moves back to a store that owned the data before; what it still holds is removed.
    #[arg(long)]
    replace: bool,
    /// Prints each step and the report as a line of JSON.
    #[arg(long)]
    json: bool,
    /// Writes the new settings to this file too.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const MODULES: [Migrations; 6] = [
    identity::MIGRATIONS,
    catalog::MIGRATIONS,
    payments::MIGRATIONS,
    orders::MIGRATIONS,
    notifications::MIGRATIONS,
    audit::MIGRATIONS,
];

pub(crate) async fn run(settings: ServerSettings, Action::Move(asked): Action) -> Result<ExitCode> {
    let mut settings = settings.node();
    let env = settings.env()?;
    settings.complete_secrets(&env)?;
    let migrations = MODULES
        .into_iter()
        .find(|migrations| migrations.module == asked.module)
        .with_context(|| format!("no module is called {}", asked.module))?;
    let to = match asked.to.as_str() {
        "-" => std::io::read_to_string(std::io::stdin())?.trim().to_owned(),
        to => to.to_owned(),
    };
    let source = match &asked.from {
        Some(from) => place(from, &settings).context("--from")?,
        None => Place::of(settings.store_config()),
    };
    let destination = place(&to, &settings).context("--to")?;
    let relocation = Relocation::new(migrations, source, destination.clone(), env)
        .replacing_a_former_owner(asked.replace);
    if asked.dry_run {
        show_plan(&relocation.plan().await?, asked.json)?;
        return Ok(ExitCode::SUCCESS);
    }
    if asked.abort {
        let aborted = relocation.abort().await?;
        if asked.json {
            println!("{}", serde_json::to_string(&aborted)?);
        } else {
            println!(
                "The move was {}; it is given up, and {} owns the data as before.",
                aborted.was, aborted.owner
            );
            if let Some(problem) = aborted.destination_problem {
                println!("The destination could not be told ({problem}); no server starts on it.");
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let progress = Progress { json: asked.json };
    let report = if asked.resume {
        relocation.resume(&progress).await?
    } else {
        relocation.run(&progress).await?
    };
    let new_settings = destination.settings(&asked.module);
    if let Some(file) = &asked.out {
        std::fs::write(file, &new_settings).with_context(|| file.display().to_string())?;
    }
    show_report(&report, &new_settings, asked.json);
    Ok(ExitCode::SUCCESS)
}

fn place(text: &str, settings: &NodeSettings) -> Result<Place> {
    let secret = settings.secrets.database_roles.expose();
    if text.starts_with("postgres") && secret.is_empty() {
        bail!(
            "the modules' PostgreSQL passwords are derived from the setting `secrets.database_roles`, which is empty"
        );
    }
    let roles = ModuleRoles::Derived {
        secret: secret.into(),
    };
    Ok(Place::parse(text, roles, settings.store.max_connections)?)
}

/// Prints steps as they are done.
struct Progress {
    json: bool,
}

#[async_trait]
impl Observer for Progress {
    async fn notice(&self, event: &Event) {
        let line = match (self.json, event) {
            (true, event) => serde_json::to_string(event).ok(),
            (false, event) => line(event),
        };
        if let Some(line) = line {
            // Nobody listening is no reason to stop half-way.
            drop(writeln!(std::io::stdout(), "{line}"));
        }
    }
}

fn line(event: &Event) -> Option<String> {
    Some(match event {
        Event::Prepared {
            source,
            destination,
            tables,
            attempt,
        } => {
            format!("prepared     {tables} tables, {source} -> {destination}, attempt {attempt}")
        }
        Event::Capturing => "capturing    changes are noted from here on".to_owned(),
        Event::Copied {
            table,
            rows,
            of,
            whole,
        } if *whole || rows % 10_000 < 500 => {
            let percent = if *whole {
                100
            } else {
                rows * 100 / of.max(rows)
            };
            format!("copied       {table:<22} {rows:>9} rows, {percent}%")
        }
        Event::CaughtUp {
            pass,
            rows,
            took_ms,
        } => {
            format!("caught up    pass {pass}: {rows} changed rows in {took_ms} ms")
        }
        Event::Fenced { took_ms } => {
            format!("fenced       after {took_ms} ms; writes wait from here on")
        }
        Event::Completed { rows } => {
            format!("completed    {rows} changed rows, counters, foreign keys, triggers")
        }
        Event::Verified(table) => {
            format!(
                "verified     {:<22} {:>9} rows, sha256 {}",
                table.table, table.rows, table.sha256
            )
        }
        Event::SourceClosed => "closed       the source says where the data is".to_owned(),
        Event::HandedOver { epoch, paused_ms } => match paused_ms {
            Some(paused) => {
                format!("handed over  owner {epoch}; nobody could write for {paused} ms")
            }
            None => format!("handed over  owner {epoch}"),
        },
        _ => return None,
    })
}

fn show_plan(plan: &Plan, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(plan)?);
        return Ok(());
    }
    println!("{} -> {} ({})", plan.source, plan.destination, plan.state);
    for table in &plan.tables {
        println!(
            "  {:<22} {:>9} rows {:>12} bytes",
            table.table, table.rows, table.bytes
        );
    }
    match (plan.rows_per_second, plan.copy_ms, plan.pause_ms) {
        (Some(rate), Some(copy), Some(pause)) => {
            println!(
                "At {rate} rows a second: about {copy} ms to copy, {pause} ms without writes."
            );
        }
        _ => println!("Too few rows to tell how long it takes: well under a second."),
    }
    Ok(())
}

fn show_report(report: &Report, new_settings: &str, json: bool) {
    if json {
        println!(
            "{}",
            serde_json::json!({ "event": "report", "report": report, "settings": new_settings })
        );
        return;
    }
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    println!(
        "\n{} rows of {} are at {}, {} ms after the start.\n",
        rows, report.module, report.destination, report.took_ms
    );
    println!(
        "Start the deployment that owns {0} with the settings below, then stop the old one: it reads what was true at\n\
         the hand-over, refuses every write, and does not start again. If {0} was taken out of another deployment,\n\
         point that one to it: [modules.{0}] mode = \"remote\".\n",
        report.module
    );
    print!("{new_settings}");
}
