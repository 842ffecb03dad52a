//! Takes somebody who is gone out of all customer groups.

use catalog_contract::BuyerId;
use tenon_store::{StoreError, Tx};

use super::{Service, audit};
use crate::store::customer_groups;

impl Service {
    /// Does it inside the transaction that takes the event; a repeat changes nothing.
    pub(crate) async fn leave_groups(
        &self,
        tx: &mut Tx<'_>,
        user: BuyerId,
    ) -> Result<(), StoreError> {
        for group in customer_groups::remove_from_all(tx, user).await? {
            let members = |user: Option<BuyerId>| {
                audit::members([("user_id", user.map(|it| it.to_string()).into())])
            };
            let action = "customer_group.member_removed";
            let (before, after) = (members(Some(user)), members(None));
            audit::changed(tx, action, group.to_string(), before, after).await?;
        }
        tx.forget_keys_of_user(user.uuid()).await?;
        Ok(())
    }
}
