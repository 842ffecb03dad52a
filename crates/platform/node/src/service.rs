//! The program of an extracted service: one module, the same commands as the monolith has for its own.
//!
//! ```ignore
//! tenon_node::node_settings! {
//!     /// Settings of the catalog service.
//!     pub struct Settings {
//!         /// Health and metrics.
//!         pub operations: OperationsSettings,
//!         /// Products, prices, stock.
//!         pub catalog: catalog::CatalogSettings,
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     service::run(&SERVICE, async |settings: &Settings, node: &mut Node| {
//!         let parts = node.parts(catalog::MIGRATIONS).await?;
//!         let made = Catalog::assemble(&settings.catalog, &parts)?;
//!         node.host(made.module, Arc::new(CatalogServer::new(made.contract)))?;
//!         Ok(())
//!     })
//! }
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tenon_kernel::{CallCtx, Env, Interface};
use tenon_module::platform_invariants;
use tenon_settings::{SettingsError, Sources};
use tenon_store::Migrations;
use tenon_telemetry::Telemetry;

use crate::{HasNode, Installation, Listeners, Node};

/// What is told to whoever started the process.
pub type ServiceError = Box<dyn Error + Send + Sync>;

/// What a service is.
#[derive(Debug, Clone)]
pub struct Service {
    /// `catalog-service`: its name in settings, certificates and logs.
    pub name: &'static str,
    /// The store of its module, and thereby the module.
    pub migrations: Migrations,
    /// Whether the module gets a key of its own from the secrets file.
    pub keyed: bool,
    /// All modules of the installation it belongs to.
    pub installation: Installation,
}

/// Settings of a service, declared by [`node_settings!`](crate::node_settings).
pub trait ServiceSettings: HasNode + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Where health and metrics listen.
    fn operations(&self) -> &OperationsSettings;

    /// Checks what types cannot say of the module's own section.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be.
    fn validate(&self) -> Result<(), ServiceError>;
}

/// `[operations]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsSettings {
    /// Where health and metrics listen.
    pub listen: SocketAddr,
}

#[derive(Debug, Parser)]
struct Arguments {
    /// Settings file (TOML).
    #[arg(long, short, global = true)]
    config: Option<PathBuf>,
    /// One setting: `--set operations.listen=0.0.0.0:8081`. Beats the environment, which beats the file.
    #[arg(long = "set", value_name = "KEY=VALUE", global = true, value_parser = key_value)]
    overrides: Vec<(String, String)>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves other processes until it is told to stop.
    Serve,
    /// Applies pending migrations.
    Migrate,
    /// Checks every invariant of the stored data; ends with 1 if one is broken.
    Verify,
    /// Looks at settings without starting anything.
    Settings {
        #[command(subcommand)]
        action: Look,
    },
}

#[derive(Debug, Subcommand)]
enum Look {
    /// Reads file, environment and flags, and says what is wrong with them.
    Check,
    /// Prints a commented file with every setting and its default.
    Sample,
    /// Prints the JSON Schema of the settings file.
    Schema,
}

impl Default for OperationsSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
        }
    }
}

