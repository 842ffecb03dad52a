//! The grants without a browser: refreshing, and programs that act for themselves.

use tenon_access::{Delegation, Scope};
use tenon_kernel::CallCtx;
use tenon_store::retrying;

use super::tokens::{OnBehalf, unavailable};
use super::{OauthResult, OauthTokens, carried, refuse, require_grant};
use crate::domain::oauth::client::{Client, Grant};
use crate::domain::oauth::error::OauthCode;
use crate::domain::oauth::scopes::{is_for_services, roles_of_service};
use crate::domain::secret::SecretToken;
use crate::service::Service;
use crate::store::refresh_tokens::Family;
use crate::store::sessions::OauthSession;
use crate::store::{refresh_tokens, sessions};

impl Service {
    /// Replaces a refresh token of a program (RFC 6749 §6): the families of people's own sessions, bound to the client.
    /// A smaller scope may be asked for; it counts for this one access token.
    pub(crate) async fn refresh_for_client(
        &self,
        ctx: &CallCtx,
        client: &Client,
        token: &str,
        scope: Option<&str>,
    ) -> OauthResult<OauthTokens> {
        require_grant(client, Grant::RefreshToken)?;
        let Some(token) = SecretToken::parse(token) else {
            return not_valid();
        };
        let found = self.session_of_program(ctx, &token).await?;
        let Some(session) = found.filter(|session| session.client_id == client.id) else {
            return not_valid();
        };
        let granted = session.scope.intersection(&client.wish.scope);
        let scope = match scope.map(Scope::parse) {
            None => granted,
            Some(Some(scope)) if !scope.is_empty() && scope.is_within(&granted) => scope,
            Some(_) => {
                return refuse(
                    OauthCode::InvalidScope,
                    "a refresh cannot get more than was granted",
                );
            }
        };
        let key = self.signing_key(ctx).await.map_err(carried)?;
        let family = Family::Client(client.id);
        let step = retrying(|| self.step(ctx, &token, family))
            .await
            .map_err(carried)?;
        self.tokens_for(
            &key,
            OnBehalf {
                client_id: client.id,
                account: &step.account,
                session_id: step.session_id,
                scope,
                authenticated_at: session.authenticated_at,
                amr: session.amr,
                nonce: None,
            },
            Some(step.refresh_token),
        )
    }

    async fn session_of_program(
        &self,
        ctx: &CallCtx,
        token: &SecretToken,
    ) -> OauthResult<Option<OauthSession>> {
        let mut db = self.db.read(ctx);
        let Some((session_id, _)) = refresh_tokens::find_session(&mut db, &token.hash()).await?
        else {
            return Ok(None);
        };
        Ok(sessions::find_oauth(&mut db, session_id, self.now()).await?)
    }

    /// Gives a program a token of its own (RFC 6749 §4.4): all it is registered for, or what it asks for of that.
    pub(crate) async fn client_credentials(
        &self,
        ctx: &CallCtx,
        client: &Client,
        scope: Option<&str>,
    ) -> OauthResult<OauthTokens> {
        require_grant(client, Grant::ClientCredentials)?;
        let allowed: Scope = client
            .wish
            .scope
            .iter()
            .filter(|value| is_for_services(value))
            .collect();
        let scope = match scope.map(Scope::parse) {
            None => allowed,
            Some(Some(scope)) if scope.is_within(&allowed) => scope,
            Some(_) => {
                return refuse(
                    OauthCode::InvalidScope,
                    "name scopes that the client is registered for",
                );
            }
        };
        if scope.is_empty() {
            return refuse(
                OauthCode::InvalidScope,
                "the client has no scope for itself",
            );
        }
        let key = self.signing_key(ctx).await.map_err(carried)?;
        let delegation = Delegation {
            client_id: client.id.to_string(),
            scope,
        };
        let roles = roles_of_service(&delegation.scope);
        let (access_token, expires_at) = self
            .issuer
            .issue_to_client(&key, client.id.uuid(), &roles, &delegation)
            .map_err(|_| unavailable())?;
        tracing::info!(client.id = %client.id, "a program got a token of its own");
        Ok(OauthTokens {
            access_token,
            expires_at,
            refresh_token: None,
            id_token: None,
            scope: delegation.scope,
        })
    }
}

fn not_valid<T>() -> OauthResult<T> {
    refuse(OauthCode::InvalidGrant, "the refresh token is not valid")
}
