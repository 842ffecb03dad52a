//! Looking at keys, changing and ending them.

use identity_contract::{ApiKeyId, ApiKeyOwner, ApiKeyRevoked, IdentityError};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::{Reach, at_version, audit, locked, members, notice_to, owner_text};
use crate::domain::api_key::{ApiKeyPatch, StoredApiKey};
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, invalid, refuse, signed_in};
use crate::store::{api_keys, service_accounts};

impl Service {
    /// Returns a key.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ApiKeyNotFound`] also where it is somebody else's.
    pub(crate) async fn get_api_key(
        &self,
        ctx: &CallCtx,
        id: ApiKeyId,
    ) -> SeamResult<StoredApiKey, IdentityError> {
        let principal = signed_in(ctx)?;
        match api_keys::find(&mut self.db.read(ctx), id).await? {
            Some(key) if Reach::SeeOrDelete.allows(principal, key.owner) => Ok(key),
            _ => refuse(IdentityError::ApiKeyNotFound),
        }
    }

    /// Returns the keys of an owner, newest first.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ServiceAccountNotFound`], [`IdentityError::InvalidCursor`].
    pub(crate) async fn list_api_keys(
        &self,
        ctx: &CallCtx,
        owner: ApiKeyOwner,
        page: PageRequest,
    ) -> SeamResult<Page<StoredApiKey>, IdentityError> {
        let scope = format!(
            "identity.api_keys?owner={}",
            owner_text(owner).unwrap_or_default()
        );
        let before = self.open_cursor(&scope, &page)?;
        let mut db = self.db.read(ctx);
        if let ApiKeyOwner::ServiceAccount { service_account_id } = owner
            && service_accounts::find(&mut db, service_account_id)
                .await?
                .is_none()
        {
            return refuse(IdentityError::ServiceAccountNotFound);
        }
        let rows = api_keys::list(&mut db, owner, before, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }

    /// Changes a key if it is still at `version`.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ApiKeyNotFound`], [`IdentityError::StaleVersion`], [`IdentityError::InvalidRequest`],
    /// [`IdentityError::SignInAgain`].
    pub(crate) async fn update_api_key(
        &self,
        ctx: &CallCtx,
        id: ApiKeyId,
        version: i64,
        patch: ApiKeyPatch,
    ) -> SeamResult<StoredApiKey, IdentityError> {
        let principal = signed_in(ctx)?;
        let changed = retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut tx_ctx, "identity.update_api_key")
                .await?;
            let before = locked(&mut tx, principal, Reach::Change, id).await?;
            let before = at_version(before, version)?;
            let wish = before.wish.patched(&patch, tx.now()).map_err(invalid)?;
            if wish == before.wish {
                return Ok(before);
            }
            require_fresh_sign_in(&mut tx, ctx).await?;
            api_keys::update(&mut tx, id, &wish).await?;
            let (was, is) = (
                members(before.owner, &before.wish),
                members(before.owner, &wish),
            );
            tx.emit(&audit("api_key.updated", id, Some(was), Some(is)))
                .await?;
            let after = locked(&mut tx, principal, Reach::Change, id).await?;
            tx.commit().await?;
            Ok(after)
        })
        .await;
        self.key_revision.advance();
        changed
    }

    /// Deletes a key if it is still at `version`: it opens nothing from now on, in this process from the answer on, in
    /// others as soon as what they know of it is old.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ApiKeyNotFound`], [`IdentityError::StaleVersion`].
    pub(crate) async fn delete_api_key(
        &self,
        ctx: &CallCtx,
        id: ApiKeyId,
        version: i64,
    ) -> SeamResult<(), IdentityError> {
        let principal = signed_in(ctx)?;
        let deleted = retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut tx_ctx, "identity.delete_api_key")
                .await?;
            let before = locked(&mut tx, principal, Reach::SeeOrDelete, id).await?;
            let before = at_version(before, version)?;
            api_keys::delete(&mut tx, id).await?;
            tx.emit(&ApiKeyRevoked {
                key_id: id,
                owner: before.owner,
                notice_to: Some(notice_to(before.owner, principal)),
                name: Some(before.wish.name),
            })
            .await?;
            tx.commit().await?;
            Ok(())
        })
        .await;
        self.key_revision.advance();
        deleted
    }
}
