//! One file for each command of the binary.

pub(crate) mod admin;
pub(crate) mod asyncapi;
pub(crate) mod backup;
pub(crate) mod events;
pub(crate) mod jobs;
pub(crate) mod migrate;
pub(crate) mod module;
pub(crate) mod openapi;
pub(crate) mod restore;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod verify;

use anyhow::{Context as _, Result};
use tenon_node::Node;
use tenon_server::compose::INSTALLATION;
use tenon_store::Db;

/// The store of a module that this process hosts.
///
/// # Errors
///
/// If no module has this name, or it is hosted elsewhere: the error says where.
fn store_of<'n>(node: &'n Node, module: &str) -> Result<&'n Db> {
    INSTALLATION
        .find(module)
        .with_context(|| format!("no module is called {module}"))?;
    node.require(module)?;
    let mut stores = node.stores().iter();
    stores
        .find(|db| db.module() == module)
        .context("a hosted module has a store")
}
