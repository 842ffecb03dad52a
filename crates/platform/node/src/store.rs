//! Opens and migrates the stores of hosted modules.

use tenon_kernel::Env;
use tenon_store::{Db, Migrations, StoreConfig, StoreError, WorkerLease};

use crate::NodeError;

/// Opens a module's store; creates what does not exist, migrates nothing.
pub(crate) async fn open(
    config: &StoreConfig,
    migrations: Migrations,
    env: &Env,
) -> Result<Db, NodeError> {
    let module = migrations.module;
    Db::open(config, migrations, env.clone())
        .await
        .map_err(|source| NodeError::Store { module, source })
}

/// Applies pending migrations, unless another deployment works on the store: then they are its own to apply.
pub(crate) async fn migrate(db: &Db, deployment: &str) -> Result<(), NodeError> {
    let module = db.module();
    let failed = |source: StoreError| NodeError::Store { module, source };
    if db.is_current().await.map_err(failed)? {
        return Ok(());
    }
    let lease = WorkerLease::new(db, deployment);
    if let Some(owner) = lease.other_owner().await.map_err(failed)? {
        return Err(NodeError::Owned { module, owner });
    }
    let report = db.migrate().await.map_err(failed)?;
    tracing::info!(module, steps = report.applied.len(), "migrated");
    Ok(())
}
