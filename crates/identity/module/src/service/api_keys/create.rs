//! Making a key.

use identity_contract::{ApiKeyCreated, ApiKeyId, ApiKeyOwner, IdentityError};
use tenon_access::ApiKey;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, Tx, retrying};

use super::shown::{Made, ShownApiKey};
use super::{networks_text, notice_to};
use crate::domain::api_key::{ApiKeyInput, ApiKeyWish, MAX_KEYS, check_owner, hash_of};
use crate::domain::roles::Roles;
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, invalid, refuse, signed_in};
use crate::store::{api_keys, service_accounts, users};

/// Under which outcomes are kept.
pub(crate) const CREATE: &str = "create_api_key";

impl Service {
    /// Makes a key. Its text is shown here, and to whoever repeats the request under its idempotency key.
    ///
    /// # Errors
    ///
    /// [`IdentityError::InvalidRequest`], also where the owner may not do themselves what the key is to do;
    /// [`IdentityError::SignInAgain`], [`IdentityError::TooManyApiKeys`], [`IdentityError::ServiceAccountNotFound`].
    pub(crate) async fn create_api_key(
        &self,
        ctx: &CallCtx,
        owner: ApiKeyOwner,
        input: ApiKeyInput,
    ) -> SeamResult<ShownApiKey, IdentityError> {
        let scopes = input.scopes.clone();
        let wish = ApiKeyWish::read(input, self.now()).map_err(invalid)?;
        let made = retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut tx_ctx, "identity.create_api_key")
                .await?;
            if let Claim::Replay(outcome) = tx.claim_key::<Made, IdentityError>(CREATE).await? {
                return outcome.map_err(SeamError::Domain);
            }
            require_fresh_sign_in(&mut tx, ctx).await?;
            let roles = locked_roles(&mut tx, owner).await?;
            check_owner(&scopes, &roles).map_err(invalid)?;
            if api_keys::count(&mut tx, owner).await? >= MAX_KEYS {
                return refuse(IdentityError::TooManyApiKeys { limit: MAX_KEYS });
            }
            let id: ApiKeyId = tx.env().new_id();
            let text = ApiKey::generate(id.uuid(), tx.env());
            api_keys::insert(&mut tx, id, owner, &wish, hash_of(&text.proof())).await?;
            tx.emit(&ApiKeyCreated {
                key_id: id,
                owner,
                name: wish.name.clone(),
                scopes: wish.scope.iter().map(str::to_owned).collect(),
                networks: networks_text(&wish),
                expires_at: wish.expires_at,
                notice_to: notice_to(owner, signed_in(ctx)?),
            })
            .await?;
            let outcome = Ok::<_, IdentityError>(self.made_key(id, &text));
            tx.commit_outcome(CREATE, &outcome, Some(id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await?;
        self.show_key(ctx, &made).await
    }
}

/// What the owner may do; nobody else makes a key for them until commit.
async fn locked_roles(tx: &mut Tx<'_>, owner: ApiKeyOwner) -> SeamResult<Roles, IdentityError> {
    match owner {
        ApiKeyOwner::User { user_id } => match users::lock(tx, user_id).await? {
            Some(account) => Ok(account.roles),
            None => refuse(IdentityError::UserNotFound),
        },
        ApiKeyOwner::ServiceAccount { service_account_id } => {
            match service_accounts::lock(tx, service_account_id).await? {
                Some(account) => Ok(account.roles),
                None => refuse(IdentityError::ServiceAccountNotFound),
            }
        }
        _ => refuse(IdentityError::Unknown),
    }
}
