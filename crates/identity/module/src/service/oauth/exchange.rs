//! Exchanging a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).

use std::time::Duration;

use identity_contract::{EndReason, OauthClientId, SessionId, SessionRevoked};
use serde_json::json;
use tenon_access::Scope;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::audit::AuditRecorded;
use tenon_store::{StoreError, retrying};

use super::tokens::OnBehalf;
use super::{OauthResult, OauthTokens, carried, refuse, require_grant};
use crate::domain::factor::Amr;
use crate::domain::oauth::client::{Client, Grant};
use crate::domain::oauth::error::OauthCode;
use crate::domain::oauth::pkce::Challenge;
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::service::sessions::end_oldest;
use crate::service::{Service, acting_as};
use crate::store::oauth_codes::CodeRow;
use crate::store::sessions::{NewSession, SessionOf};
use crate::store::{factors, oauth_clients, oauth_codes, refresh_tokens, sessions, users};

/// How much longer a session without refresh lives than its only access token: clocks differ.
const GRACE: Duration = Duration::from_mins(1);

/// What a program shows for tokens.
#[derive(Debug)]
pub(crate) struct CodeExchange {
    pub(crate) code: String,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) verifier: Option<String>,
}

/// What came of a code.
enum Taken {
    /// It was good, and is used up.
    Now(Box<(CodeRow, Account, Scope)>),
    /// It had been used before.
    Before,
}

/// What is to begin with a code.
struct Begun {
    session_id: SessionId,
    refresh_token: SecretToken,
}

impl Service {
    /// Uses a code up, once.
    ///
    /// A code that comes back ends what it gave: either its client lost an answer and has to start again, or somebody
    /// else has the code.
    pub(crate) async fn exchange_code(
        &self,
        ctx: &CallCtx,
        client: &Client,
        req: CodeExchange,
    ) -> OauthResult<OauthTokens> {
        require_grant(client, Grant::AuthorizationCode)?;
        let Some(code) = SecretToken::parse(&req.code) else {
            return not_valid();
        };
        let key = self.signing_key(ctx).await.map_err(carried)?;
        let begun = Begun {
            session_id: self.db.env().new_id(),
            refresh_token: SecretToken::generate(self.db.env()),
        };
        let hash = code.hash();
        let taken = retrying(|| self.take_code(ctx, client, &req, &hash, &begun)).await?;
        let Taken::Now(taken) = taken else {
            retrying(|| self.end_reused(ctx, &hash, client.id)).await?;
            return not_valid();
        };
        let (row, account, scope) = *taken;
        let refreshes = client.wish.grants.contains(&Grant::RefreshToken);
        self.tokens_for(
            &key,
            OnBehalf {
                client_id: client.id,
                account: &account,
                session_id: begun.session_id,
                scope,
                authenticated_at: row.authenticated_at,
                amr: Amr::from_column(&row.amr),
                nonce: row.nonce.as_deref(),
            },
            refreshes.then_some(begun.refresh_token),
        )
    }

