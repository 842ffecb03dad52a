//! Making a user by hand: seeds and operators, and administrators by a mail.

use identity_contract::{
    ChallengePurpose, Channel, IdentityError, RoleAssigned, UserId, UserRegistered, UserVerified,
};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Role};
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use crate::domain::email::EmailAddress;
use crate::domain::name::read_display_name;
use crate::domain::password::Password;
use crate::domain::roles::Roles;
use crate::domain::user::Account;
use crate::service::answer_request::Pending;
use crate::service::{Service, invalid, refuse, weak};
use crate::store::{roles, users};

/// A user whose address needs no proof, because an operator vouches for it.
pub struct NewUser {
    /// Where to reach them.
    pub email: String,
    /// What they sign in with; the same rules as for everybody.
    pub password: String,
    /// What to call them.
    pub display_name: Option<String>,
    /// What they may do.
    pub roles: Vec<Role>,
}

/// Under which outcomes are kept.
pub(crate) const CREATE: &str = "create_user";

/// A user who proves their address and chooses their password by a mail: nobody else chooses one for them.
#[derive(Debug)]
pub(crate) struct InvitedUser {
    pub(crate) email: String,
    pub(crate) display_name: Option<String>,
    pub(crate) roles: Vec<Role>,
}

/// A user ready to be inserted.
pub(super) struct Prepared {
    pub(super) email: EmailAddress,
    display_name: Option<String>,
    roles: Roles,
    password_hash: String,
}

impl Service {
    /// Makes a verified user.
    pub(crate) async fn create_user(
        &self,
        ctx: &CallCtx,
        user: NewUser,
    ) -> SeamResult<UserId, IdentityError> {
        let prepared = self.prepare(user).await?;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.create_user").await?;
            let Some(id) = prepared.insert(&mut tx).await? else {
                return refuse(IdentityError::EmailTaken);
            };
            tx.commit().await?;
            Ok(id)
        })
        .await
    }

    /// Makes a user with an unproved address, and has them sent a mail.
    ///
    /// # Errors
    ///
    /// [`IdentityError::InvalidRequest`], [`IdentityError::EmailTaken`].
    pub(crate) async fn invite_user(
        &self,
        ctx: &CallCtx,
        user: InvitedUser,
    ) -> SeamResult<Account, IdentityError> {
        let (email, display_name, roles) = read(&user.email, user.display_name, &user.roles)?;
        let id = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.invite_user").await?;
            if let Claim::Replay(outcome) = tx.claim_key::<UserId, IdentityError>(CREATE).await? {
                return outcome.map_err(SeamError::Domain);
            }
            let id: UserId = tx.env().new_id();
            if !users::insert(&mut tx, id, &email).await? {
                return refuse(IdentityError::EmailTaken);
            }
            if let Some(name) = &display_name {
                users::set_name(&mut tx, id, name).await?;
            }
            let channel = Channel::Email;
            tx.emit(&UserRegistered {
                user_id: id,
                channel,
            })
            .await?;
            give(&mut tx, id, &roles).await?;
            let Some(account) = users::find(&mut tx, id).await? else {
                return refuse(IdentityError::UserNotFound);
            };
            let pending = Pending {
                display_name: display_name.clone(),
                password_hash: None,
            };
            self.open_challenge(&mut tx, &account, ChallengePurpose::Invite, pending)
                .await?;
            let outcome = Ok::<_, IdentityError>(id);
            tx.commit_outcome(CREATE, &outcome, Some(id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await?;
        self.get_user(ctx, id).await
    }

    /// Checks a user and hashes the password.
    pub(super) async fn prepare(&self, user: NewUser) -> SeamResult<Prepared, IdentityError> {
        let (email, display_name, roles) = read(&user.email, user.display_name, &user.roles)?;
        let password = Password::new(user.password);
        password.check(&email, "/password").map_err(weak)?;
        let password_hash = self.hasher.hash(self.hasher.enter()?, password).await?;
        Ok(Prepared {
            email,
            display_name,
            roles,
            password_hash,
        })
    }
}

impl Prepared {
    /// Inserts the user with all that follows; nothing if the address has an account.
    pub(super) async fn insert(&self, tx: &mut Tx<'_>) -> Result<Option<UserId>, StoreError> {
        let user_id: UserId = tx.env().new_id();
        if !users::insert(tx, user_id, &self.email).await? {
            return Ok(None);
        }
        users::verify_email(
            tx,
            user_id,
            &self.password_hash,
            self.display_name.as_deref(),
        )
        .await?;
        tx.emit(&UserRegistered {
            user_id,
            channel: Channel::Operator,
        })
        .await?;
        tx.emit(&UserVerified {
            user_id,
            channel: Channel::Operator,
        })
        .await?;
        give(tx, user_id, &self.roles).await?;
        Ok(Some(user_id))
    }
}

/// Reads what makes a user, whoever does.
fn read(
    email: &str,
    display_name: Option<String>,
    roles: &[Role],
) -> SeamResult<(EmailAddress, Option<String>, Roles), IdentityError> {
    let email = EmailAddress::read(email, "/email");
    let name = display_name
        .map(|name| read_display_name(&name, "/display_name"))
        .transpose();
    let roles = Roles::read(roles, "/roles");
    match (email, name, roles) {
        (Ok(email), Ok(name), Ok(roles)) => Ok((email, name, roles)),
        (email, name, roles) => Err(invalid(
            [email.err(), name.err(), roles.err()]
                .into_iter()
                .flatten()
                .collect(),
        )),
    }
}

/// Gives a new user their roles, and says so.
async fn give(tx: &mut Tx<'_>, user_id: UserId, roles: &Roles) -> Result<(), StoreError> {
    for role in roles.to_vec() {
        roles::insert(tx, user_id, role).await?;
        if role != Role::Customer {
            tx.emit(&RoleAssigned { user_id, role }).await?;
        }
    }
    tx.emit(&AuditRecorded {
        action: "user.created".to_owned(),
        target: user_id.to_string(),
        before: None,
        after: Some(serde_json::json!({ "roles": roles.to_vec() })),
    })
    .await?;
    Ok(())
}
