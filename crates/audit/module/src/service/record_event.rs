//! Adds what events say to the chain.

use tenon_events::{Envelope, HandlerError, Receipt};
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, Tx};

use super::Service;
use crate::domain::{Draft, Head, Link, hash_of};
use crate::store;

impl Service {
    /// Writes an entry for each event. One that has an entry already gets no other.
    #[tracing::instrument(name = "audit.record_events", skip_all, fields(events = events.len()))]
    pub(crate) async fn record_events(
        &self,
        tx: &mut Tx<'_>,
        events: &[&Envelope],
    ) -> Result<(), StoreError> {
        let mut head = store::lock_head(tx).await?;
        for event in events {
            let draft = Draft::from_event(event, &self.masking);
            let facts = draft.at(head.seq + 1, tx.env().new_id(), tx.now());
            let link = Link {
                hash: hash_of(&head.hash, &facts),
                previous: head.hash,
                facts,
            };
            if store::insert_entry(tx, &link).await? {
                head = Head {
                    seq: link.facts.seq,
                    hash: link.hash,
                };
                store::move_head(tx, head).await?; // by one: the table refuses any other way
            }
        }
        Ok(())
    }

    /// Writes one entry, in the transaction that signs the event's receipt.
    pub(crate) async fn record_received(
        &self,
        ctx: &mut CallCtx,
        event: &Envelope,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let mut tx = receipt.begin(ctx, "audit.record_event").await?;
        self.record_events(&mut tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }
}
