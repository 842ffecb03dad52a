//! Completing a sign-in with a code: of an app, or a recovery code.
//!
//! Whoever gave a right password, or comes from another provider, holds a token that does nothing else, for five minutes and
//! five guesses. Guesses are counted for the account, too, however many sign-ins were begun: those from a device that has signed
//! in before apart from those of the rest of the world, so that nobody who knows the password keeps the owner out.

use std::net::IpAddr;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use identity_contract::{FactorGuessed, FactorKind, IdentityError, UserId};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{StoreError, Tx, retrying};

use super::attempts::take;
use super::entrance::Entrance;
use super::sign_in::Proved;
use crate::domain::factor::{Amr, MAX_GUESSES, OneTimeCode, SIGN_IN_LIFE};
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::service::oauth::BrowserSession;
use crate::service::{Granted, Service, acting_as, refuse};
use crate::store::sessions::SessionOf;
use crate::store::sign_in_challenges::{self, Purpose, Waiting};
use crate::store::{attempts, factors, users};

/// As long as sign-ins that are over are kept.
const TOLD_AGAIN_AFTER: Duration = Duration::from_hours(24);

/// A sign-in that waits for a code.
#[derive(Debug)]
pub(crate) struct CodeNeeded {
    /// Completes it, together with a code.
    pub(crate) token: SecretToken,
    pub(crate) expires_at: Timestamp,
    /// What the person has for it.
    pub(crate) kinds: Vec<FactorKind>,
}

/// What completes a sign-in.
#[derive(Debug)]
pub(crate) struct SecondStep {
    pub(crate) token: Option<SecretToken>,
    pub(crate) code: Option<OneTimeCode>,
    /// What the client says about itself.
    pub(crate) client: Option<String>,
    /// Where the request came from.
    pub(crate) address: Option<IpAddr>,
}

impl Service {
    /// Starts a session.
    ///
    /// # Errors
    ///
    /// [`IdentityError::WrongCode`], [`IdentityError::SignInExpired`], [`IdentityError::TooManyAttempts`].
    pub(crate) async fn complete_sign_in(
        &self,
        ctx: &CallCtx,
        step: SecondStep,
    ) -> SeamResult<Granted, IdentityError> {
        let key = self.signing_key(ctx).await?;
        let entrance = self.entrance(SessionOf::FirstParty, step.client, step.address);
        let (account, amr) = self.complete(ctx, step.token, step.code, &entrance).await?;
        self.granted(&key, &account, entrance, amr)
    }

    /// Starts a session of a browser; returns its cookie, too.
    ///
    /// # Errors
    ///
    /// As [`Service::complete_sign_in`].
    pub(crate) async fn complete_in_browser(
        &self,
        ctx: &CallCtx,
        step: SecondStep,
    ) -> SeamResult<(BrowserSession, SecretToken), IdentityError> {
        let entrance = self.entrance(SessionOf::Browser, step.client, step.address);
        let (account, amr) = self.complete(ctx, step.token, step.code, &entrance).await?;
        Ok(self.browser_begun(account, entrance, amr))
    }

    /// Has a sign-in wait.
    pub(super) async fn wait_for_code(
        &self,
        tx: &mut Tx<'_>,
        proved: &Proved,
        entrance: &Entrance,
    ) -> Result<CodeNeeded, StoreError> {
        let waiting = Waiting {
            user_id: proved.account.id,
            password_mark: mark(proved.password_hash()),
            password_bucket: proved.bucket.to_vec(),
            code_bucket: proved.code_bucket.to_vec(),
            known_device: proved.known_device,
            identity_id: None,
            guesses: 0,
        };
        self.have_wait(tx, &waiting, entrance).await
    }

    /// Has a sign-in wait, whatever its first step was.
    pub(super) async fn have_wait(
        &self,
        tx: &mut Tx<'_>,
        waiting: &Waiting,
        entrance: &Entrance,
    ) -> Result<CodeNeeded, StoreError> {
        let token = SecretToken::generate(tx.env());
        let expires_at = tx.now() + SIGN_IN_LIFE;
        let purpose = purpose_of(entrance);
        sign_in_challenges::insert(tx, &token.hash(), purpose, waiting, expires_at).await?;
        // Since now: none of those that are pending.
        let now = tx.now();
        let there = factors::list(tx, waiting.user_id, now).await?;
        let has = |kind: &FactorKind| there.iter().any(|found| found.factor.kind == *kind);
        let kinds = [FactorKind::Totp, FactorKind::Passkey].into_iter();
        Ok(CodeNeeded {
            token,
            expires_at,
            kinds: kinds.filter(has).collect(),
        })
    }

