//! Users as administrators see them.

use identity_contract::{IdentityError, UserId};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamResult;

use crate::domain::email::EmailAddress;
use crate::domain::user::Account;
use crate::service::{Service, refuse};
use crate::store::users;

impl Service {
    /// Returns a user.
    ///
    /// # Errors
    ///
    /// [`IdentityError::UserNotFound`].
    pub(crate) async fn get_user(
        &self,
        ctx: &CallCtx,
        id: UserId,
    ) -> SeamResult<Account, IdentityError> {
        match users::find(&mut self.db.read(ctx), id).await? {
            Some(account) => Ok(account),
            None => refuse(IdentityError::UserNotFound),
        }
    }

    /// Returns the user with an address, or nobody; never an error, for what is no address belongs to nobody.
    pub(crate) async fn find_user_by_email(
        &self,
        ctx: &CallCtx,
        email: &str,
    ) -> SeamResult<Option<Account>, IdentityError> {
        match EmailAddress::parse(email) {
            Some(email) => Ok(users::find_by_email(&mut self.db.read(ctx), &email).await?),
            None => Ok(None),
        }
    }

    /// Returns users, newest first.
    pub(crate) async fn list_users(
        &self,
        ctx: &CallCtx,
        page: PageRequest,
    ) -> SeamResult<Page<Account>, IdentityError> {
        const SCOPE: &str = "identity.users";
        let before = self.open_cursor(SCOPE, &page)?;
        let rows = users::list(&mut self.db.read(ctx), before, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(SCOPE, &last.id)
        }))
    }
}
