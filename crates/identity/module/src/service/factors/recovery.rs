//! Recovery codes.

use identity_contract::{IdentityError, RecoveryCodesRenewed, UserId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::{StoreError, Tx, retrying};

use crate::domain::recovery_code::RecoveryCode;
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, refuse, signed_in};
use crate::store::{factors, recovery_codes, users};

impl Service {
    /// Makes new recovery codes for the person who asks; all from before are void.
    ///
    /// # Errors
    ///
    /// [`IdentityError::NoFactor`], [`IdentityError::SignInAgain`].
    pub(crate) async fn renew_recovery_codes(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<Vec<RecoveryCode>, IdentityError> {
        let user_id = UserId::from_uuid(signed_in(ctx)?.user);
        retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut tx_ctx, "identity.renew_recovery_codes")
                .await?;
            if users::lock(&mut tx, user_id).await?.is_none() {
                return refuse(IdentityError::UserNotFound);
            }
            if !factors::is_guarded(&mut tx, user_id).await? {
                return refuse(IdentityError::NoFactor);
            }
            require_fresh_sign_in(&mut tx, ctx).await?;
            let codes = self.replace_recovery_codes(&mut tx, user_id).await?;
            tx.emit(&RecoveryCodesRenewed { user_id }).await?;
            tx.commit().await?;
            Ok(codes)
        })
        .await
    }

    /// Puts new codes in place of all that a locked person has.
    pub(super) async fn replace_recovery_codes(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
    ) -> Result<Vec<RecoveryCode>, StoreError> {
        recovery_codes::delete_all(tx, user).await?;
        let codes = RecoveryCode::generate_all(self.db.env());
        for code in &codes {
            recovery_codes::insert(tx, user, code.hash()).await?;
        }
        Ok(codes)
    }
}
