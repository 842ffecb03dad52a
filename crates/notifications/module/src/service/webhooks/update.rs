//! Changes a receiver.

use notifications_contract::{NotificationsError, WebhookEndpointDisabled, WebhookEndpointId};
use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{StoreError, Tx, retrying};

use super::create::members;
use super::{Webhooks, no_endpoint, wake};
use crate::domain::{EndpointPatch, WebhookEndpoint};
use crate::store::{webhook_deliveries, webhook_endpoints, webhook_places};

impl Webhooks {
    /// Changes a receiver if it is still at `version`; nothing to change leaves it as it is. Types count for what is not
    /// scheduled yet. One that is enabled goes on from where it stopped.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::WebhookEndpointNotFound`], [`NotificationsError::StaleVersion`],
    /// [`NotificationsError::InvalidRequest`].
    pub(crate) async fn update(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        version: i64,
        patch: EndpointPatch,
    ) -> SeamResult<WebhookEndpoint, NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.update_webhook_endpoint")
                .await?;
            let before = webhook_endpoints::lock(&mut tx, id)
                .await?
                .ok_or_else(no_endpoint)?;
            check_version(&before, version)?;
            let after = before.patched(patch.clone());
            if after == before {
                return Ok(before);
            }
            let url = (after.wish.url != before.wish.url)
                .then(|| self.url_problem(&after.wish.url))
                .flatten();
            after
                .wish
                .check(self.catalogue, url)
                .map_err(SeamError::Domain)?;
            let after = webhook_endpoints::update(&mut tx, &after).await?;
            follow(&mut tx, &before, &after).await?;
            tx.emit(&AuditRecorded {
                action: "webhook_endpoint.updated".to_owned(),
                target: id.to_string(),
                before: Some(audited(&before)),
                after: Some(audited(&after)),
            })
            .await?;
            tx.commit().await?;
            Ok::<_, SeamError<NotificationsError>>(after)
        })
        .await
    }
}

/// Does what follows from a change.
async fn follow(
    tx: &mut Tx<'_>,
    before: &WebhookEndpoint,
    after: &WebhookEndpoint,
) -> Result<(), StoreError> {
    if after.wish.event_types != before.wish.event_types {
        webhook_places::want_anew(tx, after.id).await?;
    }
    if after.wish.mode != before.wish.mode {
        webhook_deliveries::reorder(tx, after.id, after.wish.mode).await?;
    }
    if let (true, Some(reason)) = (before.is_enabled(), after.disabled_reason) {
        tx.emit(&WebhookEndpointDisabled {
            endpoint_id: after.id,
            reason,
            since: after.failing_since,
            last_error: after.last_error.clone(),
        })
        .await?;
    }
    wake(tx, after.id).await
}

pub(super) fn check_version(
    endpoint: &WebhookEndpoint,
    version: i64,
) -> SeamResult<(), NotificationsError> {
    let current = endpoint.version;
    if current == version {
        Ok(())
    } else {
        Err(SeamError::Domain(NotificationsError::StaleVersion {
            current,
        }))
    }
}

fn audited(endpoint: &WebhookEndpoint) -> Value {
    let mut audited = members(&endpoint.wish, endpoint.signature());
    audited["status"] = json!(endpoint.status);
    audited
}
