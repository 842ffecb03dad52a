//! `tenon jobs …`: looks after jobs that no attempt could do.

use std::process::ExitCode;

use anyhow::Result;
use tenon_jobs::JobId;
use tenon_kernel::{CallCtx, Interface};
use tenon_node::HasNode as _;
use tenon_server::compose;
use tenon_server::settings::ServerSettings;

use super::store_of;

/// What to do with jobs.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Lists jobs that were given up, with the reason.
    Dead,
    /// Puts jobs that were given up back to work, with all their attempts before them.
    Retry {
        /// The module whose jobs they are.
        #[arg(long)]
        module: String,
        /// One job; all of the module's, up to 1,000, without it.
        #[arg(long)]
        job: Option<JobId>,
    },
}

pub(crate) async fn run(settings: ServerSettings, action: Action) -> Result<ExitCode> {
    let env = settings.node().env()?;
    let mut node = compose::node(&settings, &env)?;
    compose::open_stores(&mut node).await?;
    let mut ctx = CallCtx::service(&env, Interface::Cli, "tenon");
    match action {
        Action::Dead => {
            for db in node.stores() {
                for dead in tenon_jobs::dead_jobs(db, &ctx).await? {
                    println!(
                        "{} {} {} of {} after {} attempts: {}",
                        dead.at,
                        dead.id,
                        dead.kind,
                        db.module(),
                        dead.attempts,
                        dead.reason
                    );
                }
            }
        }
        Action::Retry { module, job } => {
            let db = store_of(&node, &module)?;
            let count = tenon_jobs::retry_dead(db, &mut ctx, job).await?;
            println!("{count} jobs of {module} are back at work.");
        }
    }
    node.close().await;
    Ok(ExitCode::SUCCESS)
}
