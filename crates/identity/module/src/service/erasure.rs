//! What a person decides about the erasure of their account: that it shall be, and that it shall not.

use identity_contract::{
    EndReason, IdentityError, UserErasureCancelled, UserErasureRequested, UserId,
};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Role};
use tenon_seam::SeamResult;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Tx, retrying};

use crate::service::api_keys::delete_all;
use crate::service::sessions::end_all;
use crate::service::{Service, refuse, signed_in};
use crate::store::erasures::{self, Erasure};
use crate::store::{roles, users};

impl Service {
    /// Has the account of the person who asks erased when the cool-off is over. Everything that opens it ends now: sessions, API keys,
    /// and what programs may do for them. Asked again it ends what has begun since, and the date stays.
    ///
    /// # Errors
    ///
    /// [`IdentityError::LastAdministrator`] if nobody would be left who can administer.
    pub(crate) async fn request_erasure(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<Erasure, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        let requested = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.request_erasure").await?;
            let erasure = self.have_erased(&mut tx, user).await?;
            end_all(&mut tx, user, None, EndReason::AccountErased).await?;
            delete_all(&mut tx, user).await?;
            erasures::delete_begun(&mut tx, user).await?;
            tx.commit().await?;
            Ok(erasure)
        })
        .await;
        self.key_revision.advance();
        requested
    }

    async fn have_erased(
        &self,
        tx: &mut Tx<'_>,
        user_id: UserId,
    ) -> SeamResult<Erasure, IdentityError> {
        // Whoever signs in at this moment has done so before, and is signed out again, or does so after.
        let Some(account) = users::lock(tx, user_id).await? else {
            return refuse(IdentityError::UserNotFound);
        };
        if let Some(waiting) = erasures::find(tx, user_id).await? {
            return Ok(waiting);
        }
        if account.roles.contains(Role::Admin) {
            let administrators = roles::lock_administrators(tx).await?;
            if !administrators.into_iter().any(|id| id != user_id) {
                return refuse(IdentityError::LastAdministrator);
            }
        }
        let erase_at = tx.now() + self.settings.erasure_delay();
        let erasure = erasures::insert(tx, user_id, erase_at).await?;
        tx.emit(&UserErasureRequested { user_id, erase_at }).await?;
        let after = Some(json!({ "erase_at": erase_at }));
        tx.emit(&audit("user.erasure_requested", user_id, after))
            .await?;
        Ok(erasure)
    }

    /// Returns when the account of the person who asks will be erased.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ErasureNotFound`] if it will not.
    pub(crate) async fn get_erasure(&self, ctx: &CallCtx) -> SeamResult<Erasure, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        match erasures::find(&mut self.db.read(ctx), user).await? {
            Some(erasure) => Ok(erasure),
            None => refuse(IdentityError::ErasureNotFound),
        }
    }

    /// Keeps the account of the person who asks. What ended when they asked for the erasure stays ended.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ErasureNotFound`] if it was not to be erased.
    pub(crate) async fn cancel_erasure(&self, ctx: &CallCtx) -> SeamResult<(), IdentityError> {
        let user_id = UserId::from_uuid(signed_in(ctx)?.user);
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.cancel_erasure").await?;
            // The job that erases locks the same row: one of the two comes first.
            users::lock(&mut tx, user_id).await?;
            if !erasures::delete(&mut tx, user_id).await? {
                return refuse(IdentityError::ErasureNotFound);
            }
            tx.emit(&UserErasureCancelled { user_id }).await?;
            tx.emit(&audit("user.erasure_cancelled", user_id, None))
                .await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}

fn audit(action: &str, user: UserId, after: Option<serde_json::Value>) -> AuditRecorded {
    AuditRecorded {
        action: action.to_owned(),
        target: user.to_string(),
        before: None,
        after,
    }
}
