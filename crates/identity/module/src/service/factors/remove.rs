//! Removing a factor.

use identity_contract::{FactorId, FactorRemoved, IdentityError, UserId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::{audit, listed, pick};
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, refuse, signed_in};
use crate::store::{factors, recovery_codes, users};

impl Service {
    /// Removes a factor of the person who asks; with the last one their recovery codes go, too. One that was pending goes
    /// without a word to anybody: it never counted.
    ///
    /// # Errors
    ///
    /// [`IdentityError::FactorNotFound`], also where it is somebody else's; [`IdentityError::SignInAgain`];
    /// [`IdentityError::LastFactor`] where the person must have one.
    pub(crate) async fn remove_factor(
        &self,
        ctx: &CallCtx,
        id: FactorId,
    ) -> SeamResult<(), IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self.db.begin(&mut tx_ctx, "identity.remove_factor").await?;
            let Some(account) = users::lock(&mut tx, user).await? else {
                return refuse(IdentityError::UserNotFound);
            };
            let now = tx.now();
            let there = listed(&mut tx, user, now).await?;
            let left = there
                .iter()
                .filter(|other| other.factor.id != id && other.factor.is_confirmed())
                .count();
            let found = pick(there, id)?;
            require_fresh_sign_in(&mut tx, ctx).await?;
            let is_last = found.factor.is_confirmed() && left == 0;
            if is_last && self.must_have_factor(&account.roles) {
                return refuse(IdentityError::LastFactor);
            }
            factors::delete(&mut tx, id).await?;
            if found.factor.is_confirmed() {
                if is_last {
                    recovery_codes::delete_all(&mut tx, user).await?;
                }
                tx.emit(&FactorRemoved {
                    factor_id: id,
                    user_id: user,
                    kind: found.factor.kind,
                    was_last: is_last,
                })
                .await?;
            } else {
                tx.emit(&audit("factor.dropped", id)).await?;
            }
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}
