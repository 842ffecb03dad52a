//! Signing in with a password.

use std::net::IpAddr;

use identity_contract::IdentityError;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::entrance::Entrance;
use super::second_step::CodeNeeded;
use crate::domain::email::EmailAddress;
use crate::domain::factor::Amr;
use crate::domain::password::Password;
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::service::attempts::Bucket;
use crate::service::oauth::BrowserSession;
use crate::service::{Granted, Service, acting_as, invalid, refuse};
use crate::store::sessions::SessionOf;
use crate::store::{attempts, factors, users};

/// What someone shows to be let in.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) email: String,
    pub(crate) password: Password,
    /// From an earlier sign-in on this device.
    pub(crate) device_token: Option<String>,
    /// What the client says about itself.
    pub(crate) client: Option<String>,
    /// Where the request came from.
    pub(crate) address: Option<IpAddr>,
}

/// What comes of a right password.
#[derive(Debug)]
pub(crate) enum SignedIn<S> {
    /// A session.
    Done(S),
    /// The account has a second factor: a session once its code is there.
    CodeNeeded(CodeNeeded),
}

/// Someone whose password was right.
pub(super) struct Proved {
    pub(super) account: Account,
    checked_hash: String,
    new_hash: Option<String>,
    pub(super) bucket: Bucket,
    pub(super) code_bucket: Bucket,
    pub(super) known_device: bool,
}

impl Proved {
    /// The hash of the password from now on.
    pub(super) fn password_hash(&self) -> &str {
        self.new_hash.as_deref().unwrap_or(&self.checked_hash)
    }
}

impl Service {
    /// Starts a session, or says that a code is needed first.
    ///
    /// Unknown address, wrong password, unproved address and locked user take the same steps, cost the same and get
    /// the same answer, whether or not the account has a second factor.
    pub(crate) async fn sign_in(
        &self,
        ctx: &CallCtx,
        req: SignIn,
    ) -> SeamResult<SignedIn<Granted>, IdentityError> {
        let email =
            EmailAddress::read(&req.email, "/email").map_err(|error| invalid(vec![error]))?;
        let proved = self.prove(ctx, &email, &req).await?;
        let key = self.signing_key(ctx).await?;
        let entrance = self.entrance(SessionOf::FirstParty, req.client, req.address);
        if let Some(needed) = self.start_session(ctx, &proved, &entrance).await? {
            return Ok(SignedIn::CodeNeeded(needed));
        }
        let granted = self.granted(&key, &proved.account, entrance, Amr::Password)?;
        Ok(SignedIn::Done(granted))
    }

    /// Starts a session of a browser with our own pages: the same proof at the same price, but what comes of it is a cookie
    /// that opens nothing else.
    pub(crate) async fn sign_in_browser(
        &self,
        ctx: &CallCtx,
        req: SignIn,
    ) -> SeamResult<SignedIn<(BrowserSession, SecretToken)>, IdentityError> {
        let email =
            EmailAddress::read(&req.email, "/email").map_err(|error| invalid(vec![error]))?;
        let proved = self.prove(ctx, &email, &req).await?;
        let entrance = self.entrance(SessionOf::Browser, req.client, req.address);
        if let Some(needed) = self.start_session(ctx, &proved, &entrance).await? {
            return Ok(SignedIn::CodeNeeded(needed));
        }
        let begun = self.browser_begun(proved.account, entrance, Amr::Password);
        Ok(SignedIn::Done(begun))
    }

    async fn prove(
        &self,
        ctx: &CallCtx,
        email: &EmailAddress,
        req: &SignIn,
    ) -> SeamResult<Proved, IdentityError> {
        if !req.password.is_possible() {
            return refuse(IdentityError::InvalidCredentials);
        }
        // In line first: a try that could not be made is not counted.
        let place = self.hasher.enter()?;
        let account = users::find_by_email(&mut self.db.read(ctx), email).await?;
        let device = match (&account, &req.device_token) {
            (Some(account), Some(token)) => self
                .known_device(account.id, token)
                .map(|nonce| (account.id, nonce)),
            _ => None,
        };
        let bucket = device.map_or_else(
            || self.bucket_of_strangers(email),
            |(user, nonce)| self.bucket_of_device(user, &nonce),
        );
        self.take_attempt(ctx, &bucket).await?;

        let stored = account
            .as_ref()
            .and_then(|account| account.password_hash.clone());
        let verdict = self
            .hasher
            .verify(place, req.password.clone(), stored.clone())
            .await?;
        match (account, stored) {
            (Some(account), Some(checked_hash)) if verdict.matches && !account.is_locked() => {
                let new_hash = if verdict.outdated {
                    self.rehash(&req.password).await
                } else {
                    None
                };
                let nonce = device.as_ref().map(|(_, nonce)| nonce.as_slice());
                let code_bucket = self.bucket_of_codes(account.id, nonce);
                Ok(Proved {
                    account,
                    checked_hash,
                    new_hash,
                    bucket,
                    code_bucket,
                    known_device: device.is_some(),
                })
            }
            _ => {
                let address = req.address.map(|address| self.address_hash(address));
                tracing::info!(address, "a sign-in was refused");
                refuse(IdentityError::InvalidCredentials)
            }
        }
    }

    /// Hashes with today's parameters; not now if the slots are busy.
    async fn rehash(&self, password: &Password) -> Option<String> {
        let place = self.hasher.enter::<IdentityError>().ok()?;
        self.hasher
            .hash::<IdentityError>(place, password.clone())
            .await
            .ok()
    }

    /// The row of the person stays as it is until commit: no factor is added between the look and the session.
    async fn start_session(
        &self,
        ctx: &CallCtx,
        proved: &Proved,
        entrance: &Entrance,
    ) -> SeamResult<Option<CodeNeeded>, IdentityError> {
        let user_id = proved.account.id;
        retrying(|| async {
            let mut ctx = acting_as(ctx, user_id, Some(entrance.session_id));
            let mut tx = self.db.begin(&mut ctx, "identity.sign_in").await?;
            let new_hash = proved.password_hash();
            if !users::confirm_sign_in(&mut tx, user_id, &proved.checked_hash, new_hash).await? {
                return refuse(IdentityError::InvalidCredentials); // locked or changed meanwhile
            }
            if factors::is_guarded(&mut tx, user_id).await? {
                let needed = self.wait_for_code(&mut tx, proved, entrance).await?;
                tx.commit().await?;
                return Ok(Some(needed));
            }
            attempts::clear(&mut tx, &proved.bucket).await?;
            self.enter(
                &mut tx,
                user_id,
                entrance,
                Amr::Password,
                proved.known_device,
            )
            .await?;
            tx.commit().await?;
            Ok(None)
        })
        .await
    }
}
