//! Erasing an account whose time has come.

use identity_contract::{EndReason, UserErased, UserId};
use tenon_events::Emit as _;
use tenon_store::{StoreError, Tx};

use crate::domain::email::EmailAddress;
use crate::service::Service;
use crate::service::sessions::end_all;
use crate::store::{attempts, erasures, users};

impl Service {
    /// Deletes everything of a person inside the job's transaction, and tells all modules. Nothing to do if it was taken back, or
    /// happened before.
    pub(crate) async fn erase_user(
        &self,
        tx: &mut Tx<'_>,
        user_id: UserId,
    ) -> Result<(), StoreError> {
        let Some(account) = users::lock(tx, user_id).await? else {
            return Ok(());
        };
        if !erasures::mark_erased(tx, user_id).await? {
            return Ok(());
        }
        // Who follows sessions by their events hears of the end of each.
        end_all(tx, user_id, None, EndReason::AccountErased).await?;
        let Some(email) = EmailAddress::parse(&account.email) else {
            return Err(StoreError::Inconsistent {
                what: format!("users.email of {user_id}"),
            });
        };
        for bucket in [
            self.bucket_of_strangers(&email),
            self.bucket_of_reauthentication(user_id),
            self.bucket_of_codes(user_id, None),
            self.bucket_of_confirmations(user_id),
        ] {
            attempts::clear(tx, &bucket).await?;
        }
        erasures::delete_person(tx, user_id, &email.key()).await?;
        tx.forget_keys_of_user(user_id.uuid()).await?;
        tx.emit(&UserErased { user_id }).await?;
        self.key_revision.advance();
        tracing::info!(user.id = %user_id, "an account was erased");
        Ok(())
    }
}
