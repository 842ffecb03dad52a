//! Giving a key a new secret.

use std::time::Duration;

use identity_contract::{ApiKeyId, ApiKeyRotated, IdentityError};
use tenon_access::ApiKey;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, retrying};

use super::shown::{Made, ShownApiKey};
use super::{Reach, locked, notice_to};
use crate::domain::api_key::hash_of;
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, signed_in};
use crate::store::api_keys;

/// Under which outcomes are kept.
pub(crate) const ROTATE: &str = "rotate_api_key";

impl Service {
    /// Gives a key a new secret; the one before goes on beside it for `overlap`, the one before that ends now.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ApiKeyNotFound`], [`IdentityError::SignInAgain`].
    pub(crate) async fn rotate_api_key(
        &self,
        ctx: &CallCtx,
        id: ApiKeyId,
        overlap: Duration,
    ) -> SeamResult<ShownApiKey, IdentityError> {
        let principal = signed_in(ctx)?;
        let made = retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut tx_ctx, "identity.rotate_api_key")
                .await?;
            if let Claim::Replay(outcome) = tx.claim_key::<Made, IdentityError>(ROTATE).await? {
                return outcome.map_err(SeamError::Domain);
            }
            let key = locked(&mut tx, principal, Reach::Change, id).await?;
            require_fresh_sign_in(&mut tx, ctx).await?;
            let text = ApiKey::generate(key.id.uuid(), tx.env());
            let previous_until = tx.now() + overlap;
            api_keys::rotate(&mut tx, id, hash_of(&text.proof()), previous_until).await?;
            tx.emit(&ApiKeyRotated {
                key_id: id,
                owner: key.owner,
                name: key.wish.name,
                previous_until,
                notice_to: notice_to(key.owner, principal),
            })
            .await?;
            let outcome = Ok::<_, IdentityError>(self.made_key(id, &text));
            tx.commit_outcome(ROTATE, &outcome, Some(id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await;
        self.key_revision.advance();
        self.show_key(ctx, &made?).await
    }
}
