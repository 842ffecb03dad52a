//! Writes events into the log.

use async_trait::async_trait;
use tenon_events::{AfterCommit, Envelope, Keep};
use tenon_kernel::{CallCtx, Interface};
use tenon_store::{Db, StoreError, Tx};
use tokio::sync::watch;

use super::{EventLog, announce};
use crate::domain::NewPublicEvent;
use crate::service::webhooks::wake;
use crate::store::{event_log, webhook_endpoints};

#[async_trait]
impl Keep for EventLog {
    /// Adds what is told of each event, in the transaction that says how far the feed was read, and has it sent to whoever
    /// receives webhooks.
    async fn keep(&self, tx: &mut Tx<'_>, events: &[&Envelope]) -> Result<AfterCommit, StoreError> {
        let late = tenon_chaos::is_planted("notifications.position-before-unit");
        let (mut last, mut left) = (0, Vec::new());
        for event in events.iter().filter_map(|envelope| self.told(envelope)) {
            let position = event_log::next_position(tx).await?;
            if late {
                left.push((position, event));
            } else if event_log::insert(tx, position, &event).await? {
                last = position;
            }
        }
        if last > 0 {
            for endpoint in webhook_endpoints::list_enabled(tx).await? {
                wake(tx, endpoint).await?;
            }
        }
        let (head, db) = (self.head.clone(), self.db.clone());
        Ok(Box::new(move || {
            if left.is_empty() {
                announce(&head, last);
            } else {
                tokio::spawn(insert_late(db, head, left));
            }
        }))
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
            data: told?.to_string(),
        })
    }
}

/// The planted bug: readers see positions before their events.
async fn insert_late(db: Db, head: watch::Sender<i64>, events: Vec<(i64, NewPublicEvent)>) {
    let mut ctx = CallCtx::service(db.env(), Interface::Event, db.module());
    let inserted = async {
        let mut tx = db.begin(&mut ctx, "notifications.insert_late").await?;
        for (position, event) in &events {
            event_log::insert(&mut tx, *position, event).await?;
        }
        tx.commit().await
    };
    if inserted.await.is_ok() {
        announce(&head, events.last().map_or(0, |(position, _)| *position));
    }
}
