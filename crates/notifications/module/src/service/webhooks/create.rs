//! Adds a receiver.

use notifications_contract::{NotificationsError, WebhookEndpointId};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, Tx, retrying};

use super::{ShownEndpoint, Webhooks};
use crate::domain::{NewEndpoint, Secret, Signature, Wish};
use crate::store::webhook_endpoints::SealedSecret;
use crate::store::{event_log, webhook_endpoints};

pub(crate) const OPERATION: &str = "create_webhook_endpoint";

/// Most receivers: each event is looked at for each of them.
const MAX_ENDPOINTS: u32 = 100;
/// The number of a receiver's first secret.
const FIRST: i64 = 1;

impl Webhooks {
    /// Adds a receiver, which gets what happens from now on. A secret that both sides have is shown here, and to whoever repeats the request
    /// under its key.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidRequest`], [`NotificationsError::TooManyWebhookEndpoints`].
    pub(crate) async fn create(
        &self,
        ctx: &CallCtx,
        new: NewEndpoint,
    ) -> SeamResult<ShownEndpoint, NotificationsError> {
        new.wish
            .check(self.catalogue, self.url_problem(&new.wish.url))
            .map_err(SeamError::Domain)?;
        let id = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.create_webhook_endpoint")
                .await?;
            let claim = tx.claim_key::<WebhookEndpointId, NotificationsError>(OPERATION);
            if let Claim::Replay(outcome) = claim.await? {
                tx.rollback().await?;
                return outcome.map_err(SeamError::Domain);
            }
            let there = webhook_endpoints::count(&mut tx).await?;
            if there >= i64::from(MAX_ENDPOINTS) {
                let limit = MAX_ENDPOINTS;
                let refusal = NotificationsError::TooManyWebhookEndpoints { limit };
                return Err(SeamError::Domain(
                    tx.refuse::<WebhookEndpointId, _>(OPERATION, refusal)
                        .await?,
                ));
            }
            let id = self.insert(&mut tx, &new).await?;
            let outcome = Ok::<_, NotificationsError>(id);
            tx.commit_outcome(OPERATION, &outcome, Some(id.to_string()))
                .await?;
            Ok::<_, SeamError<NotificationsError>>(id)
        })
        .await?;
        self.show(ctx, id, FIRST).await
    }

    async fn insert(
        &self,
        tx: &mut Tx<'_>,
        new: &NewEndpoint,
    ) -> SeamResult<WebhookEndpointId, NotificationsError> {
        let endpoint_id: WebhookEndpointId = tx.env().new_id();
        let secret = Secret::generate(tx.env(), new.signature);
        let sealed = SealedSecret {
            secret: self.key.seal(tx.env(), endpoint_id, FIRST, &secret),
            public_key: secret.public_key(),
        };
        let head = event_log::head(tx).await?;
        webhook_endpoints::insert(tx, endpoint_id, &new.wish, sealed, head).await?;
        tx.emit(&AuditRecorded {
            action: "webhook_endpoint.created".to_owned(),
            target: endpoint_id.to_string(),
            before: None,
            after: Some(members(&new.wish, new.signature)),
        })
        .await?;
        Ok(endpoint_id)
    }
}

/// What the audit log keeps of a receiver. A URL may be a secret itself: of it, only where it leads.
pub(super) fn members(wish: &Wish, signature: Signature) -> serde_json::Value {
    json!({
        "host": host(&wish.url),
        "description": wish.description,
        "event_types": wish.event_types,
        "mode": wish.mode,
        "max_per_second": wish.max_per_second,
        "signature": signature,
    })
}

/// `hooks.example.com` of `https://hooks.example.com/T0/B0/x`.
fn host(url: &str) -> &str {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}
