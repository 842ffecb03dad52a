//! Confirming a factor by its first code: from now on it is asked for.

use identity_contract::{EndReason, FactorAdded, FactorId, IdentityError, SessionId, UserId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::{listed, pick};
use crate::domain::factor::{Amr, Factor, OneTimeCode};
use crate::domain::recovery_code::RecoveryCode;
use crate::service::sessions::end_all;
use crate::service::{Service, refuse, signed_in};
use crate::store::{attempts, factors, sessions, users};

/// The first code of a factor.
#[derive(Debug)]
pub(crate) struct Confirmation {
    pub(crate) id: FactorId,
    pub(crate) code: Option<OneTimeCode>,
    /// Ends all sessions but the one that asks: they began without the factor.
    pub(crate) end_other_sessions: bool,
}

/// A factor that counts from now on.
#[derive(Debug)]
pub(crate) struct Confirmed {
    pub(crate) factor: Factor,
    /// With the first factor only. No other answer will have them.
    pub(crate) recovery_codes: Option<Vec<RecoveryCode>>,
}

impl Service {
    /// Confirms a factor. With the first one the person gets recovery codes. The session that asks has shown a second factor by
    /// that.
    ///
    /// # Errors
    ///
    /// [`IdentityError::WrongCode`], [`IdentityError::FactorNotFound`], [`IdentityError::FactorConfirmed`],
    /// [`IdentityError::TooManyAttempts`].
    pub(crate) async fn confirm_factor(
        &self,
        ctx: &CallCtx,
        req: Confirmation,
    ) -> SeamResult<Confirmed, IdentityError> {
        let principal = signed_in(ctx)?;
        let user = UserId::from_uuid(principal.user);
        let session = SessionId::from_uuid(principal.session);
        let bucket = self.bucket_of_confirmations(user);
        self.take_attempt(ctx, &bucket).await?;
        retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut tx_ctx, "identity.confirm_factor")
                .await?;
            // Of several at once one is the first: the others wait here.
            if users::lock(&mut tx, user).await?.is_none() {
                return refuse(IdentityError::UserNotFound);
            }
            let now = tx.now();
            let there = listed(&mut tx, user, now).await?;
            let is_first = !there.iter().any(|other| other.factor.is_confirmed());
            let found = pick(there, req.id)?;
            if found.factor.is_confirmed() {
                return refuse(IdentityError::FactorConfirmed);
            }
            let step = match &req.code {
                Some(OneTimeCode::Totp(code)) => self.open_secret(&found)?.step_of(code, now, None),
                _ => None,
            };
            let Some(step) = step else {
                return refuse(IdentityError::WrongCode);
            };
            if !factors::confirm(&mut tx, req.id, step).await? {
                return refuse(IdentityError::FactorConfirmed);
            }
            let recovery_codes = if is_first {
                Some(self.replace_recovery_codes(&mut tx, user).await?)
            } else {
                None
            };
            let amr = match sessions::find_sign_in(&mut tx, session, now).await? {
                Some((_, amr)) if amr.is_federated() => Amr::Code.federated(),
                _ => Amr::Code,
            };
            sessions::strengthen(&mut tx, session, amr).await?;
            if req.end_other_sessions {
                end_all(&mut tx, user, Some(session), EndReason::FactorAdded).await?;
            }
            attempts::clear(&mut tx, &bucket).await?;
            tx.emit(&FactorAdded {
                factor_id: req.id,
                user_id: user,
                kind: found.factor.kind,
            })
            .await?;
            tx.commit().await?;
            let factor = Factor {
                confirmed_at: Some(now),
                last_used_at: Some(now),
                ..found.factor
            };
            Ok(Confirmed {
                factor,
                recovery_codes,
            })
        })
        .await
    }
}
