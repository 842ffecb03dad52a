//! The person who is signed in, about themselves.

use identity_contract::{EndReason, IdentityError, SessionId, UserField, UserId, UserUpdated};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_seam::audit::AuditRecorded;
use tenon_store::retrying;

use crate::domain::change::Change;
use crate::domain::email::EmailAddress;
use crate::domain::name::read_display_name;
use crate::domain::password::Password;
use crate::domain::user::Account;
use crate::service::sessions::end_all;
use crate::service::{Service, invalid, refuse, signed_in, weak};
use crate::store::{attempts, users};

/// What a person changes about themselves; absent members stay.
#[derive(Debug, Default)]
pub(crate) struct MePatch {
    pub(crate) display_name: Change<String>,
    pub(crate) password: Option<NewPassword>,
}

/// A password in place of another.
#[derive(Debug)]
pub(crate) struct NewPassword {
    pub(crate) current: Password,
    pub(crate) new: Password,
    /// Ends all sessions but the one that asks.
    pub(crate) end_other_sessions: bool,
}

impl Service {
    /// Returns the person who asks.
    pub(crate) async fn get_me(&self, ctx: &CallCtx) -> SeamResult<Account, IdentityError> {
        self.get_user(ctx, UserId::from_uuid(signed_in(ctx)?.user))
            .await
    }

    /// Changes the person who asks.
    ///
    /// # Errors
    ///
    /// [`IdentityError::StaleVersion`], [`IdentityError::WrongPassword`], [`IdentityError::WeakPassword`], and
    /// [`IdentityError::TooManyAttempts`] after several wrong passwords.
    pub(crate) async fn update_me(
        &self,
        ctx: &CallCtx,
        expected_version: i64,
        patch: MePatch,
    ) -> SeamResult<Account, IdentityError> {
        let session = SessionId::from_uuid(signed_in(ctx)?.session);
        let account = self.get_me(ctx).await?;
        let user_id = account.id;
        if account.version != expected_version {
            return refuse(IdentityError::StaleVersion {
                current: account.version,
            });
        }
        let display_name = match patch.display_name {
            Change::Keep => account.display_name.clone(),
            Change::Clear => None,
            Change::Set(name) => Some(
                read_display_name(&name, "/display_name").map_err(|error| invalid(vec![error]))?,
            ),
        };
        let new_hash = match &patch.password {
            None => None,
            Some(password) => Some(self.check_and_hash(ctx, &account, password).await?),
        };
        let mut fields = Vec::new();
        if display_name != account.display_name {
            fields.push(UserField::DisplayName);
        }
        if new_hash.is_some() {
            fields.push(UserField::Password);
        }
        if fields.is_empty() {
            return Ok(account);
        }
        let password_hash = new_hash.as_deref().or(account.password_hash.as_deref());
        let ends_others = patch
            .password
            .as_ref()
            .is_some_and(|password| password.end_other_sessions);
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.update_me").await?;
            let name = display_name.as_deref();
            if !users::update_profile(&mut tx, user_id, expected_version, name, password_hash)
                .await?
            {
                let current = users::find(&mut tx, user_id)
                    .await?
                    .map_or(0, |account| account.version);
                return refuse(IdentityError::StaleVersion { current });
            }
            tx.emit(&UserUpdated {
                user_id,
                fields: fields.clone(),
            })
            .await?;
            if new_hash.is_some() {
                attempts::clear(&mut tx, &self.bucket_of_reauthentication(user_id)).await?;
                tx.emit(&audit("user.password_changed", user_id, None))
                    .await?;
            }
            if display_name != account.display_name {
                // The names are personal: that one changed is what audit keeps, not which.
                let changed = json!({ "changed": ["display_name"] });
                tx.emit(&audit("user.updated", user_id, Some(changed)))
                    .await?;
            }
            if ends_others {
                end_all(&mut tx, user_id, Some(session), EndReason::PasswordChanged).await?;
            }
            let Some(changed) = users::find(&mut tx, user_id).await? else {
                return refuse(IdentityError::UserNotFound);
            };
            tx.commit().await?;
            Ok(changed)
        })
        .await
    }

    async fn check_and_hash(
        &self,
        ctx: &CallCtx,
        account: &Account,
        password: &NewPassword,
    ) -> SeamResult<String, IdentityError> {
        if !password.current.is_possible() {
            return refuse(IdentityError::WrongPassword);
        }
        let place = self.hasher.enter()?;
        self.take_attempt(ctx, &self.bucket_of_reauthentication(account.id))
            .await?;
        let stored = account.password_hash.clone();
        if !self
            .hasher
            .verify(place, password.current.clone(), stored)
            .await?
            .matches
        {
            return refuse(IdentityError::WrongPassword);
        }
        let Some(email) = EmailAddress::parse(&account.email) else {
            return refuse(IdentityError::UserNotFound);
        };
        password.new.check(&email, "/new_password").map_err(weak)?;
        self.hasher
            .hash(self.hasher.enter()?, password.new.clone())
            .await
    }
}

fn audit(action: &str, user: UserId, after: Option<serde_json::Value>) -> AuditRecorded {
    AuditRecorded {
        action: action.to_owned(),
        target: user.to_string(),
        before: None,
        after,
    }
}
