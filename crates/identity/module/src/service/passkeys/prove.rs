//! Answering a challenge: a session begins.
//!
//! A challenge is used up before its answer is looked at, so it has one try. Everything that does not count is refused in one way:
//! whose passkey it was, and whether it is anybody's, nobody learns.

use identity_contract::{IdentityError, PasskeySuspected};
use identity_passkeys::{Assertion, Passkey, Refused};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::{StoreError, retrying};

use super::{PasskeyStep, bound_to};
use crate::domain::factor::Amr;
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::service::entrance::Entrance;
use crate::service::oauth::BrowserSession;
use crate::service::second_step::{is_still_proved, purpose_of};
use crate::service::{Granted, Service, acting_as, refuse};
use crate::store::factors::KeptFactor;
use crate::store::sessions::SessionOf;
use crate::store::sign_in_challenges::Waiting;
use crate::store::{attempts, factors, passkey_challenges, sign_in_challenges, users};

/// A challenge that was used up.
struct Taken {
    challenge: [u8; 32],
    /// The sign-in that the answer completes: it began with a right password, or at another provider.
    sign_in: Option<(Vec<u8>, Waiting)>,
}

/// A passkey that has proved itself.
struct Proved {
    factor: KeptFactor,
    before: Passkey,
    after: Passkey,
}

impl Service {
    /// Starts a session.
    ///
    /// # Errors
    ///
    /// [`IdentityError::PasskeyRefused`], [`IdentityError::PasskeysUnavailable`]; after a first step
    /// [`IdentityError::SignInExpired`].
    pub(crate) async fn sign_in_with_passkey(
        &self,
        ctx: &CallCtx,
        step: PasskeyStep,
    ) -> SeamResult<Granted, IdentityError> {
        let key = self.signing_key(ctx).await?;
        let entrance = self.entrance(SessionOf::FirstParty, step.client.clone(), step.address);
        let (account, amr) = self.prove_by_passkey(ctx, step, None, &entrance).await?;
        self.granted(&key, &account, entrance, amr)
    }

    /// Starts a session of a browser; returns its cookie, too.
    ///
    /// # Errors
    ///
    /// As [`Service::sign_in_with_passkey`].
    pub(in crate::service) async fn passkey_in_browser(
        &self,
        ctx: &CallCtx,
        step: PasskeyStep,
        form_token: &str,
    ) -> SeamResult<(BrowserSession, SecretToken), IdentityError> {
        let entrance = self.entrance(SessionOf::Browser, step.client.clone(), step.address);
        let (account, amr) = self
            .prove_by_passkey(ctx, step, Some(form_token), &entrance)
            .await?;
        Ok(self.browser_begun(account, entrance, amr))
    }

    async fn prove_by_passkey(
        &self,
        ctx: &CallCtx,
        step: PasskeyStep,
        mark: Option<&str>,
        entrance: &Entrance,
    ) -> SeamResult<(Account, Amr), IdentityError> {
        let (Some(token), Some(assertion)) = (&step.token, &step.assertion) else {
            return refuse(IdentityError::PasskeyRefused);
        };
        let hash = token.hash();
        let asked = retrying(|| self.take_challenge(ctx, &hash, mark, entrance)).await?;
        let proved = self.check_passkey(ctx, &asked, assertion).await?;
        let user = proved.factor.owner;
        let device_token = step.device_token.as_deref();
        let is_known = device_token.is_some_and(|token| self.known_device(user, token).is_some());
        retrying(|| async {
            let mut ctx = acting_as(ctx, user, Some(entrance.session_id));
            let mut tx = self
                .db
                .begin(&mut ctx, "identity.sign_in_with_passkey")
                .await?;
            let Some(account) = users::lock(&mut tx, user).await? else {
                return refuse(IdentityError::PasskeyRefused);
            };
            let (amr, known_device) = match &asked.sign_in {
                None => (Amr::Passkey, is_known),
                Some((_, waiting)) if !is_still_proved(&account, waiting) => {
                    return refuse(IdentityError::SignInExpired);
                }
                Some((hash, waiting)) => {
                    if !sign_in_challenges::complete(&mut tx, hash).await? {
                        return refuse(IdentityError::SignInExpired);
                    }
                    attempts::clear(&mut tx, &waiting.password_bucket).await?;
                    attempts::clear(&mut tx, &waiting.code_bucket).await?;
                    let amr = match waiting.identity_id {
                        Some(_) => Amr::FederatedAndPasskey,
                        None => Amr::PasswordAndPasskey,
                    };
                    (amr, waiting.known_device)
                }
            };
            // Locked, removed or used since: no session.
            let id = proved.factor.factor.id;
            if !users::note_sign_in(&mut tx, user).await?
                || !factors::use_passkey(&mut tx, id, &proved.before, &proved.after).await?
            {
                return refuse(IdentityError::PasskeyRefused);
            }
            self.enter(&mut tx, user, entrance, amr, known_device)
                .await?;
            tx.commit().await?;
            Ok((account, amr))
        })
        .await
    }

