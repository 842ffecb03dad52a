//! Signing in with a password.

use std::net::IpAddr;
use std::time::Duration;

use identity_contract::{IdentityError, SessionCreated, SessionId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::retrying;

use crate::domain::email::EmailAddress;
use crate::domain::password::Password;
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::service::attempts::Bucket;
use crate::service::oauth::BrowserSession;
use crate::service::sessions::end_oldest;
use crate::service::{Granted, Service, acting_as, invalid, refuse};
use crate::store::sessions::{NewSession, SessionOf};
use crate::store::{attempts, refresh_tokens, sessions, users};

/// How long a browser that signed in on our pages is not asked again.
const BROWSER_SESSION: Duration = Duration::from_hours(12);

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

/// Someone whose password was right.
struct Proved {
    account: Account,
    checked_hash: String,
    new_hash: Option<String>,
    bucket: Bucket,
    known_device: bool,
}

impl Service {
    /// Starts a session.
    ///
    /// Unknown address, wrong password, unproved address and locked user take the same steps, cost the same and get
    /// the same answer.
    pub(crate) async fn sign_in(
        &self,
        ctx: &CallCtx,
        req: SignIn,
    ) -> SeamResult<Granted, IdentityError> {
        let email =
            EmailAddress::read(&req.email, "/email").map_err(|error| invalid(vec![error]))?;
        let proved = self.prove(ctx, &email, &req).await?;
        let key = self.signing_key(ctx).await?;
        let session_id = self.db.env().new_id();
        let refresh_token = SecretToken::generate(self.db.env());
        let of = SessionOf::FirstParty;
        self.start_session(ctx, session_id, &of, &refresh_token, &proved, &req)
            .await?;
        let account = &proved.account;
        let (access_token, access_expires_at) =
            self.access_token(&key, account.id, session_id, &account.roles)?;
        tracing::info!(user.id = %account.id, session.id = %session_id, "signed in");
        let device_token = Some(self.device_token(account.id));
        Ok(Granted {
            session_id,
            access_token,
            access_expires_at,
            refresh_token,
            device_token,
        })
    }

    /// Starts a session of a browser with our own pages: the same proof at the same price, but what comes of it is a cookie
    /// that opens nothing else.
    pub(crate) async fn sign_in_browser(
        &self,
        ctx: &CallCtx,
        req: SignIn,
    ) -> SeamResult<(BrowserSession, SecretToken), IdentityError> {
        let email =
            EmailAddress::read(&req.email, "/email").map_err(|error| invalid(vec![error]))?;
        let proved = self.prove(ctx, &email, &req).await?;
        let session_id = self.db.env().new_id();
        let cookie = SecretToken::generate(self.db.env());
        let of = SessionOf::Browser;
        self.start_session(ctx, session_id, &of, &cookie, &proved, &req)
            .await?;
        let account = proved.account;
        tracing::info!(user.id = %account.id, session.id = %session_id, "signed in with a browser");
        let session = BrowserSession {
            id: session_id,
            account,
            signed_in_at: self.now(),
        };
        Ok((session, cookie))
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
                .map(|nonce| self.bucket_of_device(account.id, &nonce)),
            _ => None,
        };
        let bucket = device.unwrap_or_else(|| self.bucket_of_strangers(email));
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
                Ok(Proved {
                    account,
                    checked_hash,
                    new_hash,
                    bucket,
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

    async fn start_session(
        &self,
        ctx: &CallCtx,
        session_id: SessionId,
        of: &SessionOf,
        token: &SecretToken,
        proved: &Proved,
        req: &SignIn,
    ) -> SeamResult<(), IdentityError> {
        let user_id = proved.account.id;
        let new_hash = proved.new_hash.as_deref().unwrap_or(&proved.checked_hash);
        let (idle, absolute) = match of {
            SessionOf::Browser => (BROWSER_SESSION, BROWSER_SESSION),
            _ => (
                self.settings.session_idle(),
                self.settings.session_absolute(),
            ),
        };
        retrying(|| async {
            let mut ctx = acting_as(ctx, user_id, Some(session_id));
            let mut tx = self.db.begin(&mut ctx, "identity.sign_in").await?;
            if !users::confirm_sign_in(&mut tx, user_id, &proved.checked_hash, new_hash).await? {
                return refuse(IdentityError::InvalidCredentials); // locked or changed meanwhile
            }
            let new = NewSession {
                id: session_id,
                user: user_id,
                of,
                label: req.client.as_deref(),
                idle,
                absolute,
            };
            sessions::insert(&mut tx, &new).await?;
            refresh_tokens::insert(&mut tx, &token.hash(), session_id, 1).await?;
            attempts::clear(&mut tx, &proved.bucket).await?;
            end_oldest(&mut tx, user_id).await?;
            tx.emit(&SessionCreated {
                session_id,
                user_id,
                amr: vec!["pwd".to_owned()],
                known_device: proved.known_device,
                ip_hash: req.address.map(|address| self.address_hash(address)),
            })
            .await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}
