//! Saying what a key opens.

use std::net::IpAddr;
use std::time::Duration;

use identity_contract::{ApiKeyGrant, ApiKeyId, ApiKeyOwner, IdentityError};
use tenon_access::{ApiKeyProof, Network, is_within_any};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamResult;
use tenon_store::StoreError;

use crate::domain::api_key::{NOTE_USE_AFTER, StoredApiKey};
use crate::domain::oauth::scopes::roles_of_key;
use crate::domain::roles::Roles;
use crate::service::Service;
use crate::store::{api_keys, factors, service_accounts, users};

/// Nobody's request waits longer than this for a note that nobody needs.
const NOTE_TIMEOUT: Duration = Duration::from_millis(200);

impl Service {
    /// Says what a key opens now, to whoever proves that they have it.
    pub(in crate::service) async fn check_key(
        &self,
        ctx: &CallCtx,
        id: ApiKeyId,
        proof: &ApiKeyProof,
        from: Option<IpAddr>,
    ) -> SeamResult<Option<ApiKeyGrant>, IdentityError> {
        let now = self.now();
        let key = api_keys::find(&mut self.db.read(ctx), id).await?;
        let Some((key, accepted)) = key.and_then(|key| {
            let accepted = key.accept(proof, now)?;
            Some((key, accepted))
        }) else {
            tracing::info!(key.id = %id, "an API key was refused");
            return Ok(None);
        };
        let Some((roles, is_enrolling)) = self.rights_of_owner(ctx, key.owner).await? else {
            tracing::info!(key.id = %id, "an API key of a locked owner was refused");
            return Ok(None);
        };
        // Whoever admits the request decides by address; here it is only about what counts as a use.
        if is_within_any(&key.wish.networks, from) {
            self.note_use(ctx, &key, now).await;
        }
        Ok(Some(ApiKeyGrant {
            owner: key.owner,
            roles: if is_enrolling {
                Vec::new()
            } else {
                roles_of_key(&key.wish.scope, &roles)
            },
            owner_is_enrolling: is_enrolling,
            scopes: key.wish.scope.iter().map(str::to_owned).collect(),
            networks: key.wish.networks.iter().map(Network::to_string).collect(),
            expires_at: accepted.until,
        }))
    }

    /// What the owner may do, and whether they have to add a second factor first; nothing while they are locked. A service
    /// account has no factors, and nobody signs in to it.
    async fn rights_of_owner(
        &self,
        ctx: &CallCtx,
        owner: ApiKeyOwner,
    ) -> Result<Option<(Roles, bool)>, StoreError> {
        let mut db = self.db.read(ctx);
        Ok(match owner {
            ApiKeyOwner::User { user_id } => {
                let account = users::find(&mut db, user_id).await?;
                let Some(account) = account.filter(|account| !account.is_locked()) else {
                    return Ok(None);
                };
                let is_enrolling = self.must_have_factor(&account.roles)
                    && !factors::is_guarded(&mut db, user_id).await?;
                Some((account.roles, is_enrolling))
            }
            ApiKeyOwner::ServiceAccount { service_account_id } => {
                service_accounts::find(&mut db, service_account_id)
                    .await?
                    .filter(|account| account.lock.is_none())
                    .map(|account| (account.roles, false))
            }
            _ => None,
        })
    }

    /// Writes down that a key is in use, about once a minute. What goes wrong with it does not concern the request.
    async fn note_use(&self, ctx: &CallCtx, key: &StoredApiKey, now: Timestamp) {
        if !key.is_use_news(now) {
            return;
        }
        let mut ctx = ctx.child().with_timeout(NOTE_TIMEOUT);
        let noted = async {
            let mut tx = self.db.begin(&mut ctx, "identity.note_api_key_use").await?;
            api_keys::note_use(&mut tx, key.id, now - NOTE_USE_AFTER).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::debug!(key.id = %key.id, %error, "the use of an API key was not noted");
        }
    }
}
