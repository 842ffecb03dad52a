//! Changing what another person may do.

use identity_contract::{
    EndReason, IdentityError, RoleAssigned, RoleRemoved, UserField, UserId, UserLocked, UserUpdated,
};
use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, FieldError, Role};
use tenon_seam::SeamResult;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Tx, retrying};

use crate::domain::change::Change;
use crate::domain::roles::Roles;
use crate::domain::user::Account;
use crate::service::sessions::end_all;
use crate::service::{Service, invalid, refuse};
use crate::store::{roles, users};

const MAX_REASON: usize = 500;

/// What changes about a user; absent members stay.
#[derive(Debug, Default)]
pub(crate) struct UserPatch {
    pub(crate) roles: Option<Vec<Role>>,
    pub(crate) locked: Option<bool>,
    pub(crate) lock_reason: Option<String>,
}

/// What the user will be.
struct Target {
    roles: Option<Roles>,
    /// The reason of a lock.
    lock: Change<String>,
}

impl Service {
    /// Gives and takes roles, locks and unlocks.
    ///
    /// A lock and a lost role end the user's sessions; a new role counts from their next refresh. Their API keys open
    /// nothing while they are locked, and never more than they may themselves.
    ///
    /// # Errors
    ///
    /// [`IdentityError::OwnAccount`] for the account of whoever asks, [`IdentityError::LastAdministrator`] if
    /// nobody would be left who can administer, [`IdentityError::StaleVersion`], [`IdentityError::UserNotFound`].
    pub(crate) async fn change_user(
        &self,
        ctx: &CallCtx,
        id: UserId,
        expected_version: i64,
        patch: UserPatch,
    ) -> SeamResult<Account, IdentityError> {
        let target = Target::read(patch)?;
        if ctx
            .principal
            .user()
            .is_some_and(|principal| principal.user == id.uuid())
        {
            return refuse(IdentityError::OwnAccount);
        }
        let changed = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.change_user").await?;
            let changed = target.apply(&mut tx, id, expected_version).await?;
            tx.commit().await?;
            Ok(changed)
        })
        .await;
        self.key_revision.advance();
        changed
    }
}

impl Target {
    fn read(patch: UserPatch) -> SeamResult<Self, IdentityError> {
        let roles = patch
            .roles
            .map(|roles| Roles::read(&roles, "/roles"))
            .transpose();
        let lock = read_lock(patch.locked, patch.lock_reason.as_deref());
        match (roles, lock) {
            (Ok(roles), Ok(lock)) => Ok(Self { roles, lock }),
            (roles, lock) => Err(invalid(
                [roles.err(), lock.err()].into_iter().flatten().collect(),
            )),
        }
    }

    async fn apply(
        &self,
        tx: &mut Tx<'_>,
        user_id: UserId,
        expected_version: i64,
    ) -> SeamResult<Account, IdentityError> {
        let Some(before) = users::find(tx, user_id).await? else {
            return refuse(IdentityError::UserNotFound);
        };
        let new_roles = self.roles.as_ref().unwrap_or(&before.roles);
        let removed = before.roles.without(new_roles);
        let assigned = new_roles.without(&before.roles);
        let locks = matches!(self.lock, Change::Set(_)) && !before.is_locked();
        let unlocks = self.lock == Change::Clear && before.is_locked();
        let could_administer = before.roles.contains(Role::Admin) && !before.is_locked();
        if could_administer && (locks || !new_roles.contains(Role::Admin)) {
            let others = roles::lock_administrators(tx)
                .await?
                .into_iter()
                .any(|id| id != user_id);
            if !others {
                return refuse(IdentityError::LastAdministrator);
            }
        }
        let lock = match (&self.lock, before.locked_at, before.lock_reason.as_deref()) {
            (Change::Set(reason), locked_at, _) => {
                Some((locked_at.unwrap_or(tx.now()), reason.as_str()))
            }
            (Change::Keep, Some(locked_at), Some(reason)) => Some((locked_at, reason)),
            _ => None,
        };
        if !users::update_lock(tx, user_id, expected_version, lock).await? {
            let current = users::find(tx, user_id)
                .await?
                .map_or(0, |account| account.version);
            return refuse(IdentityError::StaleVersion { current });
        }
        for role in &removed {
            roles::delete(tx, user_id, *role).await?;
            tx.emit(&RoleRemoved {
                user_id,
                role: *role,
            })
            .await?;
        }
        for role in &assigned {
            roles::insert(tx, user_id, *role).await?;
            tx.emit(&RoleAssigned {
                user_id,
                role: *role,
            })
            .await?;
        }
        if locks {
            let reason = lock
                .map(|(_, reason)| reason.to_owned())
                .unwrap_or_default();
            tx.emit(&UserLocked { user_id, reason }).await?;
            end_all(tx, user_id, None, EndReason::UserLocked).await?;
        } else if !removed.is_empty() {
            end_all(tx, user_id, None, EndReason::RoleRemoved).await?;
        }
        if unlocks {
            tx.emit(&UserUpdated {
                user_id,
                fields: vec![UserField::Locked],
            })
            .await?;
        }
        let Some(after) = users::find(tx, user_id).await? else {
            return refuse(IdentityError::UserNotFound);
        };
        tx.emit(&AuditRecorded {
            action: "user.rights_changed".to_owned(),
            target: user_id.to_string(),
            before: Some(rights(&before)),
            after: Some(rights(&after)),
        })
        .await?;
        Ok(after)
    }
}

/// What audit keeps of a user: nothing personal.
fn rights(account: &Account) -> Value {
    json!({
        "roles": account.roles.to_vec(),
        "locked": account.is_locked(),
        "lock_reason": account.lock_reason,
    })
}

/// Reads what happens to a lock.
pub(super) fn read_lock(
    locked: Option<bool>,
    reason: Option<&str>,
) -> Result<Change<String>, FieldError> {
    match (locked, reason) {
        (None, None) => Ok(Change::Keep),
        (Some(false), None) => Ok(Change::Clear),
        (Some(true), Some(reason)) => read_reason(reason).map(Change::Set),
        (Some(true), None) => Err(FieldError::new(
            "/lock_reason",
            "required",
            "Say why; the audit log keeps it.",
        )),
        (None | Some(false), Some(_)) => Err(FieldError::new(
            "/lock_reason",
            "not_allowed",
            "A reason belongs to `\"locked\": true`.",
        )),
    }
}

fn read_reason(reason: &str) -> Result<String, FieldError> {
    let reason = reason.trim();
    if reason.is_empty()
        || reason.chars().count() > MAX_REASON
        || reason.chars().any(char::is_control)
    {
        return Err(FieldError::new(
            "/lock_reason",
            "out_of_range",
            "A reason has 1 to 500 characters on one line.",
        ));
    }
    Ok(reason.to_owned())
}
