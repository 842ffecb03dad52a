//! Writes an event into the log.

use tenon_events::{HandlerError, Receipt};
use tenon_kernel::CallCtx;
use tenon_store::StoreError;

use super::EventLog;
use crate::domain::NewPublicEvent;
use crate::store::event_log;

impl EventLog {
    /// Adds what is told of an event, in the transaction that signs its receipt.
    #[tracing::instrument(name = "notifications.record_event", skip_all, fields(event.id = %receipt.envelope().id))]
    pub(crate) async fn record(
        &self,
        ctx: &mut CallCtx,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let envelope = receipt.envelope();
        let event_type = self.catalogue.find(&envelope.event_type);
        let told = event_type.and_then(|event_type| event_type.told(&envelope.data));
        let Some(told) = told else {
            return Err(HandlerError::Dead {
                reason: format!("{} is not a public event", envelope.dataschema),
            });
        };
        let event = NewPublicEvent {
            id: envelope.id,
            source: envelope.source.clone(),
            event_type: envelope.event_type.clone(),
            dataschema: envelope.dataschema.clone(),
            subject: envelope.subject.clone(),
            time: envelope.time,
            data: told.to_string(),
        };
        let planted = if tenon_chaos::is_planted("notifications.position-before-unit") {
            Some(self.give_position(ctx).await?)
        } else {
            None
        };
        let mut tx = receipt.begin(ctx, "notifications.record_event").await?;
        let position = match planted {
            Some(position) => position,
            None => event_log::next_position(&mut tx).await?,
        };
        let is_new = event_log::insert(&mut tx, position, &event).await?;
        tx.commit().await?;
        if is_new {
            self.announce(position);
        }
        Ok(())
    }

    /// The planted bug: readers see a position before its event.
    async fn give_position(&self, ctx: &mut CallCtx) -> Result<i64, StoreError> {
        let mut tx = self.db.begin(ctx, "notifications.give_position").await?;
        let position = event_log::next_position(&mut tx).await?;
        tx.commit().await?;
        Ok(position)
    }
}
