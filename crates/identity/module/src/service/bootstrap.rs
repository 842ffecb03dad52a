//! The first administrator: made with a one-time token that only an operator can get. There is no default account.

use std::time::Duration;

use identity_contract::{IdentityError, UserId};
use tenon_kernel::{CallCtx, Role, Timestamp};
use tenon_seam::SeamResult;
use tenon_store::retrying;

use crate::domain::secret::SecretToken;
use crate::service::{NewUser, Service, refuse};
use crate::store::{bootstrap_tokens, roles};

const TOKEN_LIFE: Duration = Duration::from_mins(30);

/// A token that makes the first administrator, once. Print it to the operator and nowhere else.
pub struct BootstrapToken {
    token: SecretToken,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// What the token is exchanged for.
pub(crate) struct Bootstrap {
    pub(crate) token: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) display_name: Option<String>,
}

impl BootstrapToken {
    /// Returns the secret, for the one place that shows it.
    pub fn expose(&self) -> &str {
        self.token.expose()
    }
}

impl Service {
    /// Makes the token; one made before no longer counts.
    ///
    /// # Errors
    ///
    /// [`IdentityError::AdministratorExists`] once there is an administrator who can sign in.
    pub(crate) async fn issue_bootstrap_token(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<BootstrapToken, IdentityError> {
        let token = SecretToken::generate(self.db.env());
        let expires_at = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "identity.issue_bootstrap_token")
                .await?;
            if !roles::lock_administrators(&mut tx).await?.is_empty() {
                return refuse(IdentityError::AdministratorExists);
            }
            let expires_at = tx.now() + TOKEN_LIFE;
            bootstrap_tokens::put(&mut tx, &token.hash(), expires_at).await?;
            tx.commit().await?;
            Ok(expires_at)
        })
        .await?;
        Ok(BootstrapToken { token, expires_at })
    }

    /// Exchanges the token for an administrator.
    ///
    /// # Errors
    ///
    /// [`IdentityError::BootstrapRefused`] for a wrong, used or expired token, or if there is an administrator.
    /// A refusal of the other members does not use the token up.
    pub(crate) async fn bootstrap(
        &self,
        ctx: &CallCtx,
        req: Bootstrap,
    ) -> SeamResult<UserId, IdentityError> {
        let Some(token) = SecretToken::parse(&req.token) else {
            return refuse(IdentityError::BootstrapRefused);
        };
        let now = self.db.env().now();
        // Before the password is hashed: strangers get no work done.
        if !bootstrap_tokens::is_good(&mut self.db.read(ctx), &token.hash(), now).await? {
            return refuse(IdentityError::BootstrapRefused);
        }
        let prepared = self
            .prepare(NewUser {
                email: req.email,
                password: req.password,
                display_name: req.display_name,
                roles: vec![Role::Admin, Role::Staff, Role::Customer],
            })
            .await?;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.bootstrap").await?;
            let is_first_use = bootstrap_tokens::take(&mut tx, &token.hash()).await?;
            if !is_first_use || !roles::lock_administrators(&mut tx).await?.is_empty() {
                return refuse(IdentityError::BootstrapRefused);
            }
            let Some(id) = prepared.insert(&mut tx).await? else {
                return refuse(IdentityError::EmailTaken);
            };
            tx.commit().await?;
            tracing::warn!(user.id = %id, "the first administrator was made");
            Ok(id)
        })
        .await
    }
}
