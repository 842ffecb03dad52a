//! What a person has linked.

use identity_contract::{IdentityError, UserId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use crate::domain::federation::FederatedIdentity;
use crate::service::{Service, signed_in};
use crate::store::federated_identities;

/// An account of a provider, as its owner sees it.
#[derive(Debug)]
pub(crate) struct LinkedIdentity {
    pub(crate) identity: FederatedIdentity,
    /// What the provider is called today; its issuer if the settings have it no more.
    pub(crate) provider: String,
}

impl Service {
    /// Returns what the person who asks has linked, oldest first.
    pub(crate) async fn list_identities(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<Vec<LinkedIdentity>, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        let found = federated_identities::list(&mut self.db.read(ctx), user).await?;
        Ok(found
            .into_iter()
            .map(|identity| self.shown_identity(identity))
            .collect())
    }

    pub(super) fn shown_identity(&self, identity: FederatedIdentity) -> LinkedIdentity {
        LinkedIdentity {
            provider: self.name_of_issuer(&identity.issuer).to_owned(),
            identity,
        }
    }
}
