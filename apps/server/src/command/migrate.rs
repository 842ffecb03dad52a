//! `tenon migrate`: applies pending migrations of all modules.

use std::process::ExitCode;

use tenon_kernel::Env;

use tenon_server::compose::Stores;
use tenon_server::settings::ServerSettings;

pub(crate) async fn run(mut settings: ServerSettings) -> anyhow::Result<ExitCode> {
    let env = Env::system();
    tenon_server::secrets::complete(&mut settings, &env)?;
    let stores = Stores::open(&settings, &env).await?;
    for db in stores.all() {
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
    stores.close().await;
    Ok(ExitCode::SUCCESS)
}
