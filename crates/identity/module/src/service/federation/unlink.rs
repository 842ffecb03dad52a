//! Removing a link.

use identity_contract::{FederatedIdentityId, FederatedIdentityRemoved, IdentityError, UserId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::{StoreError, Tx, retrying};

use crate::domain::federation::FederatedIdentity;
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, refuse, signed_in};
use crate::store::{federated_identities, users};

impl Service {
    /// Removes a link of the person who asks, who can sign in some other way. Sessions that it began go on.
    ///
    /// # Errors
    ///
    /// [`IdentityError::FederatedIdentityNotFound`], also where it is somebody else's; [`IdentityError::SignInAgain`];
    /// [`IdentityError::LastWayIn`].
    pub(crate) async fn unlink_identity(
        &self,
        ctx: &CallCtx,
        id: FederatedIdentityId,
    ) -> SeamResult<(), IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut tx_ctx, "identity.unlink_identity")
                .await?;
            // Of two removals at once one waits here, and sees what the other left.
            let Some(account) = users::lock(&mut tx, user).await? else {
                return refuse(IdentityError::UserNotFound);
            };
            let there = federated_identities::list(&mut tx, user).await?;
            let Some(found) = there.iter().find(|identity| identity.id == id) else {
                return refuse(IdentityError::FederatedIdentityNotFound);
            };
            require_fresh_sign_in(&mut tx, ctx).await?;
            // A provider that the settings have no more signs nobody in.
            let has_another = there
                .iter()
                .any(|other| other.id != id && self.providers.find_issuer(&other.issuer).is_some());
            if account.password_hash.is_none() && !has_another {
                return refuse(IdentityError::LastWayIn);
            }
            self.unlink(&mut tx, user, found).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    /// Removes all links of a person who has recovered their account: whoever had it may have made some.
    pub(in crate::service) async fn unlink_all(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
    ) -> Result<(), StoreError> {
        for found in federated_identities::list(tx, user).await? {
            self.unlink(tx, user, &found).await?;
        }
        Ok(())
    }

    async fn unlink(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        found: &FederatedIdentity,
    ) -> Result<(), StoreError> {
        federated_identities::delete(tx, found.id).await?;
        tx.emit(&FederatedIdentityRemoved {
            identity_id: found.id,
            user_id: user,
            provider: self.name_of_issuer(&found.issuer).to_owned(),
        })
        .await?;
        Ok(())
    }
}