    async fn complete(
        &self,
        ctx: &CallCtx,
        token: Option<SecretToken>,
        code: Option<OneTimeCode>,
        entrance: &Entrance,
    ) -> SeamResult<(Account, Amr), IdentityError> {
        let Some(hash) = token.map(|token| token.hash()) else {
            return refuse(IdentityError::SignInExpired);
        };
        let Some(code) = code else {
            return refuse(IdentityError::WrongCode); // no code looks so: nothing was guessed
        };
        let waiting = retrying(|| self.take_guess(ctx, &hash, purpose_of(entrance))).await?;
        let completed = retrying(|| async {
            let mut ctx = acting_as(ctx, waiting.user_id, Some(entrance.session_id));
            let mut tx = self.db.begin(&mut ctx, "identity.complete_sign_in").await?;
            let account = users::lock(&mut tx, waiting.user_id).await?;
            // Locked since, or the password was changed or recovered: what was proved is worth nothing now.
            let Some(account) = account.filter(|account| is_still_proved(account, &waiting)) else {
                return refuse(IdentityError::SignInExpired);
            };
            let Some(amr) = self.use_code(&mut tx, account.id, &code).await? else {
                tracing::info!(user.id = %account.id, "a code was refused");
                return refuse(IdentityError::WrongCode);
            };
            let amr = match waiting.identity_id {
                Some(_) => amr.federated(),
                None => amr,
            };
            if !sign_in_challenges::complete(&mut tx, &hash).await? {
                return refuse(IdentityError::SignInExpired); // and the code is not used up
            }
            attempts::clear(&mut tx, &waiting.password_bucket).await?;
            attempts::clear(&mut tx, &waiting.code_bucket).await?;
            self.enter(&mut tx, account.id, entrance, amr, waiting.known_device)
                .await?;
            tx.commit().await?;
            Ok((account, amr))
        })
        .await;
        if let Err(SeamError::Domain(IdentityError::WrongCode)) = &completed
            && waiting.guesses >= MAX_GUESSES
        {
            retrying(|| self.tell_of_guesses(ctx, &hash, waiting.user_id)).await?;
        }
        completed
    }

    /// Has the owner told that somebody knows their password: once a day, whoever begins however many sign-ins.
    async fn tell_of_guesses(
        &self,
        ctx: &CallCtx,
        hash: &[u8],
        user_id: UserId,
    ) -> Result<(), StoreError> {
        let mut ctx = ctx.child();
        let mut tx = self.db.begin(&mut ctx, "identity.tell_of_guesses").await?;
        users::lock(&mut tx, user_id).await?; // of several at once one tells
        let since = tx.now() - TOLD_AGAIN_AFTER;
        if !sign_in_challenges::mark_told(&mut tx, hash, user_id, since).await? {
            return Ok(());
        }
        tx.emit(&FactorGuessed { user_id }).await?;
        tx.commit().await
    }

    /// Counts a guess before it is made, in a transaction of its own: a wrong one stays counted.
    async fn take_guess(
        &self,
        ctx: &CallCtx,
        hash: &[u8],
        purpose: Purpose,
    ) -> SeamResult<Waiting, IdentityError> {
        let mut ctx = ctx.child();
        let mut tx = self.db.begin(&mut ctx, "identity.take_guess").await?;
        let Some(waiting) = sign_in_challenges::take_guess(&mut tx, hash, purpose).await? else {
            return refuse(IdentityError::SignInExpired);
        };
        take(&mut tx, &waiting.code_bucket).await?;
        tx.commit().await?;
        Ok(waiting)
    }
}

pub(super) fn purpose_of(entrance: &Entrance) -> Purpose {
    match entrance.of {
        SessionOf::Browser => Purpose::Browser,
        _ => Purpose::FirstParty,
    }
}

/// What tells one password from the next, and nothing about either: the hash that it is made from has a pepper and a salt.
fn mark(password_hash: &str) -> Vec<u8> {
    digest(&SHA256, password_hash.as_bytes()).as_ref().to_vec()
}

/// A sign-in by a provider's account is gone with its link.
pub(super) fn is_still_proved(account: &Account, waiting: &Waiting) -> bool {
    let mark = account.password_hash.as_deref().map(mark);
    let has_same_password =
        mark.is_some_and(|mark| verify_slices_are_equal(&mark, &waiting.password_mark).is_ok());
    !account.is_locked() && (waiting.identity_id.is_some() || has_same_password)
}
