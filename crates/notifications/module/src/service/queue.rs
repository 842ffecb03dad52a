//! Writes down what an event asks for: a mail to send, a note in someone's inbox.

use notifications_contract::MessageId;
use serde_json::Value;
use tenon_events::{HandlerError, Receipt};
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;

use super::Service;
use crate::domain::{NewMessage, NewNote, NoteText};
use crate::jobs::SendMessage;
use crate::store;

impl Service {
    /// Writes both in the transaction that signs the event's receipt. An event asks once: a second copy of it, under
    /// whatever receipt, changes nothing.
    pub(crate) async fn queue(
        &self,
        ctx: &mut CallCtx,
        receipt: Receipt,
        unit: &'static str,
        message: Option<NewMessage>,
        note: Option<NewNote>,
    ) -> Result<(), HandlerError> {
        let event_id = receipt.envelope().id;
        let mut tx = receipt.begin(ctx, unit).await?;
        if let Some(message) = message {
            let message_id: MessageId = tx.env().new_id();
            if store::messages::insert(&mut tx, message_id, event_id, &message).await? {
                let options = JobOptions {
                    run_at: None,
                    unique_key: Some(SendMessage::key(message_id)),
                };
                tx.enqueue(&SendMessage { message_id }, options).await?;
            }
        }
        if let Some(note) = note {
            store::inbox::insert(&mut tx, event_id, &note).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Words for someone's inbox.
    pub(crate) fn note_text(&self, name: &str, data: &Value) -> Result<NoteText, HandlerError> {
        self.renderer
            .note(name, data)
            .map_err(|error| HandlerError::Dead {
                reason: format!("{name}.note.txt: {error}"),
            })
    }
}
