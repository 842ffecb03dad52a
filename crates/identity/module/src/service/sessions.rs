//! The sessions of the person who is signed in.

use identity_contract::{EndReason, IdentityError, SessionId, SessionRevoked, UserId};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamResult;
use tenon_store::{StoreError, Tx, retrying};

use crate::service::{MAX_SESSIONS, Service, refuse, signed_in};
use crate::store::sessions::{self, SessionRow};

impl Service {
    /// Ends the session that asks; ending it twice is no error.
    pub(crate) async fn sign_out(&self, ctx: &CallCtx) -> SeamResult<(), IdentityError> {
        let principal = signed_in(ctx)?;
        let session = SessionId::from_uuid(principal.session);
        self.end_own(
            ctx,
            session,
            UserId::from_uuid(principal.user),
            EndReason::SignedOut,
        )
        .await?;
        Ok(())
    }

    /// Ends another session of the same person.
    ///
    /// # Errors
    ///
    /// [`IdentityError::SessionNotFound`] if it is over or someone else's.
    pub(crate) async fn end_session(
        &self,
        ctx: &CallCtx,
        session: SessionId,
    ) -> SeamResult<(), IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        if self
            .end_own(ctx, session, user, EndReason::EndedByUser)
            .await?
        {
            Ok(())
        } else {
            refuse(IdentityError::SessionNotFound)
        }
    }

    /// Returns the live sessions of the person who asks, newest first.
    pub(crate) async fn list_sessions(
        &self,
        ctx: &CallCtx,
        page: PageRequest,
    ) -> SeamResult<Page<SessionRow>, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        let scope = format!("identity.sessions?user={user}");
        let before = self.open_cursor(&scope, &page)?;
        let now = self.db.env().now();
        let rows =
            sessions::list_live(&mut self.db.read(ctx), user, before, now, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }

    async fn end_own(
        &self,
        ctx: &CallCtx,
        session_id: SessionId,
        user_id: UserId,
        reason: EndReason,
    ) -> SeamResult<bool, IdentityError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.end_session").await?;
            let ended = sessions::end(&mut tx, session_id, user_id, reason).await?;
            if ended {
                tx.emit(&SessionRevoked {
                    session_id,
                    user_id,
                    reason,
                })
                .await?;
            }
            tx.commit().await?;
            Ok(ended)
        })
        .await
    }

    /// Reads the position that a page starts after.
    pub(super) fn open_cursor<P: for<'de> serde::Deserialize<'de>>(
        &self,
        scope: &str,
        page: &PageRequest,
    ) -> SeamResult<Option<P>, IdentityError> {
        match &page.cursor {
            None => Ok(None),
            Some(cursor) => match self.cursor_key.open(scope, cursor) {
                Ok(position) => Ok(Some(position)),
                Err(_) => refuse(IdentityError::InvalidCursor),
            },
        }
    }
}

/// Ends the oldest sessions of a user beyond those that they may have, and says so.
pub(super) async fn end_oldest(tx: &mut Tx<'_>, user_id: UserId) -> Result<(), StoreError> {
    let reason = EndReason::TooManySessions;
    for session_id in sessions::end_oldest(tx, user_id, MAX_SESSIONS, reason).await? {
        tx.emit(&SessionRevoked {
            session_id,
            user_id,
            reason,
        })
        .await?;
    }
    Ok(())
}

/// Ends all sessions of a user but one, and says so.
pub(super) async fn end_all(
    tx: &mut Tx<'_>,
    user_id: UserId,
    except: Option<SessionId>,
    reason: EndReason,
) -> Result<(), StoreError> {
    for session_id in sessions::end_all(tx, user_id, except, reason).await? {
        tx.emit(&SessionRevoked {
            session_id,
            user_id,
            reason,
        })
        .await?;
    }
    Ok(())
}
