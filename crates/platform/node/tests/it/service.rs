//! The program of a service, from its arguments on: what `main.rs` of one looks like, and what it refuses.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use tempfile::TempDir;
use tenon_module::Module;
use tenon_node::service::{OperationsSettings, Service, ServiceError, ServiceSettings, run_with};
use tenon_node::{Installation, ModuleEntry, Node};
use tenon_remote::issue::Authority;
use tenon_seam::{Dispatch, SeamFault, Surface, WireCall, WireReply};
use tenon_store::Migrations;

const THINGS: Migrations = Migrations {
    module: "things",
    sqlite: None,
    postgres: None,
};

const SERVICE: Service = Service {
    name: "things-service",
    migrations: THINGS,
    keyed: true,
    installation: Installation(&[
        ModuleEntry {
            name: "things",
            uses: &[],
            listens: &["shop"],
        },
        ModuleEntry {
            name: "shop",
            uses: &["things"],
            listens: &[],
        },
    ]),
};

tenon_node::node_settings! {
    /// Settings of the things service.
    pub struct Settings {
        /// Health and metrics.
        pub operations: OperationsSettings,
    }
}

impl ServiceSettings for Settings {
    fn operations(&self) -> &OperationsSettings {
        &self.operations
    }

    fn validate(&self) -> Result<(), ServiceError> {
        Ok(())
    }
}

/// A contract that nobody calls here.
struct Contract;

#[async_trait]
impl Dispatch for Contract {
    fn module(&self) -> &'static str {
        "things"
    }

    fn surface(&self) -> Surface {
        Surface::Contract { version: 1 }
    }

    fn is_query(&self, _method: &str) -> bool {
        true
    }

    async fn dispatch(&self, _call: WireCall) -> WireReply {
        WireReply::fault(SeamFault::VersionSkew)
    }
}

async fn assemble(_settings: &Settings, node: &mut Node) -> Result<(), ServiceError> {
    assert!(node.hosts("things") && !node.hosts("shop"));
    let parts = node.parts(THINGS).await?;
    assert!(!parts.module_key.is_empty(), "the service asked for a key");
    node.host(Module::new(parts.db), Arc::new(Contract))?;
    Ok(())
}

fn run(folder: &Path, arguments: &[&str]) -> Result<ExitCode, String> {
    let config = folder.join("things.toml").display().to_string();
    let all = ["things-service", "--config", &config].into_iter();
    run_with(&SERVICE, all.chain(arguments.iter().copied()), assemble).map_err(|error| {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        text
    })
}

/// A folder with settings and an identity.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let authority = Authority::new().expect("an authority");
    let own = authority.issue("things-service").expect("an identity");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let seam = format!(
        "data_dir = \"{}\"\n[seam]\nlisten = \"127.0.0.1:0\"\nservice = \"things-service\"\n\
         certificate = \"{}\"\nkey = \"{}\"\nauthority = \"{}\"\nsigning_key = \"{}\"\n",
        folder.path().join("data").display(),
        file("certificate.pem", &own.certificate),
        file("key.pem", &own.key),
        file("authority.pem", authority.certificate()),
        file("signing.pem", &own.signing_key),
    );
    file("things.toml", &seam);
    folder
}

#[test]
fn a_service_migrates_and_verifies_its_own_store_and_keeps_its_secrets() {
    let folder = folder();
    assert_eq!(run(folder.path(), &["migrate"]), Ok(ExitCode::SUCCESS));
    let data = folder.path().join("data");
    let stores = fs::read_dir(&data).expect("a folder").flatten();
    let stores: Vec<_> = stores
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| Path::new(name).extension().is_some_and(|ext| ext == "db"))
        .collect();
    assert_eq!(stores, ["things.db"], "nothing of other modules is there");
    let secrets = fs::read_to_string(data.join("secrets.toml")).expect("secrets");
    assert!(secrets.contains("things_key = "), "a key of its own");
    assert_eq!(run(folder.path(), &["verify"]), Ok(ExitCode::SUCCESS));
    let again = fs::read_to_string(data.join("secrets.toml")).expect("secrets");
    assert_eq!(secrets, again);
}

#[test]
fn what_contradicts_itself_is_refused_by_name() {
    let folder = folder();
    let shop = "modules.shop.url=https://127.0.0.1:9";
    let cases: [(&[&str], &str); 5] = [
        (
            &["--set", "modules.warehouse.mode=wire"],
            "modules.warehouse",
        ),
        (
            &[
                "--set",
                "modules.things.mode=remote",
                "--set",
                "modules.things.url=https://127.0.0.1:9",
            ],
            "modules.things.mode",
        ),
        (&["--set", "seam.service=other-service"], "seam.certificate"),
        (&["--set", "seam.key=/no/such/file"], "seam.key"),
        (
            &["--set", shop, "--set", "modules.shop.mode=telepathy"],
            "modules.shop.mode",
        ),
    ];
    for (settings, key) in cases {
        let mut arguments = settings.to_vec();
        arguments.push("verify");
        let said = run(folder.path(), &arguments);
        assert!(
            said.as_ref().is_err_and(|said| said.contains(key)),
            "{settings:?}: {said:?}"
        );
    }
}

/// Its events come from a module that no setting finds: that is found out at the start, not by silence.
#[test]
fn a_source_of_events_that_is_nowhere_stops_the_start() {
    let folder = folder();
    let callers = ["--set", "seam.callers.shop-service=[\"shop\"]", "--set"];
    let key = format!("seam.trusted_keys.shop-service=[\"{}\"]", "A".repeat(43));
    let mut arguments = callers.to_vec();
    arguments.extend([
        key.as_str(),
        "--set",
        "operations.listen=127.0.0.1:0",
        "serve",
    ]);
    let said = run(folder.path(), &arguments);
    assert!(
        said.as_ref()
            .is_err_and(|said| said.contains("modules.shop.mode")),
        "{said:?}"
    );
}

/// Whoever reaches the operations listener could move the time.
#[test]
fn a_clock_that_strangers_could_move_stops_the_start() {
    let folder = folder();
    let arguments = [
        "--set",
        "development.movable_clock=true",
        "--set",
        "operations.listen=0.0.0.0:0",
        "serve",
    ];
    let said = run(folder.path(), &arguments);
    assert!(
        said.as_ref().is_err_and(|said| {
            said.contains("development.movable_clock") && said.contains("operations.listen")
        }),
        "{said:?}"
    );
}
