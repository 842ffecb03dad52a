//! Removing the factors of somebody who has lost them.

use identity_contract::{FactorRemoved, IdentityError, UserId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::listed;
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, refuse, signed_in};
use crate::store::{factors, recovery_codes, users};

impl Service {
    /// Removes all factors and recovery codes of somebody else; without any there is nothing to do.
    ///
    /// # Errors
    ///
    /// [`IdentityError::UserNotFound`], [`IdentityError::OwnAccount`], [`IdentityError::SignInAgain`].
    pub(crate) async fn clear_factors(
        &self,
        ctx: &CallCtx,
        user_id: UserId,
    ) -> SeamResult<(), IdentityError> {
        if signed_in(ctx)?.user == user_id.uuid() {
            return refuse(IdentityError::OwnAccount);
        }
        self.remove_all(ctx, user_id, true).await
    }

    /// As [`Service::clear_factors`], by an operator: for the one administrator who has lost theirs.
    ///
    /// # Errors
    ///
    /// [`IdentityError::UserNotFound`].
    pub(crate) async fn clear_factors_by_operator(
        &self,
        ctx: &CallCtx,
        email: &str,
    ) -> SeamResult<(), IdentityError> {
        match self.find_user_by_email(ctx, email).await? {
            Some(account) => self.remove_all(ctx, account.id, false).await,
            None => refuse(IdentityError::UserNotFound),
        }
    }

    async fn remove_all(
        &self,
        ctx: &CallCtx,
        user_id: UserId,
        needs_fresh_sign_in: bool,
    ) -> SeamResult<(), IdentityError> {
        let removed = retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self.db.begin(&mut tx_ctx, "identity.clear_factors").await?;
            if users::lock(&mut tx, user_id).await?.is_none() {
                return refuse(IdentityError::UserNotFound);
            }
            if needs_fresh_sign_in {
                require_fresh_sign_in(&mut tx, ctx).await?;
            }
            let now = tx.now();
            let there = listed(&mut tx, user_id, now).await?;
            let mut counted = there.iter().filter(|it| it.factor.is_confirmed()).count();
            for found in there {
                let factor = found.factor;
                factors::delete(&mut tx, factor.id).await?;
                if factor.is_confirmed() {
                    counted -= 1;
                    tx.emit(&FactorRemoved {
                        factor_id: factor.id,
                        user_id,
                        kind: factor.kind,
                        was_last: counted == 0,
                    })
                    .await?;
                }
            }
            recovery_codes::delete_all(&mut tx, user_id).await?;
            tx.commit().await?;
            Ok(())
        })
        .await;
        self.key_revision.advance(); // where a factor is needed, keys open nothing without one
        removed
    }
}
