//! Gives a receiver a new secret or key pair; the one before goes on signing beside it for a day.

use std::time::Duration;

use notifications_contract::{NotificationsError, WebhookEndpointId};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, Tx, retrying};

use super::{ShownEndpoint, Webhooks, no_endpoint};
use crate::domain::{Secret, Signature};
use crate::store::webhook_endpoints::{self, SealedSecret};

pub(crate) const OPERATION: &str = "rotate_webhook_secret";

/// How long the secret before goes on.
const OVERLAP: Duration = Duration::from_hours(24);

impl Webhooks {
    /// Makes a new secret, of the same kind unless another is wanted. One that is older than the one before is of no use from now on.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::WebhookEndpointNotFound`].
    pub(crate) async fn rotate_secret(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        signature: Option<Signature>,
    ) -> SeamResult<ShownEndpoint, NotificationsError> {
        let number = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.rotate_webhook_secret")
                .await?;
            if let Claim::Replay(outcome) =
                tx.claim_key::<i64, NotificationsError>(OPERATION).await?
            {
                tx.rollback().await?;
                return outcome.map_err(SeamError::Domain);
            }
            let Some(endpoint) = webhook_endpoints::lock(&mut tx, id).await? else {
                let refusal = NotificationsError::WebhookEndpointNotFound;
                tx.refuse::<i64, _>(OPERATION, refusal).await?;
                return Err(no_endpoint());
            };
            let number = endpoint.secret_number + 1;
            let signature = signature.unwrap_or_else(|| endpoint.signature());
            self.put(&mut tx, id, number, signature).await?;
            let outcome = Ok::<_, NotificationsError>(number);
            tx.commit_outcome(OPERATION, &outcome, Some(id.to_string()))
                .await?;
            Ok::<_, SeamError<NotificationsError>>(number)
        })
        .await?;
        self.show(ctx, id, number).await
    }

    async fn put(
        &self,
        tx: &mut Tx<'_>,
        endpoint_id: WebhookEndpointId,
        number: i64,
        signature: Signature,
    ) -> SeamResult<(), NotificationsError> {
        let secret = Secret::generate(tx.env(), signature);
        let sealed = SealedSecret {
            secret: self.key.seal(tx.env(), endpoint_id, number, &secret),
            public_key: secret.public_key(),
        };
        let previous_until = tx.now() + OVERLAP;
        webhook_endpoints::rotate(tx, endpoint_id, sealed, previous_until).await?;
        tx.emit(&AuditRecorded {
            action: "webhook_endpoint.secret_rotated".to_owned(),
            target: endpoint_id.to_string(),
            before: None,
            after: Some(json!({
                "previous_until": previous_until,
                "signature": signature,
                "public_key": secret.public_key().map(|key| key.to_string()),
            })),
        })
        .await?;
        Ok(())
    }
}
