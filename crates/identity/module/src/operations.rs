//! What operators do with identity, beside the REST API: the command line and seeds.

use std::sync::Arc;

use identity_contract::{IdentityError, User, UserId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use crate::service::{BootstrapToken, NewUser, Service};

/// What operators do. Whoever holds this may do anything: it is for the process's own command line only.
#[derive(Clone)]
pub struct Operations(Arc<Service>);

impl Operations {
    pub(crate) fn new(service: Arc<Service>) -> Self {
        Self(service)
    }

    /// Makes the one-time token with which the first administrator is made: `POST /v1/auth/bootstrap`.
    ///
    /// # Errors
    ///
    /// [`IdentityError::AdministratorExists`] once there is one.
    pub async fn issue_bootstrap_token(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<BootstrapToken, IdentityError> {
        self.0.issue_bootstrap_token(ctx).await
    }

    /// Makes a user whose address needs no proof.
    ///
    /// # Errors
    ///
    /// [`IdentityError::EmailTaken`], [`IdentityError::InvalidRequest`], [`IdentityError::WeakPassword`].
    pub async fn create_user(
        &self,
        ctx: &CallCtx,
        user: NewUser,
    ) -> SeamResult<UserId, IdentityError> {
        self.0.create_user(ctx, user).await
    }

    /// Returns the user with an address.
    pub async fn find_user_by_email(
        &self,
        ctx: &CallCtx,
        email: &str,
    ) -> SeamResult<Option<User>, IdentityError> {
        Ok(self
            .0
            .find_user_by_email(ctx, email)
            .await?
            .map(|account| account.to_contract()))
    }

    /// Removes all second factors of the user with an address; their password is enough then, and they get a mail.
    ///
    /// # Errors
    ///
    /// [`IdentityError::UserNotFound`].
    pub async fn clear_factors(&self, ctx: &CallCtx, email: &str) -> SeamResult<(), IdentityError> {
        self.0.clear_factors_by_operator(ctx, email).await
    }

    /// Makes a new key for access tokens; it signs from a quarter of an hour on, and the old one stays good until
    /// its last token has expired. Returns its `kid`.
    pub async fn rotate_signing_key(&self, ctx: &CallCtx) -> SeamResult<String, IdentityError> {
        self.0.rotate_signing_key(ctx).await
    }
}
