//! Somebody comes into a group of customers, or leaves it.

use catalog_contract::{BuyerId, CatalogError, CustomerGroupId};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Tx, retrying};

use super::{Service, audit, refused};
use crate::store::customer_groups;

/// Which way somebody goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Membership {
    Starts,
    Ends,
}

impl Service {
    /// Puts somebody into a group or takes them out of it; nothing happens if that is so already. Whether there is
    /// such a person only identity knows, and nobody asks it.
    ///
    /// # Errors
    ///
    /// [`CatalogError::CustomerGroupNotFound`].
    #[tracing::instrument(name = "catalog.change_group_member", skip_all, fields(group.id = %group))]
    pub(crate) async fn change_group_member(
        &self,
        ctx: &CallCtx,
        (group, user): (CustomerGroupId, BuyerId),
        membership: Membership,
    ) -> SeamResult<(), CatalogError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "catalog.change_group_member")
                .await?;
            change(&mut tx, group, user, membership).await?;
            tx.commit().await?;
            Ok::<_, SeamError<CatalogError>>(())
        })
        .await
    }
}

async fn change(
    tx: &mut Tx<'_>,
    group: CustomerGroupId,
    user: BuyerId,
    membership: Membership,
) -> SeamResult<(), CatalogError> {
    if customer_groups::find(tx, group).await?.is_none() {
        return refused(CatalogError::CustomerGroupNotFound {
            customer_group_id: group,
        });
    }
    let (is_changed, action, before, after) = match membership {
        Membership::Starts => (
            customer_groups::add(tx, group, user).await?,
            "customer_group.member_added",
            None,
            Some(user),
        ),
        Membership::Ends => (
            customer_groups::remove(tx, group, user).await?,
            "customer_group.member_removed",
            Some(user),
            None,
        ),
    };
    if is_changed {
        let members = |user: Option<BuyerId>| {
            audit::members([("user_id", user.map(|it| it.to_string()).into())])
        };
        let target = group.to_string();
        audit::changed(tx, action, target, members(before), members(after)).await?;
    }
    Ok(())
}
