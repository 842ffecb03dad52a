//! Returns one event of the log.

use notifications_contract::NotificationsError;
use tenon_events::EventId;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::EventLog;
use crate::domain::PublicEvent;
use crate::store::event_log;

impl EventLog {
    /// Returns an event.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::EventNotFound`].
    pub(crate) async fn get(
        &self,
        ctx: &CallCtx,
        id: EventId,
    ) -> SeamResult<PublicEvent, NotificationsError> {
        let event = event_log::find(&mut self.db.read(ctx), id).await?;
        event.ok_or(SeamError::Domain(NotificationsError::EventNotFound))
    }
}
