//! Shows what is on its way, and what became of it.

use notifications_contract::{NotificationsError, WebhookDeliveryId};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::{SeamError, SeamResult};

use super::{Webhooks, no_delivery};
use crate::domain::WebhookDelivery;
use crate::store::webhook_deliveries::{self, DeliveryFilter};

/// Which part of the list.
#[derive(Debug)]
pub(crate) struct ListDeliveries {
    pub(crate) filter: DeliveryFilter,
    pub(crate) page: PageRequest,
}

impl Webhooks {
    /// Lists deliveries, latest first.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidCursor`] for a cursor of another list or filter.
    pub(crate) async fn list_deliveries(
        &self,
        ctx: &CallCtx,
        req: ListDeliveries,
    ) -> SeamResult<Page<WebhookDelivery>, NotificationsError> {
        let ListDeliveries { filter, page } = req;
        let text = serde_json::to_string(&filter).expect("a filter is plain data");
        let scope = format!("notifications.webhook_deliveries?{text}");
        let before = page
            .cursor
            .as_ref()
            .map(|cursor| self.cursor_key.open::<WebhookDeliveryId>(&scope, cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(NotificationsError::InvalidCursor))?;
        let mut db = self.db.read(ctx);
        let rows = webhook_deliveries::list(&mut db, &filter, before, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }

    /// Returns a delivery.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::WebhookDeliveryNotFound`].
    pub(crate) async fn get_delivery(
        &self,
        ctx: &CallCtx,
        id: WebhookDeliveryId,
    ) -> SeamResult<WebhookDelivery, NotificationsError> {
        let found = webhook_deliveries::find(&mut self.db.read(ctx), id).await?;
        found.ok_or_else(no_delivery)
    }
}
