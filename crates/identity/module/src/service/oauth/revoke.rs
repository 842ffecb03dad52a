//! Giving a token back (RFC 7009).

use identity_contract::{EndReason, SessionRevoked};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::introspect::Owner;
use super::{OauthResult, refuse};
use crate::domain::oauth::client::Client;
use crate::domain::oauth::error::OauthCode;
use crate::service::{Service, acting_as};
use crate::store::sessions;

impl Service {
    /// Ends the session that a token belongs to, and with it all its tokens (§2.1). A token that is over already is no
    /// error.
    pub(crate) async fn revoke(
        &self,
        ctx: &CallCtx,
        client: &Client,
        token: &str,
    ) -> OauthResult<()> {
        let token = match self.owner(ctx, client, token).await? {
            Owner::Nobody => return Ok(()),
            Owner::Other => {
                return refuse(
                    OauthCode::InvalidGrant,
                    "the token was given to another client",
                );
            }
            Owner::Caller(token) => token,
        };
        let Some(person) = token.subject else {
            return refuse(
                OauthCode::UnsupportedTokenType,
                "tokens that a program has for itself end with their time, or with the client",
            );
        };
        let (user_id, session_id) = (person.user_id, person.session_id);
        let reason = EndReason::SignedOut;
        retrying(|| async {
            let mut ctx = acting_as(ctx, user_id, Some(session_id));
            let mut tx = self.db.begin(&mut ctx, "identity.revoke_token").await?;
            if sessions::end(&mut tx, session_id, user_id, reason).await? {
                tx.emit(&SessionRevoked {
                    session_id,
                    user_id,
                    reason,
                })
                .await?;
            }
            tx.commit().await?;
            Ok::<_, StoreError>(())
        })
        .await?;
        Ok(())
    }
}
