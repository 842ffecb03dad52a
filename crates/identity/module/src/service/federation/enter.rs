//! Starting a session for somebody whom a provider knows.

use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use identity_contract::{FederatedIdentityId, IdentityError, UserId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::code::CodeOfBrowser;
use crate::domain::factor::Amr;
use crate::domain::federation::Proof;
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::key_ring::Purpose;
use crate::service::entrance::Entrance;
use crate::service::oauth::BrowserSession;
use crate::service::{CodeNeeded, Granted, Service, SignedIn, acting_as, refuse};
use crate::store::sessions::SessionOf;
use crate::store::sign_in_challenges::Waiting;
use crate::store::{factors, federation_codes};

/// What an API client shows to be let in.
#[derive(Debug)]
pub(crate) struct FederatedSignIn {
    pub(crate) code: CodeOfBrowser,
    /// From an earlier sign-in on this device.
    pub(crate) device_token: Option<String>,
    /// What the client says about itself.
    pub(crate) client: Option<String>,
    /// Where the request came from.
    pub(crate) address: Option<IpAddr>,
}

/// Who came in, and what is missing.
struct Entered {
    account: Account,
    amr: Amr,
    needed: Option<CodeNeeded>,
}

impl Service {
    /// Starts a session for whom a code stands for, or says that a code of theirs is needed first: the provider stands in for the
    /// password only.
    ///
    /// # Errors
    ///
    /// [`IdentityError::FederationFailed`], [`IdentityError::ProviderEmailUnverified`], [`IdentityError::IdentityNotLinked`],
    /// [`IdentityError::InvalidCredentials`].
    pub(crate) async fn sign_in_federated(
        &self,
        ctx: &CallCtx,
        req: FederatedSignIn,
    ) -> SeamResult<SignedIn<Granted>, IdentityError> {
        let proof = self.look_up(&mut self.db.read(ctx), &req.code).await?;
        let key = self.signing_key(ctx).await?;
        let mut entrance = self.entrance(SessionOf::FirstParty, req.client, req.address);
        entrance.proved_at = proof.authenticated_at;
        let device = req.device_token.as_deref();
        let code = Some(req.code.hash());
        let entered = self.enter_by(ctx, &proof, code, &entrance, device).await?;
        match entered.needed {
            Some(needed) => Ok(SignedIn::CodeNeeded(needed)),
            None => Ok(SignedIn::Done(self.granted(
                &key,
                &entered.account,
                entrance,
                entered.amr,
            )?)),
        }
    }

    /// Starts a session of a browser with our pages.
    ///
    /// # Errors
    ///
    /// As [`Service::sign_in_federated`].
    pub(in crate::service) async fn enter_browser(
        &self,
        ctx: &CallCtx,
        proof: &Proof,
        client: Option<String>,
        address: Option<IpAddr>,
    ) -> SeamResult<SignedIn<(BrowserSession, SecretToken)>, IdentityError> {
        let mut entrance = self.entrance(SessionOf::Browser, client, address);
        entrance.proved_at = proof.authenticated_at;
        let entered = self.enter_by(ctx, proof, None, &entrance, None).await?;
        match entered.needed {
            Some(needed) => Ok(SignedIn::CodeNeeded(needed)),
            None => Ok(SignedIn::Done(self.browser_begun(
                entered.account,
                entrance,
                entered.amr,
            ))),
        }
    }

    async fn enter_by(
        &self,
        ctx: &CallCtx,
        proof: &Proof,
        code: Option<Vec<u8>>,
        entrance: &Entrance,
        device: Option<&str>,
    ) -> SeamResult<Entered, IdentityError> {
        let provider = self.providers.find_issuer(&proof.issuer);
        let counts = proof.says_mfa && provider.is_some_and(|known| known.settings.trusts_mfa);
        let amr = if counts {
            Amr::FederatedMultiFactor
        } else {
            Amr::Federated
        };
        retrying(|| async {
            let whom = self.whose(&mut self.db.read(ctx), proof).await?;
            let mut ctx = acting_as(ctx, whom.user(), Some(entrance.session_id));
            let mut tx = self.db.begin(&mut ctx, "identity.enter_federated").await?;
            if let Some(hash) = &code
                && !federation_codes::take(&mut tx, hash).await?
            {
                return refuse(IdentityError::FederationFailed); // somebody was faster
            }
            let (account, identity) = self.admit(&mut tx, proof, whom).await?;
            let nonce = device.and_then(|token| self.known_device(account.id, token));
            let needed = if !counts && factors::is_guarded(&mut tx, account.id).await? {
                let waiting = self.waiting(account.id, identity, nonce.as_ref().map(|n| &n[..]));
                Some(self.have_wait(&mut tx, &waiting, entrance).await?)
            } else {
                self.enter(&mut tx, account.id, entrance, amr, nonce.is_some())
                    .await?;
                None
            };
            tx.commit().await?;
            Ok(Entered {
                account,
                amr,
                needed,
            })
        })
        .await
    }

    /// A sign-in that waits for a code; there is no password that could void it.
    fn waiting(
        &self,
        user: UserId,
        identity: FederatedIdentityId,
        device: Option<&[u8]>,
    ) -> Waiting {
        let parts = [b"federation".as_slice(), user.uuid().as_bytes()].map(<[u8]>::to_vec);
        let parts = parts.each_ref().map(Vec::as_slice);
        Waiting {
            user_id: user,
            password_mark: digest(&SHA256, identity.uuid().as_bytes())
                .as_ref()
                .to_vec(),
            password_bucket: self.ring.current_mac(Purpose::Attempts, &parts).to_vec(),
            code_bucket: self.bucket_of_codes(user, device).to_vec(),
            known_device: device.is_some(),
            identity_id: Some(identity),
            guesses: 0,
        }
    }
}
