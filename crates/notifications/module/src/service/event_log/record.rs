//! Writes events into the log.

use std::collections::HashSet;

use async_trait::async_trait;
use tenon_events::{AfterCommit, Envelope, Keep};
use tenon_kernel::{CallCtx, Interface};
use tenon_store::{Db, StoreError, Tx};
use tokio::sync::watch;

use super::{EventLog, announce};
use crate::domain::NewPublicEvent;
use crate::service::webhooks::wake_all;
use crate::store::event_log;

#[async_trait]
impl Keep for EventLog {
    /// Adds what is told of each event, in the transaction that says how far the feed was read, and has it sent to whoever
    /// receives webhooks.
    async fn keep(&self, tx: &mut Tx<'_>, events: &[&Envelope]) -> Result<AfterCommit, StoreError> {
        // A feed may give an event twice in one page.
        let mut ids = HashSet::new();
        let events: Vec<_> = events
            .iter()
            .filter(|envelope| ids.insert(envelope.id))
            .filter_map(|envelope| self.told(envelope))
            .collect();
        let added = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let end = event_log::move_end(tx, added).await?;
        let (head, db) = (self.head.clone(), self.db.clone());
        if tenon_chaos::is_planted("notifications.position-before-unit") {
            return Ok(Box::new(move || {
                tokio::spawn(insert_late(db, head, end - added, events));
            }));
        }
        let inserted = event_log::insert_after(tx, end - added, &events).await?;
        let known = added - i64::try_from(inserted).unwrap_or(added);
        // After a rewind: the end goes back by what is there already.
        let end = match known {
            0 => end,
            _ => event_log::move_end(tx, -known).await?,
        };
        if inserted > 0 {
            wake_all(tx).await?;
        }
        Ok(Box::new(move || announce(&head, end)))
    }
}

impl EventLog {
    /// What readers outside are told of an event.
    fn told(&self, envelope: &Envelope) -> Option<NewPublicEvent> {
        let event_type = self.catalogue.find(&envelope.event_type);
        let told = event_type.and_then(|event_type| event_type.told(&envelope.data));
        if told.is_none() {
            // Only public types are subscribed to, and their data are objects: contracts forbid another shape.
            tracing::error!(event.id = %envelope.id, dataschema = envelope.dataschema, "not a public event");
        }
        Some(NewPublicEvent {
            id: envelope.id,
            source: envelope.source.clone(),
            event_type: envelope.event_type.clone(),
            dataschema: envelope.dataschema.clone(),
            subject: envelope.subject.clone(),
            time: envelope.time,
            traceparent: envelope.traceparent.clone(),
            data: told?.to_string(),
        })
    }
}

/// The planted bug: readers see positions before their events.
async fn insert_late(db: Db, head: watch::Sender<i64>, position: i64, events: Vec<NewPublicEvent>) {
    let mut ctx = CallCtx::service(db.env(), Interface::Event, db.module());
    let inserted = async {
        let mut tx = db.begin(&mut ctx, "notifications.insert_late").await?;
        let inserted = event_log::insert_after(&mut tx, position, &events).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(inserted)
    };
    if let Ok(inserted) = inserted.await {
        announce(&head, position + i64::try_from(inserted).unwrap_or(0));
    }
}
