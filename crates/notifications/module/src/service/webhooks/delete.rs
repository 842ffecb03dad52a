//! Removes a receiver.

use notifications_contract::{NotificationsError, WebhookEndpointId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::create::members;
use super::update::check_version;
use super::{Webhooks, no_endpoint};
use crate::store::webhook_endpoints;

impl Webhooks {
    /// Removes a receiver if it is still at `version`. Its secrets are gone at once, its deliveries soon.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::WebhookEndpointNotFound`], [`NotificationsError::StaleVersion`].
    pub(crate) async fn delete(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        version: i64,
    ) -> SeamResult<(), NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.delete_webhook_endpoint")
                .await?;
            let endpoint = webhook_endpoints::lock(&mut tx, id)
                .await?
                .ok_or_else(no_endpoint)?;
            check_version(&endpoint, version)?;
            webhook_endpoints::delete(&mut tx, id).await?;
            tx.emit(&AuditRecorded {
                action: "webhook_endpoint.deleted".to_owned(),
                target: id.to_string(),
                before: Some(members(&endpoint.wish, endpoint.signature())),
                after: None,
            })
            .await?;
            tx.commit().await?;
            Ok::<_, SeamError<NotificationsError>>(())
        })
        .await
    }
}
