//! `tenon openapi`: prints the API's document, or the table of who may do what.

use std::process::ExitCode;

use tenon_kernel::Env;
use tenon_web::{openapi_document, policy_table};

use tenon_server::compose::{API, Tenon};
use tenon_server::settings::ServerSettings;

pub(crate) async fn run(policies: bool) -> anyhow::Result<ExitCode> {
    // Endpoints are values of built modules, so this builds them over an empty, temporary installation.
    let folder = std::env::temp_dir().join(format!("tenon-openapi-{}", std::process::id()));
    let env = Env::system();
    let settings = ServerSettings {
        data_dir: folder.clone(),
        ..ServerSettings::default()
    };
    let tenon = Tenon::build(&settings, &env).await?;
    let endpoints = tenon.endpoints;
    if policies {
        println!(
            "# Who may do what\n\nMade by `tenon openapi --policies` from the endpoints; do not edit.\n"
        );
        println!("| operation | method and path | policy |\n|---|---|---|");
        for (method, path, operation, policy) in policy_table(&endpoints) {
            println!("| {operation} | `{method} {path}` | {policy:?} |");
        }
    } else {
        println!("{:#}", openapi_document(&API, &endpoints));
    }
    tenon.node.close().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(ExitCode::SUCCESS)
}
