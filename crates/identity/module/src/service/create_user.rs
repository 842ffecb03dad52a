//! Making a user by hand: seeds and operators.

use identity_contract::{
    Channel, IdentityError, RoleAssigned, UserId, UserRegistered, UserVerified,
};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Role};
use tenon_seam::SeamResult;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{StoreError, Tx, retrying};

use crate::domain::email::EmailAddress;
use crate::domain::name::read_display_name;
use crate::domain::password::Password;
use crate::domain::roles::Roles;
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

    /// Checks a user and hashes the password.
    pub(super) async fn prepare(&self, user: NewUser) -> SeamResult<Prepared, IdentityError> {
        let email = EmailAddress::read(&user.email, "/email");
        let name = user
            .display_name
            .map(|name| read_display_name(&name, "/display_name"))
            .transpose();
        let roles = Roles::read(&user.roles, "/roles");
        let (email, display_name, roles) = match (email, name, roles) {
            (Ok(email), Ok(name), Ok(roles)) => (email, name, roles),
            (email, name, roles) => {
                return Err(invalid(
                    [email.err(), name.err(), roles.err()]
                        .into_iter()
                        .flatten()
                        .collect(),
                ));
            }
        };
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
        for role in self.roles.to_vec() {
            roles::insert(tx, user_id, role).await?;
            if role != Role::Customer {
                tx.emit(&RoleAssigned { user_id, role }).await?;
            }
        }
        tx.emit(&AuditRecorded {
            action: "user.created".to_owned(),
            target: user_id.to_string(),
            before: None,
            after: Some(serde_json::json!({ "roles": self.roles.to_vec() })),
        })
        .await?;
        Ok(Some(user_id))
    }
}
