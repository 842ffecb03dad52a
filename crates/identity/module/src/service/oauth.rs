//! The authorization server: programs that act for people, or for themselves.

mod authenticate;
mod authorize;
mod clients;
mod consents;
mod exchange;
mod federated;
mod forms;
mod grant;
mod introspect;
mod more_grants;
mod passkey;
mod revoke;
mod second_step;
mod step;
mod tokens;
mod userinfo;

use identity_contract::{IdentityError, SessionId};
use tenon_kernel::Timestamp;
use tenon_seam::{SeamError, SeamFault, SeamResult};

pub(crate) use self::authenticate::Presented;
pub(crate) use self::clients::{CREATE as CREATE_CLIENT, ROTATE as ROTATE_SECRET, ShownClient};
pub(crate) use self::exchange::CodeExchange;
pub(crate) use self::federated::FromPage;
pub(crate) use self::introspect::{Introspected, TokenUse};
pub(crate) use self::step::{Asked, CodePage, ConsentPage, Failure, SignInPage, Step};
pub(crate) use self::tokens::OauthTokens;
pub(crate) use self::userinfo::UserInfo;

use crate::domain::factor::Amr;
use crate::domain::oauth::client::{Client, Grant};
use crate::domain::oauth::error::{OauthCode, OauthRefusal};
use crate::domain::user::Account;
use crate::service::Service;

/// What clients are answered.
pub(crate) type OauthResult<T> = SeamResult<T, OauthRefusal>;

/// A person with our pages in a browser.
#[derive(Debug)]
pub(crate) struct BrowserSession {
    pub(crate) id: SessionId,
    pub(crate) account: Account,
    pub(crate) signed_in_at: Timestamp,
    pub(crate) amr: Amr,
}

impl Service {
    /// Says whether people can sign in on our pages: a cookie is safe over TLS, or where it never leaves the machine.
    pub(crate) fn has_pages(&self) -> bool {
        self.settings.serves_tls() || self.settings.is_on_loopback()
    }
}

/// Refuses in the words of OAuth.
fn refuse<T>(code: OauthCode, description: &'static str) -> OauthResult<T> {
    Err(SeamError::Domain(code.because(description)))
}

/// Carries faults over; what identity refuses in its own words here can only be a token.
fn carried(error: SeamError<IdentityError>) -> SeamError<OauthRefusal> {
    match error {
        SeamError::Seam(fault) => SeamError::Seam(fault),
        SeamError::Domain(IdentityError::InvalidRefreshToken) => {
            SeamError::Domain(OauthCode::InvalidGrant.because("the refresh token is not valid"))
        }
        SeamError::Domain(error) => SeamError::Seam(SeamFault::Misuse {
            rule: format!("identity refused in the words of another operation: {error}"),
        }),
    }
}

fn require_grant(client: &Client, grant: Grant) -> OauthResult<()> {
    if client.wish.grants.contains(&grant) {
        Ok(())
    } else {
        refuse(
            OauthCode::UnauthorizedClient,
            "the client is not registered for this grant",
        )
    }
}
