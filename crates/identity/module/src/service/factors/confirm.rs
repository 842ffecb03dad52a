//! Confirming a factor by its first proof: from now on it is asked for.

use identity_contract::{
    EndReason, FactorAdded, FactorId, FactorKind, IdentityError, SessionId, UserId,
};
use identity_passkeys::{Attestation, Refused};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, FieldError, Timestamp};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Tx, retrying};

use super::{credentials, listed, pick};
use crate::domain::factor::{Amr, Factor, OneTimeCode};
use crate::domain::recovery_code::RecoveryCode;
use crate::service::sessions::end_all;
use crate::service::{Service, invalid, refuse, signed_in};
use crate::store::factors::KeptFactor;
use crate::store::{attempts, factors, sessions, users};

/// The first proof of a factor.
#[derive(Debug)]
pub(crate) struct Confirmation {
    pub(crate) id: FactorId,
    pub(crate) proof: Proof,
    /// Ends all sessions but the one that asks: they began without the factor.
    pub(crate) end_other_sessions: bool,
}

/// What a factor proves itself by.
#[derive(Debug)]
pub(crate) enum Proof {
    /// What an app shows; nothing if no code looks so.
    Code(Option<OneTimeCode>),
    /// What a browser made.
    Passkey(Attestation),
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
    /// [`IdentityError::WrongCode`], [`IdentityError::WrongPasskey`], [`IdentityError::FactorNotFound`],
    /// [`IdentityError::FactorConfirmed`], [`IdentityError::TooManyAttempts`], [`IdentityError::InvalidRequest`] with the proof of
    /// another kind of factor.
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
        let confirmed = retrying(|| async {
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
            let known = credentials(&there);
            let found = pick(there, req.id)?;
            if found.factor.is_confirmed() {
                return refuse(IdentityError::FactorConfirmed);
            }
            let amr = match (&req.proof, found.factor.kind) {
                (Proof::Code(code), FactorKind::Totp) => {
                    self.confirm_app(&mut tx, &found, code.as_ref(), now)
                        .await?;
                    Amr::Code
                }
                (Proof::Passkey(sent), FactorKind::Passkey) => {
                    self.confirm_passkey(&mut tx, &found, &known, sent).await?;
                    Amr::PasswordAndPasskey
                }
                (Proof::Code(_), _) => return Err(missing("/credential")),
                (Proof::Passkey(_), _) => return Err(missing("/one_time_code")),
            };
            let recovery_codes = if is_first {
                Some(self.replace_recovery_codes(&mut tx, user).await?)
            } else {
                None
            };
            let began = sessions::find_sign_in(&mut tx, session, now).await?;
            match began.map(|(_, shown)| shown) {
                Some(shown) if shown.is_multi_factor() => {}
                Some(shown) if shown.is_federated() => {
                    sessions::strengthen(&mut tx, session, amr.federated()).await?;
                }
                _ => sessions::strengthen(&mut tx, session, amr).await?,
            }
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
        .await;
        self.key_revision.advance(); // keys of whoever had to add one open what they did
        confirmed
    }

    async fn confirm_app(
        &self,
        tx: &mut Tx<'_>,
        found: &KeptFactor,
        code: Option<&OneTimeCode>,
        now: Timestamp,
    ) -> SeamResult<(), IdentityError> {
        let step = match code {
            Some(OneTimeCode::Totp(code)) => self.open_secret(found)?.step_of(code, now, None),
            _ => None,
        };
        let Some(step) = step else {
            return refuse(IdentityError::WrongCode);
        };
        if !factors::confirm(tx, found.factor.id, step).await? {
            return refuse(IdentityError::FactorConfirmed);
        }
        Ok(())
    }

    async fn confirm_passkey(
        &self,
        tx: &mut Tx<'_>,
        found: &KeptFactor,
        known: &[Vec<u8>],
        sent: &Attestation,
    ) -> SeamResult<(), IdentityError> {
        let challenge = found.challenge.as_deref().unwrap_or_default();
        let Ok(challenge) = challenge.try_into() else {
            return refuse(IdentityError::WrongPasskey);
        };
        let owner = found.owner.uuid();
        let made = self
            .relying_party()?
            .register(challenge, owner, known, sent);
        let passkey = match made {
            Ok(passkey) => passkey,
            Err(Refused::Mismatch(why)) => {
                tracing::info!(user.id = %found.owner, why, "a passkey was not registered");
                return refuse(IdentityError::WrongPasskey);
            }
            Err(_) => return refuse(IdentityError::WrongPasskey),
        };
        if !factors::confirm_passkey(tx, found.factor.id, &passkey).await? {
            return refuse(IdentityError::WrongPasskey); // somebody has it
        }
        Ok(())
    }
}

fn missing(pointer: &str) -> SeamError<IdentityError> {
    invalid(vec![FieldError::new(
        pointer,
        "missing_member",
        "This kind of factor proves itself by it.",
    )])
}
