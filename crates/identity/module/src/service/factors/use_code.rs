//! Trying a code, and using it up if it is right.

use identity_contract::{FactorKind, RecoveryCodeUsed, UserId};
use tenon_events::Emit as _;
use tenon_store::{StoreError, Tx};

use crate::domain::factor::{Amr, OneTimeCode};
use crate::domain::recovery_code::RecoveryCode;
use crate::domain::totp::TotpCode;
use crate::service::Service;
use crate::store::{factors, recovery_codes};

impl Service {
    /// Uses a code of a person up; nothing if it is none of theirs, too old, or was used.
    pub(in crate::service) async fn use_code(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        code: &OneTimeCode,
    ) -> Result<Option<Amr>, StoreError> {
        match code {
            OneTimeCode::Totp(code) => self.use_totp(tx, user, code).await,
            OneTimeCode::Recovery(code) => use_recovery_code(tx, user, code).await,
        }
    }

    async fn use_totp(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        code: &TotpCode,
    ) -> Result<Option<Amr>, StoreError> {
        let now = tx.now();
        // Since now: none of those that are pending.
        for found in factors::list(tx, user, now).await? {
            if !found.factor.is_confirmed() || found.factor.kind != FactorKind::Totp {
                continue;
            }
            let secret = self.open_secret(&found)?;
            if let Some(step) = secret.step_of(code, now, found.last_step)
                && factors::use_step(tx, found.factor.id, step).await?
            {
                let sealed = found.sealed_secret.as_deref().unwrap_or_default();
                if !self.ring.is_current(sealed) {
                    let sealed = self.seal_secret(found.factor.id, &secret);
                    factors::reseal(tx, found.factor.id, sealed).await?;
                }
                return Ok(Some(Amr::Code));
            }
        }
        Ok(None)
    }
}

async fn use_recovery_code(
    tx: &mut Tx<'_>,
    user_id: UserId,
    code: &RecoveryCode,
) -> Result<Option<Amr>, StoreError> {
    if !recovery_codes::take(tx, user_id, code.hash()).await? {
        return Ok(None);
    }
    let left = recovery_codes::count_left(tx, user_id).await?;
    tx.emit(&RecoveryCodeUsed { user_id, left }).await?;
    Ok(Some(Amr::RecoveryCode))
}
