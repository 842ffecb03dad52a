//! Adds what an event says to the chain.

use tenon_events::{Envelope, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::Service;
use crate::domain::{Draft, Head, Link, hash_of};
use crate::store;

impl Service {
    /// Writes one entry for an event, in the transaction that signs its receipt.
    #[tracing::instrument(name = "audit.record_event", skip_all, fields(event.id = %event.id))]
    pub(crate) async fn record_event(
        &self,
        ctx: &mut CallCtx,
        event: &Envelope,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let draft = Draft::from_event(event, &self.masking);
        let mut tx = receipt.begin(ctx, "audit.record_event").await?;
        let head = store::lock_head(&mut tx).await?;
        let facts = draft.at(head.seq + 1, tx.env().new_id(), tx.now());
        let link = Link {
            hash: hash_of(&head.hash, &facts),
            previous: head.hash,
            facts,
        };
        if store::insert_entry(&mut tx, &link).await? {
            store::move_head(
                &mut tx,
                Head {
                    seq: link.facts.seq,
                    hash: link.hash,
                },
            )
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