/// Runs the program with the arguments of the process. `assemble` puts the module together and gives it to the node.
#[expect(
    clippy::print_stderr,
    reason = "a command line tool says why it failed"
)]
pub fn run<S: ServiceSettings>(
    service: &Service,
    assemble: impl AsyncFn(&S, &mut Node) -> Result<(), ServiceError>,
) -> ExitCode {
    match run_with(service, std::env::args_os(), assemble) {
        Ok(code) => code,
        Err(error) => {
            eprint!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprint!(": {cause}");
                source = cause.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

/// As [`run`], with arguments from elsewhere: the first is the program's name.
///
/// # Errors
///
/// Why the process did not start, or ended badly.
pub fn run_with<S: ServiceSettings>(
    service: &Service,
    arguments: impl IntoIterator<Item: Into<std::ffi::OsString> + Clone>,
    assemble: impl AsyncFn(&S, &mut Node) -> Result<(), ServiceError>,
) -> Result<ExitCode, ServiceError> {
    // A dependency may turn a second provider on; naming ours first keeps TLS working then.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let arguments = Arguments::try_parse_from(arguments).unwrap_or_else(|error| error.exit());
    let sources = Sources {
        file: arguments.config,
        environment: true,
        overrides: arguments.overrides,
    };
    if let Command::Settings { action } = &arguments.command {
        return look::<S>(service, action, &sources);
    }
    let settings = load::<S>(service, &sources)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(command(service, &arguments.command, &settings, assemble))
}

async fn command<S: ServiceSettings>(
    service: &Service,
    command: &Command,
    settings: &S,
    assemble: impl AsyncFn(&S, &mut Node) -> Result<(), ServiceError>,
) -> Result<ExitCode, ServiceError> {
    let module = service.migrations.module;
    let keyed: &[_] = if service.keyed { &[module] } else { &[] };
    let hosts = [module.to_owned()];
    let own = settings.node();
    let env = own.env()?;
    let telemetry = matches!(command, Command::Serve)
        .then(|| Telemetry::start(&own.telemetry, service.name))
        .transpose()?;
    let mut node = Node::new(own, service.installation, &hosts, keyed, env.clone())?;
    let mut code = ExitCode::SUCCESS;
    match command {
        Command::Serve => {
            assemble(settings, &mut node).await?;
            let operations = settings.operations().listen;
            let listeners = Listeners {
                operations: ("operations.listen", operations),
                public: None,
            };
            node.serve(listeners).await?;
        }
        Command::Migrate => {
            node.parts(service.migrations).await?;
            node.close().await;
        }
        Command::Verify => {
            assemble(settings, &mut node).await?;
            if !verify(&node, &env).await? {
                code = ExitCode::FAILURE;
            }
            node.close().await;
        }
        Command::Settings { .. } => {}
    }
    if let Some(telemetry) = telemetry {
        telemetry.stop();
    }
    Ok(code)
}

#[expect(clippy::print_stdout, reason = "the report of a command")]
async fn verify(node: &Node, env: &Env) -> Result<bool, ServiceError> {
    let ctx = CallCtx::service(env, Interface::Cli, "service");
    let mut whole = true;
    for module in node.modules() {
        let platform = platform_invariants(&module.db);
        for invariant in module.invariants.iter().chain(&platform) {
            if !invariant.asks().is_empty() {
                println!(
                    "       left out: {}, which asks other modules",
                    invariant.name()
                );
                continue;
            }
            let violations = invariant.check(&ctx).await?;
            let word = if violations.is_empty() {
                "ok    "
            } else {
                "BROKEN"
            };
            println!("{word} {} ({})", invariant.name(), module.name);
            for violation in &violations {
                let (expected, actual) = (&violation.expected, &violation.actual);
                println!(
                    "       {}: expected {expected}, is {actual}",
                    violation.subject
                );
            }
            whole &= violations.is_empty();
        }
    }
    println!(
        "{}",
        if whole {
            "All invariants hold."
        } else {
            "Invariants are broken."
        }
    );
    Ok(whole)
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn look<S: ServiceSettings>(
    service: &Service,
    action: &Look,
    sources: &Sources,
) -> Result<ExitCode, ServiceError> {
    match action {
        Look::Check => {
            load::<S>(service, sources)?;
            println!("The settings are good.");
        }
        Look::Sample => print!("{}", tenon_settings::sample::<S>()),
        Look::Schema => println!("{:#}", tenon_settings::schema::<S>()),
    }
    Ok(ExitCode::SUCCESS)
}

fn load<S: ServiceSettings>(service: &Service, sources: &Sources) -> Result<S, ServiceError> {
    let settings: S = tenon_settings::load(sources)?;
    settings.validate()?;
    let node = settings.node();
    node.validate(&service.installation.names())?;
    if node.seam.listen.is_none() {
        let problem = "a service is reached by other processes: say where it listens";
        return Err(SettingsError::new("seam.listen", problem).into());
    }
    Ok(settings)
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
