//! Webhooks: receivers, and what is sent to them.
//!
//! For each receiver one job does everything: it reads the log on from the receiver's place and writes down deliveries,
//! sends what is due, and writes down what came of it. Jobs of one key never run at the same time, so no two workers send
//! to one receiver, whatever happens to the process.

mod attempt;
mod create;
mod delete;
mod deliver;
mod deliveries;
mod health;
mod purge;
mod replay;
mod retry;
mod rotate_secret;
mod schedule;
mod test_event;
mod update;

use std::sync::Arc;
use std::time::Duration;

use notifications_contract::{NotificationsError, WebhookEndpointId};
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::{CallCtx, CursorKey};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Db, StoreError, Tx};

use super::EventLog;
use crate::domain::{Catalogue, WebhookEndpoint, WebhookKey};
use crate::jobs::DeliverWebhooks;
use crate::settings::WebhookSettings;
use crate::store::webhook_endpoints;
use crate::webhook_sender::WebhookSender;

pub(crate) use self::create::OPERATION as CREATE;
pub(crate) use self::deliveries::ListDeliveries;
pub(crate) use self::replay::{OPERATION as REPLAY, Stretch};
pub(crate) use self::rotate_secret::OPERATION as ROTATE;
pub(crate) use self::test_event::OPERATION as TEST;

/// What the use cases of webhooks share.
pub(crate) struct Webhooks {
    db: Db,
    log: Arc<EventLog>,
    catalogue: &'static Catalogue,
    cursor_key: CursorKey,
    key: WebhookKey,
    sender: Arc<dyn WebhookSender>,
    /// Most calls at once to one receiver.
    max_in_flight: usize,
    /// How long deliveries that are over are kept.
    retention: Duration,
}

/// A receiver, with its secret where that may be shown.
#[derive(Debug)]
pub(crate) struct ShownEndpoint {
    pub(crate) endpoint: WebhookEndpoint,
    pub(crate) secret: Option<String>,
}

impl Webhooks {
    pub(crate) fn new(
        db: Db,
        log: Arc<EventLog>,
        cursor_key: CursorKey,
        key: WebhookKey,
        sender: Arc<dyn WebhookSender>,
        settings: &WebhookSettings,
    ) -> Self {
        Self {
            db,
            log,
            catalogue: Catalogue::get(),
            cursor_key,
            key,
            sender,
            max_in_flight: settings.max_in_flight,
            retention: settings.retention(),
        }
    }

    /// Lists all receivers, oldest first.
    pub(crate) async fn list(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<Vec<WebhookEndpoint>, NotificationsError> {
        Ok(webhook_endpoints::list(&mut self.db.read(ctx)).await?)
    }

    /// Returns a receiver.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::WebhookEndpointNotFound`].
    pub(crate) async fn get(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
    ) -> SeamResult<WebhookEndpoint, NotificationsError> {
        let found = webhook_endpoints::find(&mut self.db.read(ctx), id).await?;
        found.ok_or_else(no_endpoint)
    }

    /// Returns a receiver with the secret of this number, as long as that is the one that signs.
    async fn show(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        number: i64,
    ) -> SeamResult<ShownEndpoint, NotificationsError> {
        let endpoint = self.get(ctx, id).await?;
        let sealed = webhook_endpoints::find_secrets(&mut self.db.read(ctx), id).await?;
        let secret = sealed
            .filter(|sealed| sealed.secret_number == number)
            .and_then(|sealed| self.key.open(sealed.place(id), &sealed.secret))
            .and_then(|secret| secret.reveal());
        Ok(ShownEndpoint { endpoint, secret })
    }

    /// What a URL breaks, in words.
    fn url_problem(&self, url: &str) -> Option<String> {
        self.sender.check(url).err().map(|error| error.to_string())
    }
}

/// Has a receiver's job run when the unit commits.
async fn wake(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(), StoreError> {
    let options = JobOptions {
        run_at: None,
        unique_key: Some(DeliverWebhooks::key(id)),
    };
    tx.enqueue(&DeliverWebhooks { endpoint_id: id }, options)
        .await
        .map(drop)
}

/// Has the jobs of all receivers that take anything run when the unit commits.
pub(crate) async fn wake_all(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for id in webhook_endpoints::list_enabled(tx).await? {
        wake(tx, id).await?;
    }
    Ok(())
}

fn no_endpoint() -> SeamError<NotificationsError> {
    SeamError::Domain(NotificationsError::WebhookEndpointNotFound)
}

fn no_delivery() -> SeamError<NotificationsError> {
    SeamError::Domain(NotificationsError::WebhookDeliveryNotFound)
}
