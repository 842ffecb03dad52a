//! What a token is (RFC 7662), and whose: for revoking, too.

use identity_contract::{SessionId, UserId};
use tenon_access::{AccessClaims, Authentication, Scope};
use tenon_kernel::{CallCtx, Timestamp};

use super::{OauthResult, carried};
use crate::domain::oauth::client::Client;
use crate::domain::secret::SecretToken;
use crate::service::Service;
use crate::store::{refresh_tokens, sessions};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenUse {
    Access,
    Refresh,
}

/// A live token of a program.
#[derive(Debug)]
pub(crate) struct Introspected {
    pub(crate) token_use: TokenUse,
    pub(crate) scope: Scope,
    /// Absent where the program acts for itself.
    pub(crate) subject: Option<ActedFor>,
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
}

/// The person a program acts for.
#[derive(Debug)]
pub(crate) struct ActedFor {
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    pub(crate) authentication: Authentication,
}

/// Whose a token is.
#[derive(Debug)]
pub(super) enum Owner {
    /// Nobody's that we know, or no longer.
    Nobody,
    /// Another client's, or a person's own.
    Other,
    Caller(Box<Introspected>),
}

impl Service {
    /// Says what a token is, to the client that it was given to; of all others it says that they are not active.
    pub(crate) async fn introspect(
        &self,
        ctx: &CallCtx,
        client: &Client,
        token: &str,
    ) -> OauthResult<Option<Introspected>> {
        match self.owner(ctx, client, token).await? {
            Owner::Caller(token) => Ok(Some(*token)),
            Owner::Nobody | Owner::Other => Ok(None),
        }
    }

    /// Finds out whose a token is.
    pub(super) async fn owner(
        &self,
        ctx: &CallCtx,
        client: &Client,
        token: &str,
    ) -> OauthResult<Owner> {
        match SecretToken::parse(token) {
            Some(token) => self.owner_of_refresh_token(ctx, client, &token).await,
            None => self.owner_of_access_token(ctx, client, token).await,
        }
    }

    async fn owner_of_refresh_token(
        &self,
        ctx: &CallCtx,
        client: &Client,
        token: &SecretToken,
    ) -> OauthResult<Owner> {
        let mut db = self.db.read(ctx);
        let found = refresh_tokens::find_session(&mut db, &token.hash()).await?;
        let Some((session_id, true)) = found else {
            return Ok(Owner::Nobody);
        };
        let session = sessions::find_oauth(&mut db, session_id, self.now()).await?;
        Ok(match session {
            None => Owner::Nobody,
            Some(session) if session.client_id != client.id => Owner::Other,
            Some(session) => Owner::Caller(Box::new(Introspected {
                token_use: TokenUse::Refresh,
                scope: session.scope,
                subject: Some(ActedFor {
                    user_id: session.user_id,
                    session_id,
                    authentication: session.amr.shown_at(session.authenticated_at),
                }),
                issued_at: None,
                expires_at: session.idle_expires_at,
            })),
        })
    }

    async fn owner_of_access_token(
        &self,
        ctx: &CallCtx,
        client: &Client,
        token: &str,
    ) -> OauthResult<Owner> {
        let keys = self.verifying_keys(ctx).await.map_err(carried)?;
        let (issuer, audience) = (&self.settings.issuer, &self.settings.audience);
        let now = self.now();
        let Ok(claims) = AccessClaims::verify(token, &keys, issuer, audience, now) else {
            return Ok(Owner::Nobody);
        };
        let owned = claims
            .delegation
            .filter(|delegation| delegation.client_id == client.id.to_string());
        let Some(delegation) = owned else {
            return Ok(Owner::Other);
        };
        let subject = if claims.user == client.id.uuid() {
            None // it lives as long as the client, and that has just shown that it is there
        } else {
            let session_id = SessionId::from_uuid(claims.session);
            let found = sessions::find_oauth(&mut self.db.read(ctx), session_id, now).await?;
            let Some(session) = found else {
                return Ok(Owner::Nobody);
            };
            Some(ActedFor {
                user_id: session.user_id,
                session_id,
                authentication: session.amr.shown_at(session.authenticated_at),
            })
        };
        Ok(Owner::Caller(Box::new(Introspected {
            token_use: TokenUse::Access,
            scope: delegation.scope,
            subject,
            issued_at: Some(claims.issued_at),
            expires_at: claims.expires_at,
        })))
    }
}
