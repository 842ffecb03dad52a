//! Exchanging a refresh token for the next one.

use identity_contract::{EndReason, IdentityError, SessionCompromised, SessionId, UserId};
use tenon_access::Authentication;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Env};
use tenon_seam::SeamResult;
use tenon_store::{StoreError, Tx, retrying};

use crate::domain::refresh::{Reuse, judge_reuse};
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::key_ring::{KeyRing, Place};
use crate::service::{Granted, Service, acting_as, refuse};
use crate::store::refresh_tokens::{Family, UsedToken};
use crate::store::sessions::LiveSession;
use crate::store::{refresh_tokens, sessions, users};

/// Where a family went.
pub(super) struct Step {
    pub(super) session_id: SessionId,
    pub(super) account: Account,
    pub(super) authentication: Authentication,
    pub(super) refresh_token: SecretToken,
}

impl Service {
    /// Replaces a refresh token and gives out a new access token.
    ///
    /// The immediately previous token gets the same successor again for a moment; anything older ends the session.
    pub(crate) async fn refresh(
        &self,
        ctx: &CallCtx,
        token: &str,
    ) -> SeamResult<Granted, IdentityError> {
        let Some(token) = SecretToken::parse(token) else {
            return refuse(IdentityError::InvalidRefreshToken);
        };
        let key = self.signing_key(ctx).await?;
        let step = retrying(|| self.step(ctx, &token, Family::FirstParty)).await?;
        let (access_token, access_expires_at) =
            self.access_token(&key, &step.account, step.session_id, &step.authentication)?;
        Ok(Granted {
            session_id: step.session_id,
            access_token,
            access_expires_at,
            refresh_token: step.refresh_token,
            device_token: None,
        })
    }

    /// Moves a family on by one token.
    pub(super) async fn step(
        &self,
        ctx: &CallCtx,
        token: &SecretToken,
        family: Family,
    ) -> SeamResult<Step, IdentityError> {
        let hash = token.hash();
        let next = SecretToken::generate(self.db.env());
        let sealed = seal(&self.ring, self.db.env(), &hash, &next);

        let mut tx_ctx = ctx.child();
        let mut tx = self.db.begin(&mut tx_ctx, "identity.refresh").await?;
        if let Some((session_id, generation)) =
            refresh_tokens::mark_used(&mut tx, &hash, &sealed, family).await?
        {
            let idle = self.settings.session_idle();
            let session = sessions::advance(&mut tx, session_id, generation, idle).await?;
            let Some((account, authentication)) = owner_of(&mut tx, session).await? else {
                return refuse(IdentityError::InvalidRefreshToken); // rolls back: the session is over
            };
            refresh_tokens::insert(&mut tx, &next.hash(), session_id, generation + 1).await?;
            tx.commit().await?;
            return Ok(Step {
                session_id,
                account,
                authentication,
                refresh_token: next,
            });
        }

        let Some(used) = refresh_tokens::find_used(&mut tx, &hash, family).await? else {
            return refuse(IdentityError::InvalidRefreshToken);
        };
        let now = tx.now();
        let Some(session) = sessions::find_live(&mut tx, used.session_id, now).await? else {
            return refuse(IdentityError::InvalidRefreshToken);
        };
        match judge_reuse(used.generation, session.generation, used.used_at, now) {
            Reuse::Replay => {
                let refresh_token = open(&self.ring, &hash, &used)?;
                let Some((account, authentication)) = owner_of(&mut tx, Some(session)).await?
                else {
                    return refuse(IdentityError::InvalidRefreshToken);
                };
                Ok(Step {
                    session_id: used.session_id,
                    account,
                    authentication,
                    refresh_token,
                })
            }
            Reuse::Theft { behind } => {
                drop(tx);
                self.end_compromised(ctx, used.session_id, session.user, behind)
                    .await?;
                refuse(IdentityError::InvalidRefreshToken)
            }
        }
    }

    async fn end_compromised(
        &self,
        ctx: &CallCtx,
        session_id: SessionId,
        user_id: UserId,
        generations_behind: i64,
    ) -> Result<(), StoreError> {
        let mut ctx = acting_as(ctx, user_id, Some(session_id));
        let mut tx = self.db.begin(&mut ctx, "identity.end_compromised").await?;
        if sessions::end(&mut tx, session_id, user_id, EndReason::Compromised).await? {
            tx.emit(&SessionCompromised {
                session_id,
                user_id,
                generations_behind,
            })
            .await?;
            tracing::warn!(session.id = %session_id, user.id = %user_id, generations_behind, "a used refresh token came back");
        }
        tx.commit().await
    }
}

/// Whose a live session is, and how they proved who they are; nobody if it is over or they are locked.
async fn owner_of(
    tx: &mut Tx<'_>,
    session: Option<LiveSession>,
) -> Result<Option<(Account, Authentication)>, StoreError> {
    let Some(session) = session else {
        return Ok(None);
    };
    let authentication = session.amr.shown_at(session.authenticated_at);
    let account = users::find(tx, session.user).await?;
    Ok(account
        .filter(|account| !account.is_locked())
        .map(|account| (account, authentication)))
}

fn seal(ring: &KeyRing, env: &Env, hash: &[u8], next: &SecretToken) -> Vec<u8> {
    ring.seal(env, place(hash), next.expose().as_bytes())
}

fn open(ring: &KeyRing, hash: &[u8], used: &UsedToken) -> SeamResult<SecretToken, IdentityError> {
    // Wiped already: the moment is over, although the clock of this instance is a little behind.
    let Some(sealed) = &used.successor else {
        return refuse(IdentityError::InvalidRefreshToken);
    };
    let opened = ring.open(place(hash), sealed).ok();
    let token = opened.and_then(|plain| SecretToken::parse(std::str::from_utf8(&plain).ok()?));
    token.ok_or_else(|| {
        let what = format!("refresh_tokens.successor of session {}", used.session_id);
        StoreError::Inconsistent { what }.into()
    })
}

fn place(hash: &[u8]) -> Place<'_> {
    Place {
        table: "refresh_tokens",
        column: "successor",
        row: hash,
    }
}
