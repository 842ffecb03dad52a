//! Registering programs.

use identity_contract::{EndReason, IdentityError, OauthClientId, SessionRevoked};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use crate::domain::oauth::client::{
    Client, ClientInput, ClientKind, ClientPatch, ClientWish, SECRET_OVERLAP,
};
use crate::domain::secret::SecretToken;
use crate::key_ring::Place;
use crate::service::{Service, invalid, refuse};
use crate::store::{oauth_clients, sessions};

/// Under which outcomes are kept.
pub(crate) const CREATE: &str = "create_oauth_client";
/// Under which outcomes are kept.
pub(crate) const ROTATE: &str = "rotate_oauth_client_secret";

/// A client, and its new secret if this answer is the one that shows it.
#[derive(Debug)]
pub(crate) struct ShownClient {
    pub(crate) client: Client,
    pub(crate) secret: Option<SecretToken>,
}

/// What is kept of a command under its idempotency key: the secret sealed, for whoever repeats the request.
#[derive(Serialize, Deserialize)]
struct Made {
    client_id: OauthClientId,
    sealed_secret: Option<Vec<u8>>,
}

impl Service {
    /// Registers a client. A confidential one gets a secret, which is shown here, and to whoever repeats the request
    /// under its key.
    ///
    /// # Errors
    ///
    /// [`IdentityError::InvalidRequest`].
    pub(crate) async fn create_client(
        &self,
        ctx: &CallCtx,
        kind: ClientKind,
        input: ClientInput,
    ) -> SeamResult<ShownClient, IdentityError> {
        let wish = ClientWish::read(kind, input).map_err(invalid)?;
        let made = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "identity.create_oauth_client")
                .await?;
            if let Claim::Replay(outcome) = tx.claim_key::<Made, IdentityError>(CREATE).await? {
                return outcome.map_err(SeamError::Domain);
            }
            let id: OauthClientId = tx.env().new_id();
            let secret =
                (kind == ClientKind::Confidential).then(|| SecretToken::generate(tx.env()));
            let hash = secret.as_ref().map(SecretToken::hash);
            oauth_clients::insert(&mut tx, id, kind, &wish, hash).await?;
            tx.emit(&audit(
                "oauth_client.created",
                id,
                None,
                Some(members(kind, &wish)),
            ))
            .await?;
            let made = self.made(id, secret.as_ref());
            let outcome = Ok::<_, IdentityError>(made);
            tx.commit_outcome(CREATE, &outcome, Some(id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await?;
        self.show(ctx, &made).await
    }

    /// Gives a client a new secret; the one before goes on beside it for a day.
    ///
    /// # Errors
    ///
    /// [`IdentityError::OauthClientNotFound`], [`IdentityError::OauthClientHasNoSecret`].
    pub(crate) async fn rotate_client_secret(
        &self,
        ctx: &CallCtx,
        id: OauthClientId,
    ) -> SeamResult<ShownClient, IdentityError> {
        let made = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "identity.rotate_oauth_client_secret")
                .await?;
            if let Claim::Replay(outcome) = tx.claim_key::<Made, IdentityError>(ROTATE).await? {
                return outcome.map_err(SeamError::Domain);
            }
            let refusal = match oauth_clients::lock(&mut tx, id).await? {
                None => Some(IdentityError::OauthClientNotFound),
                Some(client) if client.kind == ClientKind::Public => {
                    Some(IdentityError::OauthClientHasNoSecret)
                }
                Some(_) => None,
            };
            if let Some(refusal) = refusal {
                return Err(SeamError::Domain(
                    tx.refuse::<Made, _>(ROTATE, refusal).await?,
                ));
            }
            let secret = SecretToken::generate(tx.env());
            let previous_until = tx.now() + SECRET_OVERLAP;
            oauth_clients::rotate(&mut tx, id, secret.hash(), previous_until).await?;
            let after = json!({ "previous_until": previous_until });
            tx.emit(&audit("oauth_client.secret_rotated", id, None, Some(after)))
                .await?;
            let outcome = Ok::<_, IdentityError>(self.made(id, Some(&secret)));
            tx.commit_outcome(ROTATE, &outcome, Some(id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await?;
        self.show(ctx, &made).await
    }

    /// Changes a client if it is still at `version`. What is taken away counts from the next refresh on.
    ///
    /// # Errors
    ///
    /// [`IdentityError::OauthClientNotFound`], [`IdentityError::StaleVersion`], [`IdentityError::InvalidRequest`].
    pub(crate) async fn update_client(
        &self,
        ctx: &CallCtx,
        id: OauthClientId,
        version: i64,
        patch: ClientPatch,
    ) -> SeamResult<Client, IdentityError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "identity.update_oauth_client")
                .await?;
            let before = locked(&mut tx, id, version).await?;
            let wish = before
                .wish
                .patched(before.kind, patch.clone())
                .map_err(invalid)?;
            if wish == before.wish {
                return Ok(before);
            }
            oauth_clients::update(&mut tx, id, &wish).await?;
            let (was, is) = (
                members(before.kind, &before.wish),
                members(before.kind, &wish),
            );
            tx.emit(&audit("oauth_client.updated", id, Some(was), Some(is)))
                .await?;
            let after = locked(&mut tx, id, version + 1).await?;
            tx.commit().await?;
            Ok(after)
        })
        .await
    }

    /// Deletes a client if it is still at `version`; everything that it has ends.
    ///
    /// # Errors
    ///
    /// [`IdentityError::OauthClientNotFound`], [`IdentityError::StaleVersion`].
    pub(crate) async fn delete_client(
        &self,
        ctx: &CallCtx,
        id: OauthClientId,
        version: i64,
    ) -> SeamResult<(), IdentityError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "identity.delete_oauth_client")
                .await?;
            let before = locked(&mut tx, id, version).await?;
            let reason = EndReason::EndedByUser;
            for (session_id, user_id) in sessions::end_of_client(&mut tx, id, None, reason).await? {
                tx.emit(&SessionRevoked {
                    session_id,
                    user_id,
                    reason,
                })
                .await?;
            }
            oauth_clients::delete(&mut tx, id).await?;
            let was = members(before.kind, &before.wish);
            tx.emit(&audit("oauth_client.deleted", id, Some(was), None))
                .await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    /// Returns a client.
    ///
    /// # Errors
    ///
    /// [`IdentityError::OauthClientNotFound`].
    pub(crate) async fn get_client(
        &self,
        ctx: &CallCtx,
        id: OauthClientId,
    ) -> SeamResult<Client, IdentityError> {
        match oauth_clients::find(&mut self.db.read(ctx), id).await? {
            Some(client) => Ok(client),
            None => refuse(IdentityError::OauthClientNotFound),
        }
    }

    /// Returns clients, newest first.
    pub(crate) async fn list_clients(
        &self,
        ctx: &CallCtx,
        page: PageRequest,
    ) -> SeamResult<Page<Client>, IdentityError> {
        const SCOPE: &str = "identity.oauth_clients";
        let before = self.open_cursor(SCOPE, &page)?;
        let rows = oauth_clients::list(&mut self.db.read(ctx), before, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(SCOPE, &last.id)
        }))
    }

    fn made(&self, client_id: OauthClientId, secret: Option<&SecretToken>) -> Made {
        let uuid = client_id.uuid();
        let seal = |secret: &SecretToken| {
            let place = place(uuid.as_bytes());
            self.ring
                .seal(self.db.env(), place, secret.expose().as_bytes())
        };
        Made {
            client_id,
            sealed_secret: secret.map(seal),
        }
    }

    async fn show(&self, ctx: &CallCtx, made: &Made) -> SeamResult<ShownClient, IdentityError> {
        let uuid = made.client_id.uuid();
        let secret = made.sealed_secret.as_ref().map(|sealed| {
            let plain = self.ring.open(place(uuid.as_bytes()), sealed).ok()?;
            SecretToken::parse(std::str::from_utf8(&plain).ok()?)
        });
        if let Some(None) = secret {
            return Err(StoreError::inconsistent("idempotency: the secret of a client").into());
        }
        Ok(ShownClient {
            client: self.get_client(ctx, made.client_id).await?,
            secret: secret.flatten(),
        })
    }
}

async fn locked(
    tx: &mut Tx<'_>,
    id: OauthClientId,
    version: i64,
) -> SeamResult<Client, IdentityError> {
    match oauth_clients::lock(tx, id).await? {
        None => refuse(IdentityError::OauthClientNotFound),
        Some(client) if client.version != version => refuse(IdentityError::StaleVersion {
            current: client.version,
        }),
        Some(client) => Ok(client),
    }
}

/// What the audit log keeps of a client: all there is but the secret.
fn members(kind: ClientKind, wish: &ClientWish) -> Value {
    let grants: Vec<&str> = wish.grants.iter().map(|grant| grant.as_str()).collect();
    json!({
        "name": wish.name,
        "type": kind.as_str(),
        "redirect_uris": wish.redirect_uris,
        "grants": grants,
        "scopes": wish.scope.iter().collect::<Vec<_>>(),
    })
}

fn audit(
    action: &str,
    id: OauthClientId,
    before: Option<Value>,
    after: Option<Value>,
) -> AuditRecorded {
    AuditRecorded {
        action: action.to_owned(),
        target: id.to_string(),
        before,
        after,
    }
}

fn place(row: &[u8]) -> Place<'_> {
    Place {
        table: "idempotency",
        column: "outcome",
        row,
    }
}
