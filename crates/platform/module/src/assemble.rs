//! What a process gives to each module it puts together, in the monolith and in a service alike.

use std::error::Error;
use std::sync::Arc;

use tenon_kernel::{CursorKey, Env};
use tenon_settings::Secret;
use tenon_store::Db;

/// What a module gets from the process it is put together in; its settings and the contracts it uses come beside it.
#[derive(Debug, Clone)]
pub struct NodeParts {
    /// The module's own store; absent where the module runs elsewhere and only its documents are wanted.
    pub db: Db,
    /// Signs the cursors of lists.
    pub cursor_key: CursorKey,
    /// The secret of the installation; modules derive keys from it, each under a name of its own.
    pub application_secret: Secret,
    /// A key of the module's own, where the process keeps one; empty if settings give the module its keys.
    pub module_key: Secret,
    /// Where people reach the installation, without a slash at the end.
    pub public_url: String,
    /// Names of all modules of the installation, wherever they run.
    pub installation: Arc<[&'static str]>,
    /// Time and randomness.
    pub env: Env,
}

/// A module that cannot be put together; the source names the setting.
#[derive(Debug, thiserror::Error)]
#[error("the module {module}")]
pub struct AssembleError {
    module: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl AssembleError {
    /// Says which module, and why.
    pub fn new(module: &'static str, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            module,
            source: Box::new(source),
        }
    }

    /// The module.
    pub fn module(&self) -> &'static str {
        self.module
    }
}