    /// Uses a challenge up, in a transaction of its own, and a guess of the sign-in that it is to complete.
    async fn take_challenge(
        &self,
        ctx: &CallCtx,
        hash: &[u8],
        mark: Option<&str>,
        entrance: &Entrance,
    ) -> SeamResult<Taken, IdentityError> {
        let purpose = purpose_of(entrance);
        let mut ctx = ctx.child();
        let mut tx = self
            .db
            .begin(&mut ctx, "identity.take_passkey_challenge")
            .await?;
        let taken = passkey_challenges::take(&mut tx, hash, purpose, &bound_to(mark)).await?;
        let Some((challenge, sign_in_hash)) = taken else {
            return refuse(IdentityError::PasskeyRefused);
        };
        let sign_in = match sign_in_hash {
            None => None,
            Some(hash) => {
                let waiting = sign_in_challenges::take_guess(&mut tx, &hash, purpose).await?;
                let Some(waiting) = waiting else {
                    return refuse(IdentityError::SignInExpired);
                };
                Some((hash, waiting))
            }
        };
        tx.commit().await?;
        let challenge = challenge.try_into().map_err(|_| {
            StoreError::inconsistent("passkey_challenges.challenge is not of 32 bytes".to_owned())
        })?;
        Ok(Taken { challenge, sign_in })
    }

    async fn check_passkey(
        &self,
        ctx: &CallCtx,
        taken: &Taken,
        sent: &Assertion,
    ) -> SeamResult<Proved, IdentityError> {
        let party = self.relying_party()?;
        let found =
            factors::find_by_credential(&mut self.db.read(ctx), &sent.credential_id).await?;
        let Some((factor, before)) =
            found.and_then(|found| found.passkey.clone().map(|passkey| (found, passkey)))
        else {
            tracing::info!("a passkey of nobody was refused");
            return refuse(IdentityError::PasskeyRefused);
        };
        let expected = taken.sign_in.as_ref().map(|(_, waiting)| waiting.user_id);
        if expected.is_some_and(|user| user != factor.owner) {
            tracing::info!(user.id = %factor.owner, "a passkey of somebody else was refused");
            return refuse(IdentityError::PasskeyRefused);
        }
        let owner = factor.owner.uuid();
        match party.verify(&taken.challenge, owner, expected.is_none(), &before, sent) {
            Ok(after) => Ok(Proved {
                factor,
                before,
                after,
            }),
            Err(Refused::Mismatch(why)) => {
                tracing::info!(user.id = %factor.owner, why, "a passkey was refused");
                refuse(IdentityError::PasskeyRefused)
            }
            Err(Refused::CounterWentBack) => {
                retrying(|| self.tell_of_copy(ctx, &factor)).await?;
                refuse(IdentityError::PasskeyRefused)
            }
            Err(Refused::Unreadable) => {
                let what = format!("factors.credential of {}", factor.factor.id);
                Err(StoreError::inconsistent(what).into())
            }
        }
    }

    /// Has the owner told that there may be two of their passkey.
    async fn tell_of_copy(&self, ctx: &CallCtx, factor: &KeptFactor) -> Result<(), StoreError> {
        let mut ctx = ctx.child();
        let mut tx = self.db.begin(&mut ctx, "identity.tell_of_copy").await?;
        tx.emit(&PasskeySuspected {
            factor_id: factor.factor.id,
            user_id: factor.owner,
        })
        .await?;
        tx.commit().await
    }
}
