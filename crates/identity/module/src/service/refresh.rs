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
    pub(super) is_enrolling: bool,
    pub(super) refresh_token: SecretToken,
}

/// Whose a live session is, and how they proved who they are.
struct Owner {
    account: Account,
    authentication: Authentication,
    is_enrolling: bool,
}

impl Owner {
    fn step(self, session_id: SessionId, refresh_token: SecretToken) -> Step {
        Step {
            session_id,
            account: self.account,
            authentication: self.authentication,
            is_enrolling: self.is_enrolling,
            refresh_token,
        }
    }
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
        let (access_token, access_expires_at) = self.access_token(
            &key,
            &step.account,
            step.session_id,
            &step.authentication,
            step.is_enrolling,
        )?;
        Ok(Granted {
            session_id: step.session_id,
            access_token,
            access_expires_at,
            refresh_token: step.refresh_token,
            is_enrolling: step.is_enrolling,
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
            let Some(owner) = self.owner_of(&mut tx, session, family).await? else {
                return refuse(IdentityError::InvalidRefreshToken); // rolls back: the session is over
            };
            refresh_tokens::insert(&mut tx, &next.hash(), session_id, generation + 1).await?;
            tx.commit().await?;
            return Ok(owner.step(session_id, next));
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
                let Some(owner) = self.owner_of(&mut tx, Some(session), family).await? else {
                    return refuse(IdentityError::InvalidRefreshToken);
                };
                Ok(owner.step(used.session_id, refresh_token))
            }
            Reuse::Theft { behind } => {
                drop(tx);
                self.end_compromised(ctx, used.session_id, session.user, behind)
                    .await?;
                refuse(IdentityError::InvalidRefreshToken)
            }
        }
    }

    /// Whose a live session is; nobody if it is over or they are locked. A program does not act for somebody who has to add a
    /// second factor: it cannot add one.
    async fn owner_of(
        &self,
        tx: &mut Tx<'_>,
        session: Option<LiveSession>,
        family: Family,
    ) -> Result<Option<Owner>, StoreError> {
        let Some(session) = session else {
            return Ok(None);
        };
        let account = users::find(tx, session.user).await?;
        let Some(account) = account.filter(|account| !account.is_locked()) else {
            return Ok(None);
        };
        let is_enrolling = self.is_enrolling(tx, &account, session.amr).await?;
        if is_enrolling && family != Family::FirstParty {
            tracing::info!(user.id = %account.id, "a program was refused: its person has to add a second factor");
            return Ok(None);
        }
        Ok(Some(Owner {
            account,
            authentication: session.amr.shown_at(session.authenticated_at),
            is_enrolling,
        }))
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
