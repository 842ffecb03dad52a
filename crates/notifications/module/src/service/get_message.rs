//! Shows one message.

use notifications_contract::{Message, MessageId, NotificationsError};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::Service;
use crate::store;

impl Service {
    /// Returns a message as the log shows it.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::MessageNotFound`].
    pub(crate) async fn get_message(
        &self,
        ctx: &CallCtx,
        id: MessageId,
    ) -> SeamResult<Message, NotificationsError> {
        let found = store::messages::find(&mut self.db.read(ctx), id).await?;
        found.ok_or(SeamError::Domain(NotificationsError::MessageNotFound))
    }
}
