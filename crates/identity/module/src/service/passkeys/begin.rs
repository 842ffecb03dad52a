//! Asking for a challenge.

use identity_contract::IdentityError;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::{After, PasskeyChallenge, bound_to};
use crate::domain::factor::CHALLENGE_LIFE;
use crate::domain::secret::SecretToken;
use crate::service::{Service, refuse};
use crate::store::passkey_challenges::NewChallenge;
use crate::store::sign_in_challenges::Purpose;
use crate::store::{factors, passkey_challenges, sign_in_challenges};

impl Service {
    /// Makes a challenge for the API.
    ///
    /// # Errors
    ///
    /// [`IdentityError::PasskeysUnavailable`]; with a sign-in that is over [`IdentityError::SignInExpired`].
    pub(crate) async fn begin_passkey(
        &self,
        ctx: &CallCtx,
        after: After,
    ) -> SeamResult<PasskeyChallenge, IdentityError> {
        self.begin(ctx, Purpose::FirstParty, None, after).await
    }

    /// Makes a challenge for a form of our pages.
    ///
    /// # Errors
    ///
    /// As [`Service::begin_passkey`].
    pub(in crate::service) async fn begin_passkey_on_page(
        &self,
        ctx: &CallCtx,
        form_token: &str,
        after: After,
    ) -> SeamResult<PasskeyChallenge, IdentityError> {
        self.begin(ctx, Purpose::Browser, Some(form_token), after)
            .await
    }

    async fn begin(
        &self,
        ctx: &CallCtx,
        purpose: Purpose,
        mark: Option<&str>,
        after: After,
    ) -> SeamResult<PasskeyChallenge, IdentityError> {
        let party = self.relying_party()?;
        let (sign_in_hash, allowed) = match after {
            After::Nothing => (None, Vec::new()),
            After::FirstStep(token) => {
                let Some(hash) = token.map(|token| token.hash()) else {
                    return refuse(IdentityError::SignInExpired);
                };
                let now = self.now();
                let mut db = self.db.read(ctx);
                let waiting = sign_in_challenges::find_waiting(&mut db, &hash, purpose, now);
                let Some(user) = waiting.await? else {
                    return refuse(IdentityError::SignInExpired);
                };
                let there = factors::list(&mut db, user, now).await?;
                let passkeys = there.into_iter().filter_map(|found| found.passkey);
                let allowed = passkeys.map(|passkey| passkey.credential_id).collect();
                (Some(hash), allowed)
            }
        };
        let env = self.db.env();
        let token = SecretToken::generate(env);
        let challenge = env.random::<32>();
        let expires_at = self.now() + CHALLENGE_LIFE;
        let (hash, bound_to) = (token.hash(), bound_to(mark));
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.begin_passkey").await?;
            let new = NewChallenge {
                hash: &hash,
                purpose,
                challenge,
                bound_to: &bound_to,
                sign_in_hash: sign_in_hash.as_deref(),
                expires_at,
            };
            passkey_challenges::insert(&mut tx, &new).await?;
            tx.commit().await
        })
        .await?;
        Ok(PasskeyChallenge {
            token,
            challenge,
            domain: party.id().to_owned(),
            allowed,
            expires_at,
        })
    }
}
