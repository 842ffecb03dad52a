//! A new group of customers.

use catalog_contract::{CatalogError, CustomerGroupId};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::{Done, Service, audit, conclude};
use crate::domain::customer_group::{CustomerGroup, check_name};
use crate::store::customer_groups;

pub(crate) const OPERATION: &str = "create_customer_group";

impl Service {
    /// Creates a group that nobody is in yet.
    #[tracing::instrument(name = "catalog.create_customer_group", skip_all)]
    pub(crate) async fn create_customer_group(
        &self,
        ctx: &CallCtx,
        name: &str,
    ) -> SeamResult<CustomerGroup, CatalogError> {
        check_name(name).map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "catalog.create_customer_group")
                .await?;
            match tx
                .claim_key::<CustomerGroupId, CatalogError>(OPERATION)
                .await?
            {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let outcome = insert(&mut tx, name).await;
            let resource = outcome.as_ref().ok().map(|done| done.value.to_string());
            conclude(tx, OPERATION, resource, outcome).await
        })
        .await?;
        let id = self.settle(done).await;
        let found = customer_groups::find(&mut self.db.read(ctx), id).await?;
        found.ok_or_else(|| StoreError::inconsistent("a group just inserted").into())
    }
}

async fn insert(tx: &mut Tx<'_>, name: &str) -> SeamResult<Done<CustomerGroupId>, CatalogError> {
    let group = CustomerGroup {
        id: tx.env().new_id(),
        name: name.to_owned(),
        created_at: tx.now(),
    };
    customer_groups::insert(tx, &group).await?;
    let members = audit::members([("name", name.into())]);
    audit::created(tx, "customer_group.created", group.id.to_string(), members).await?;
    Ok(Done::quietly(group.id))
}
