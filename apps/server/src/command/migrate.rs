//! `tenon migrate`: applies pending migrations of the modules of this process.

use std::process::ExitCode;

use tenon_node::HasNode as _;
use tenon_server::compose;
use tenon_server::settings::ServerSettings;

pub(crate) async fn run(settings: ServerSettings) -> anyhow::Result<ExitCode> {
    let env = settings.node().env()?;
    let mut node = compose::node(&settings, &env)?;
    compose::open_stores(&mut node).await?;
    for db in node.stores() {
        let report = db.migrate().await?;
        match report.applied.as_slice() {
            [] => println!("{:<14} at {}, nothing to do", db.module(), report.version),
            steps => println!(
                "{:<14} at {}, applied {}",
                db.module(),
                report.version,
                steps.join(", ")
            ),
        }
    }
    node.close().await;
    Ok(ExitCode::SUCCESS)
}
