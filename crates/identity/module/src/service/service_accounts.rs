//! Accounts of programs.

use identity_contract::{IdentityError, ServiceAccountId};
use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, FieldError, Page, PageRequest, Role};
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, Tx, retrying};

use crate::domain::change::Change;
use crate::domain::service_account::{ServiceAccount, read_name, read_roles};
use crate::service::change_user::read_lock;
use crate::service::{Service, invalid, refuse};
use crate::store::service_accounts;

/// Under which outcomes are kept.
pub(crate) const CREATE: &str = "create_service_account";

/// What changes about a service account; absent members stay.
#[derive(Debug, Default)]
pub(crate) struct ServiceAccountPatch {
    pub(crate) name: Option<String>,
    pub(crate) roles: Option<Vec<Role>>,
    pub(crate) locked: Option<bool>,
    pub(crate) lock_reason: Option<String>,
}

impl Service {
    /// Makes a service account. It can do nothing until it has a key.
    ///
    /// # Errors
    ///
    /// [`IdentityError::InvalidRequest`].
    pub(crate) async fn create_service_account(
        &self,
        ctx: &CallCtx,
        name: &str,
        roles: &[Role],
    ) -> SeamResult<ServiceAccount, IdentityError> {
        let (name, roles) = match (read_name(name), read_roles(roles)) {
            (Ok(name), Ok(roles)) => (name, roles),
            (name, roles) => return Err(wrong([name.err(), roles.err()])),
        };
        let id = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "identity.create_service_account")
                .await?;
            if let Claim::Replay(outcome) = tx
                .claim_key::<ServiceAccountId, IdentityError>(CREATE)
                .await?
            {
                return outcome.map_err(SeamError::Domain);
            }
            let id: ServiceAccountId = tx.env().new_id();
            service_accounts::insert(&mut tx, id, &name, &roles).await?;
            let made = found(&mut tx, id).await?;
            tx.emit(&audit("service_account.created", None, &made))
                .await?;
            let outcome = Ok::<_, IdentityError>(id);
            tx.commit_outcome(CREATE, &outcome, Some(id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await?;
        self.get_service_account(ctx, id).await
    }

    /// Returns a service account.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ServiceAccountNotFound`].
    pub(crate) async fn get_service_account(
        &self,
        ctx: &CallCtx,
        id: ServiceAccountId,
    ) -> SeamResult<ServiceAccount, IdentityError> {
        match service_accounts::find(&mut self.db.read(ctx), id).await? {
            Some(account) => Ok(account),
            None => refuse(IdentityError::ServiceAccountNotFound),
        }
    }

    /// Returns service accounts, newest first.
    pub(crate) async fn list_service_accounts(
        &self,
        ctx: &CallCtx,
        page: PageRequest,
    ) -> SeamResult<Page<ServiceAccount>, IdentityError> {
        const SCOPE: &str = "identity.service_accounts";
        let before = self.open_cursor(SCOPE, &page)?;
        let rows = service_accounts::list(&mut self.db.read(ctx), before, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(SCOPE, &last.id)
        }))
    }

    /// Changes a service account if it is still at `version`. Its keys open nothing while it is locked, and never more than
    /// it may.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ServiceAccountNotFound`], [`IdentityError::StaleVersion`], [`IdentityError::InvalidRequest`].
    pub(crate) async fn update_service_account(
        &self,
        ctx: &CallCtx,
        id: ServiceAccountId,
        version: i64,
        patch: ServiceAccountPatch,
    ) -> SeamResult<ServiceAccount, IdentityError> {
        let name = patch.name.as_deref().map(read_name).transpose();
        let roles = patch.roles.as_deref().map(read_roles).transpose();
        let lock = read_lock(patch.locked, patch.lock_reason.as_deref());
        let (name, roles, lock) = match (name, roles, lock) {
            (Ok(name), Ok(roles), Ok(lock)) => (name, roles, lock),
            (name, roles, lock) => return Err(wrong([name.err(), roles.err(), lock.err()])),
        };
        let changed = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "identity.update_service_account")
                .await?;
            let before = found(&mut tx, id).await?;
            if before.version != version {
                return refuse(IdentityError::StaleVersion {
                    current: before.version,
                });
            }
            let mut account = before.clone();
            account.name = name.clone().unwrap_or(account.name);
            account.roles = roles.clone().unwrap_or(account.roles);
            account.lock = match (&lock, account.lock) {
                (Change::Keep, lock) => lock,
                (Change::Clear, _) => None,
                (Change::Set(reason), lock) => {
                    Some((lock.map_or(tx.now(), |(at, _)| at), reason.clone()))
                }
            };
            if account == before {
                return Ok(before);
            }
            service_accounts::update(&mut tx, &account).await?;
            let after = found(&mut tx, id).await?;
            tx.emit(&audit("service_account.updated", Some(&before), &after))
                .await?;
            tx.commit().await?;
            Ok(after)
        })
        .await;
        self.key_revision.advance();
        changed
    }
}

async fn found(tx: &mut Tx<'_>, id: ServiceAccountId) -> SeamResult<ServiceAccount, IdentityError> {
    match service_accounts::lock(tx, id).await? {
        Some(account) => Ok(account),
        None => refuse(IdentityError::ServiceAccountNotFound),
    }
}

fn wrong<const N: usize>(errors: [Option<FieldError>; N]) -> SeamError<IdentityError> {
    invalid(errors.into_iter().flatten().collect())
}

fn audit(action: &str, before: Option<&ServiceAccount>, after: &ServiceAccount) -> AuditRecorded {
    AuditRecorded {
        action: action.to_owned(),
        target: after.id.to_string(),
        before: before.map(members),
        after: Some(members(after)),
    }
}

/// What the audit log keeps of it: all there is.
fn members(account: &ServiceAccount) -> Value {
    json!({
        "name": account.name,
        "roles": account.roles.to_vec(),
        "locked": account.lock.is_some(),
        "lock_reason": account.lock.as_ref().map(|(_, reason)| reason),
    })
}
