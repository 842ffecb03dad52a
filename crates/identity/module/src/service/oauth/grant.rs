//! Giving out a code.

use std::time::Duration;

use identity_contract::IdentityError;
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::authorize::Visit;
use super::{BrowserSession, Step};
use crate::domain::secret::SecretToken;
use crate::service::{Service, acting_as};
use crate::store::oauth_codes::CodeRow;
use crate::store::{oauth_clients, oauth_codes, oauth_consents};

/// How long a code can be exchanged (RFC 6749 §4.1.2 allows ten minutes; a browser needs a second).
const CODE_LIFE: Duration = Duration::from_mins(1);

impl Service {
    /// Gives out a code, and remembers what was agreed to.
    pub(super) async fn grant(
        &self,
        ctx: &CallCtx,
        visit: &Visit,
        session: &BrowserSession,
        agreed_now: bool,
    ) -> SeamResult<Step, IdentityError> {
        let (user_id, client_id) = (session.account.id, visit.client.id);
        let request = &visit.request;
        let code = SecretToken::generate(self.db.env());
        let granted = retrying(|| async {
            let mut ctx = acting_as(ctx, user_id, Some(session.id));
            let mut tx = self.db.begin(&mut ctx, "identity.authorize").await?;
            if oauth_clients::hold(&mut tx, client_id).await?.is_none() {
                return Ok::<_, SeamError<IdentityError>>(false); // deleted meanwhile
            }
            if agreed_now {
                let before = oauth_consents::find(&mut tx, user_id, client_id).await?;
                let scope = before.unwrap_or_default().union(&request.scope);
                oauth_consents::put(&mut tx, user_id, client_id, &scope).await?;
                tx.emit(&AuditRecorded {
                    action: "consent.granted".to_owned(),
                    target: client_id.to_string(),
                    before: None,
                    after: Some(json!({ "scope": request.scope.to_string() })),
                })
                .await?;
            }
            let row = CodeRow {
                client_id,
                user_id,
                redirect_uri: request.redirect_uri.clone(),
                scope: request.scope.to_string(),
                nonce: request.nonce.clone(),
                challenge: request.challenge.as_str().to_owned(),
                authenticated_at: session.signed_in_at,
                amr: session.amr.as_column().to_owned(),
                expires_at: tx.now() + CODE_LIFE,
                session_id: None,
            };
            oauth_codes::insert(&mut tx, &code.hash(), &row).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await?;
        if !granted {
            return Ok(Step::Stop(
                "The program that sent you here is not known to this server.",
            ));
        }
        Ok(self.answer(
            &request.redirect_uri,
            request.state.as_deref(),
            &[("code", code.expose())],
        ))
    }
}