    async fn take_code(
        &self,
        ctx: &CallCtx,
        client: &Client,
        req: &CodeExchange,
        hash: &[u8],
        begun: &Begun,
    ) -> OauthResult<Taken> {
        let Some(row) = oauth_codes::find(&mut self.db.read(ctx), hash).await? else {
            return not_valid();
        };
        // Somebody else's code is no code; its owner can still use it.
        if row.client_id != client.id {
            return not_valid();
        }
        if row.session_id.is_some() {
            return Ok(Taken::Before);
        }
        check(&row, req, self.now())?;
        let Some(scope) = Scope::parse(&row.scope) else {
            return Err(StoreError::inconsistent("oauth_codes.scope: not a scope").into());
        };
        let mut ctx = acting_as(ctx, row.user_id, Some(begun.session_id));
        let mut tx = self.db.begin(&mut ctx, "identity.exchange_code").await?;
        let Some(client) = oauth_clients::hold(&mut tx, client.id).await? else {
            return not_valid();
        };
        if !oauth_codes::take(&mut tx, hash, begun.session_id).await? {
            return Ok(Taken::Before);
        }
        let account = users::lock(&mut tx, row.user_id).await?;
        let Some(account) = account.filter(|account| !account.is_locked()) else {
            return not_valid();
        };
        let amr = Amr::from_column(&row.amr);
        // Given out a moment before there was a second factor: it has to be shown now.
        if !amr.is_multi_factor() && factors::is_guarded(&mut tx, row.user_id).await? {
            return not_valid();
        }
        // The same where there has to be one since.
        if self.is_enrolling(&mut tx, &account, amr).await? {
            return not_valid();
        }
        let (idle, absolute) = if client.wish.grants.contains(&Grant::RefreshToken) {
            (
                self.settings.session_idle(),
                self.settings.session_absolute(),
            )
        } else {
            let life = self.settings.access_token_life() + GRACE;
            (life, life)
        };
        // What the client may have now: an administrator may have taken something away since.
        let scope = scope.intersection(&client.wish.scope);
        let of = SessionOf::Oauth {
            client_id: client.id,
            scope: scope.clone(),
            authenticated_at: row.authenticated_at,
        };
        let new = NewSession {
            id: begun.session_id,
            user: row.user_id,
            of: &of,
            amr,
            proved_at: None, // `authenticated_at` says it
            label: Some(&client.wish.name),
            idle,
            absolute,
        };
        sessions::insert(&mut tx, &new).await?;
        refresh_tokens::insert(&mut tx, &begun.refresh_token.hash(), begun.session_id, 1).await?;
        end_oldest(&mut tx, row.user_id).await?;
        tx.emit(&AuditRecorded {
            action: "oauth_session.started".to_owned(),
            target: begun.session_id.to_string(),
            before: None,
            after: Some(json!({ "client_id": client.id, "scope": scope.to_string() })),
        })
        .await?;
        tx.commit().await?;
        Ok(Taken::Now(Box::new((row, account, scope))))
    }

    /// Ends what a code gave.
    async fn end_reused(
        &self,
        ctx: &CallCtx,
        hash: &[u8],
        client_id: OauthClientId,
    ) -> Result<(), StoreError> {
        let row = oauth_codes::find(&mut self.db.read(ctx), hash).await?;
        let Some((user_id, session_id)) = row.and_then(|row| Some((row.user_id, row.session_id?)))
        else {
            return Ok(());
        };
        let reason = EndReason::Compromised;
        let mut ctx = acting_as(ctx, user_id, Some(session_id));
        let mut tx = self.db.begin(&mut ctx, "identity.end_reused").await?;
        if sessions::end(&mut tx, session_id, user_id, reason).await? {
            tx.emit(&SessionRevoked {
                session_id,
                user_id,
                reason,
            })
            .await?;
            tracing::warn!(session.id = %session_id, client.id = %client_id, "a used authorization code came back");
        }
        tx.commit().await
    }
}

/// Checks what a code is bound to. Wrong tries do not use it up: nobody can spoil somebody else's.
fn check(row: &CodeRow, req: &CodeExchange, now: Timestamp) -> OauthResult<()> {
    if now >= row.expires_at || req.redirect_uri.as_ref() != Some(&row.redirect_uri) {
        return not_valid();
    }
    let challenge = Challenge::parse(&row.challenge);
    let verifier = req.verifier.as_deref().unwrap_or_default();
    if !challenge.is_some_and(|challenge| challenge.is_met_by(verifier)) {
        return refuse(
            OauthCode::InvalidGrant,
            "code_verifier is not what the code was asked for with",
        );
    }
    Ok(())
}

fn not_valid<T>() -> OauthResult<T> {
    refuse(
        OauthCode::InvalidGrant,
        "the code is unknown, used, expired, another client's, or was given for another redirect_uri",
    )
}
