//! A new price list, without rows.

use catalog_contract::{CatalogError, CustomerGroupId, PriceListId, PriceListUpdated};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::{Done, Service, audit, conclude};
use crate::domain::price_list::{NewPriceList, PriceList};
use crate::domain::rules::Rules;
use crate::store::{customer_groups, price_lists};

pub(crate) const OPERATION: &str = "create_price_list";

impl Service {
    /// Creates a price list.
    #[tracing::instrument(name = "catalog.create_price_list", skip_all)]
    pub(crate) async fn create_price_list(
        &self,
        ctx: &CallCtx,
        new: NewPriceList,
    ) -> SeamResult<PriceList, CatalogError> {
        let env = self.db.env();
        let list = new
            .make(env.new_id(), env.now())
            .map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.create_price_list").await?;
            match tx.claim_key::<PriceListId, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let outcome = insert(&mut tx, &list, &new.groups).await;
            let resource = outcome.as_ref().ok().map(|done| done.value.to_string());
            conclude(tx, OPERATION, resource, outcome).await
        })
        .await?;
        let id = self.settle(done).await;
        let found = price_lists::find(&mut self.db.read(ctx), id).await?;
        found.ok_or_else(|| StoreError::inconsistent("a price list just inserted").into())
    }
}

async fn insert(
    tx: &mut Tx<'_>,
    list: &PriceList,
    groups: &[CustomerGroupId],
) -> SeamResult<Done<PriceListId>, CatalogError> {
    check_groups(tx, groups).await?;
    price_lists::insert(tx, list).await?;
    let members = audit::price_list_members(list);
    let changed = members.keys().cloned().collect();
    tx.emit(&updated(list, changed)).await?;
    audit::created(tx, "price_list.created", list.id.to_string(), members).await?;
    Ok(Done::quietly(list.id))
}

/// Says that a list is another now.
pub(super) fn updated(list: &PriceList, changed: Vec<String>) -> PriceListUpdated {
    PriceListUpdated {
        price_list_id: list.id,
        version: list.version,
        status: list.status.as_str().to_owned(),
        changed,
    }
}

/// Names the groups that do not exist, by their places in the request.
pub(super) async fn check_groups(
    tx: &mut Tx<'_>,
    groups: &[CustomerGroupId],
) -> SeamResult<(), CatalogError> {
    if groups.is_empty() {
        return Ok(());
    }
    let known = customer_groups::known(tx, groups).await?;
    let mut rules = Rules::default();
    for (position, group) in groups.iter().enumerate() {
        rules.check(
            known.contains(group),
            format_args!("/customer_group_ids/{position}"),
            "not_found",
            "the customer group does not exist",
        );
    }
    rules.finish().map_err(SeamError::Domain)
}
