//! Linking an account of a provider to one's own.

use identity_contract::{FederatedIdentityId, FederatedIdentityLinked, IdentityError, UserId};
use serde::{Deserialize, Serialize};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, Tx, retrying};

use super::{CodeOfBrowser, LinkedIdentity};
use crate::domain::federation::{MAX_IDENTITIES, Proof};
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, refuse, signed_in};
use crate::store::{federated_identities, federation_codes, users};

/// Under which outcomes are kept.
pub(crate) const LINK: &str = "link_my_identity";

#[derive(Serialize, Deserialize)]
struct Made {
    id: FederatedIdentityId,
}

impl Service {
    /// Links what a code stands for to the person who asks. What they had linked before stays as it is, and is no error.
    ///
    /// # Errors
    ///
    /// [`IdentityError::SignInAgain`], [`IdentityError::FederationFailed`], [`IdentityError::IdentityTaken`],
    /// [`IdentityError::TooManyIdentities`].
    pub(crate) async fn link_identity(
        &self,
        ctx: &CallCtx,
        code: CodeOfBrowser,
    ) -> SeamResult<LinkedIdentity, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        let made = retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self.db.begin(&mut tx_ctx, "identity.link_identity").await?;
            if let Claim::Replay(outcome) = tx.claim_key::<Made, IdentityError>(LINK).await? {
                return outcome.map_err(SeamError::Domain);
            }
            require_fresh_sign_in(&mut tx, ctx).await?;
            if users::lock(&mut tx, user).await?.is_none() {
                return refuse(IdentityError::UserNotFound);
            }
            let proof = self.look_up(&mut tx, &code).await?;
            if !federation_codes::take(&mut tx, &code.hash()).await? {
                return refuse(IdentityError::FederationFailed);
            }
            let id = self.link(&mut tx, user, &proof).await?;
            let outcome = Ok::<_, IdentityError>(Made { id });
            tx.commit_outcome(LINK, &outcome, Some(id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await?;
        let found = federated_identities::list(&mut self.db.read(ctx), user).await?;
        match found.into_iter().find(|found| found.id == made.id) {
            Some(identity) => Ok(self.shown_identity(identity)),
            None => refuse(IdentityError::FederatedIdentityNotFound),
        }
    }

    async fn link(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        proof: &Proof,
    ) -> SeamResult<FederatedIdentityId, IdentityError> {
        let owner = federated_identities::find_owner(tx, &proof.issuer, &proof.subject).await?;
        match owner {
            Some((identity, owner)) if owner == user => return Ok(identity),
            Some(_) => return refuse(IdentityError::IdentityTaken),
            None => {}
        }
        let there = federated_identities::list(tx, user).await?.len();
        if there >= usize::try_from(MAX_IDENTITIES).unwrap_or(usize::MAX) {
            return refuse(IdentityError::TooManyIdentities {
                limit: MAX_IDENTITIES,
            });
        }
        let id: FederatedIdentityId = tx.env().new_id();
        if !federated_identities::insert(tx, id, user, proof).await? {
            return refuse(IdentityError::IdentityTaken);
        }
        tx.emit(&FederatedIdentityLinked {
            identity_id: id,
            user_id: user,
            provider: self.name_of_issuer(&proof.issuer).to_owned(),
            made_account: false,
        })
        .await?;
        Ok(id)
    }
}
