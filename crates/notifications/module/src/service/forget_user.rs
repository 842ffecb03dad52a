//! Forgetting somebody whose account was erased.

use notifications_contract::UserRef;
use tenon_store::{StoreError, Tx};

use super::Service;
use crate::store::erased_users;

impl Service {
    /// Deletes what a person has here, inside the caller's transaction; a repeat finds what has come since.
    pub(crate) async fn forget_user(
        &self,
        tx: &mut Tx<'_>,
        user: UserRef,
    ) -> Result<(), StoreError> {
        erased_users::empty_messages(tx, user).await?;
        erased_users::delete_of(tx, user).await?;
        tx.forget_keys_of_user(user.uuid()).await?;
        Ok(())
    }
}
