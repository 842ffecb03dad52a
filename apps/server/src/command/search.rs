//! `tenon search …`: looks after the search index.

use std::process::ExitCode;

use anyhow::Result;
use tenon_kernel::{CallCtx, Interface};
use tenon_node::HasNode as _;
use tenon_server::compose;
use tenon_server::settings::ServerSettings;

use super::store_of;

/// What to do with the search index.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub(crate) enum Action {
    /// Has the index written again from the products, by the workers of the running server. Searches go on meanwhile.
    Rebuild,
}

pub(crate) async fn run(settings: ServerSettings, action: Action) -> Result<ExitCode> {
    let env = settings.node().env()?;
    let mut node = compose::node(&settings, &env)?;
    compose::open_stores(&mut node).await?;
    let ctx = CallCtx::service(&env, Interface::Cli, "tenon");
    match action {
        Action::Rebuild => {
            let count = catalog::rebuild_search(store_of(&node, "catalog")?, &ctx).await?;
            println!("{count} products will be indexed again within minutes.");
        }
    }
    node.close().await;
    Ok(ExitCode::SUCCESS)
}
