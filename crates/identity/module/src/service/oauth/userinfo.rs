//! Who has signed in (OpenID Connect Core §5.3).

use identity_contract::{IdentityError, SessionId, UserId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use crate::domain::oauth::scopes::{EMAIL, PROFILE};
use crate::domain::user::Account;
use crate::service::{Service, refuse, signed_in};
use crate::store::{sessions, users};

/// A person, as far as a program may know.
#[derive(Debug)]
pub(crate) struct UserInfo {
    pub(crate) account: Account,
    pub(crate) with_profile: bool,
    pub(crate) with_email: bool,
}

impl Service {
    /// Returns who a token stands for. People with tokens of their own sign-in see all there is.
    pub(crate) async fn userinfo(&self, ctx: &CallCtx) -> SeamResult<UserInfo, IdentityError> {
        let principal = signed_in(ctx)?;
        let session = SessionId::from_uuid(principal.session);
        let user = UserId::from_uuid(principal.user);
        let mut db = self.db.read(ctx);
        let granted = sessions::find_oauth(&mut db, session, self.now()).await?;
        let may = |value| {
            granted
                .as_ref()
                .is_none_or(|session| session.scope.contains(value))
        };
        let Some(account) = users::find(&mut db, user).await? else {
            return refuse(IdentityError::UserNotFound);
        };
        Ok(UserInfo {
            account,
            with_profile: may(PROFILE),
            with_email: may(EMAIL),
        })
    }
}
