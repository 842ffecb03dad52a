//! Which programs may act for the person who asks.

use identity_contract::{EndReason, IdentityError, OauthClientId, SessionRevoked, UserId};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamResult;
use tenon_seam::audit::AuditRecorded;
use tenon_store::retrying;

use crate::service::{Service, refuse, signed_in};
use crate::store::oauth_consents::{self, ConsentRow};
use crate::store::{oauth_clients, oauth_codes, sessions};

impl Service {
    /// Returns the consents of the person who asks, newest programs first.
    pub(crate) async fn list_consents(
        &self,
        ctx: &CallCtx,
        page: PageRequest,
    ) -> SeamResult<Page<ConsentRow>, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        let scope = format!("identity.consents?user={user}");
        let before = self.open_cursor(&scope, &page)?;
        let rows = oauth_consents::list(&mut self.db.read(ctx), user, before, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.client_id)
        }))
    }

    /// Takes a consent back; what the program has ends with it.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ConsentNotFound`].
    pub(crate) async fn withdraw_consent(
        &self,
        ctx: &CallCtx,
        client_id: OauthClientId,
    ) -> SeamResult<(), IdentityError> {
        let user_id = UserId::from_uuid(signed_in(ctx)?.user);
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.withdraw_consent").await?;
            // Locked, so that no code becomes a session meanwhile.
            oauth_clients::lock(&mut tx, client_id).await?;
            if !oauth_consents::delete(&mut tx, user_id, client_id).await? {
                return refuse(IdentityError::ConsentNotFound);
            }
            oauth_codes::forget(&mut tx, user_id, client_id).await?;
            let reason = EndReason::EndedByUser;
            let ended = sessions::end_of_client(&mut tx, client_id, Some(user_id), reason).await?;
            for (session_id, user_id) in ended {
                tx.emit(&SessionRevoked {
                    session_id,
                    user_id,
                    reason,
                })
                .await?;
            }
            tx.emit(&AuditRecorded {
                action: "consent.withdrawn".to_owned(),
                target: client_id.to_string(),
                before: None,
                after: None,
            })
            .await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}
