//! Writes down what an event asks for: a mail to send, a note in someone's inbox.

use notifications_contract::{Channel, DropReason, MessageId, Template, UserRef};
use serde_json::{Value, json};
use tenon_events::{EventId, HandlerError, Receipt};
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, Tx};

use super::Service;
use crate::domain::{
    ContactStatus, NewMessage, NewNote, NoteText, Place, Preferences, Recipient, Topic, TopicMode,
};
use crate::jobs::SendMessage;
use crate::store;
use crate::store::messages::Way;

impl Service {
    /// Writes both in the transaction that signs the event's receipt, as far as the reader wants them. An event asks once:
    /// a second copy of it, under whatever receipt, changes nothing.
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
        // Who buys with an account gets a note: it says whose choices count for a mail about an order.
        let user = note
            .as_ref()
            .map(|note| note.user)
            .or_else(|| message.as_ref().and_then(NewMessage::user));
        // Whoever was erased has no inbox any more, and no devices; what is left of their orders is told by mail.
        let is_erased = match user {
            Some(user) => store::erased_users::contains(&mut tx, user).await?,
            None => false,
        };
        let note = note.filter(|_| !is_erased);
        let preferences = match user {
            Some(user) => store::preferences::find(&mut tx, user).await?,
            None => None,
        };
        let preferences = preferences.unwrap_or_default();
        let template = message.as_ref().map(|message| message.template);
        let told = template.zip(note.clone());
        if let Some(message) = message {
            write_mail(&mut tx, event_id, &message, user, &preferences).await?;
        }
        if let Some(note) = note
            && preferences.mode(Topic::of_event(note.kind), Place::InApp) != TopicMode::Off
        {
            store::inbox::insert(&mut tx, event_id, &note).await?;
        }
        if let Some((template, note)) = told {
            self.write_texts(&mut tx, event_id, template, &note, &preferences)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Writes what a person's telephones and devices are sent: the words of the note. A place that was never asked for is
    /// not written down as dropped. In quiet hours it waits until they end.
    async fn write_texts(
        &self,
        tx: &mut Tx<'_>,
        event_id: EventId,
        template: Template,
        note: &NewNote,
        preferences: &Preferences,
    ) -> Result<(), StoreError> {
        let topic = Topic::of_template(template);
        let is_sent = |channel: Channel| {
            self.sender_of(channel).is_some()
                && Place::of_channel(channel)
                    .is_some_and(|place| preferences.mode(topic, place) != TopicMode::Off)
        };
        if ![Channel::Sms, Channel::Push].into_iter().any(is_sent) {
            return Ok(());
        }
        let send_after = preferences.quiet_until(tx.now());
        let data = json!({ "title": note.text.title, "body": note.text.body });
        for point in store::contact_points::list(tx, note.user).await? {
            let channel = point.kind.channel();
            if point.status != ContactStatus::Verified || !is_sent(channel) {
                continue;
            }
            let message = NewMessage {
                template,
                recipient: Recipient::ContactPoint(point.id),
                subject: note.subject.clone(),
                data: data.clone(),
                send_before: None,
            };
            let way = Way {
                channel,
                user: Some(note.user),
                dropped: None,
                send_after,
                is_scheduled: false,
            };
            let message_id: MessageId = tx.env().new_id();
            if store::messages::insert(tx, message_id, event_id, &message, way).await? {
                let options = JobOptions {
                    run_at: send_after,
                    unique_key: Some(SendMessage::key(message_id)),
                };
                tx.enqueue(&SendMessage { message_id }, options).await?;
            }
        }
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

/// Writes a mail, and the job that sends it. One that its reader does not want is written, too: the log says why nothing
/// was sent.
async fn write_mail(
    tx: &mut Tx<'_>,
    event_id: EventId,
    message: &NewMessage,
    user: Option<UserRef>,
    preferences: &Preferences,
) -> Result<(), StoreError> {
    let is_wanted =
        preferences.mode(Topic::of_template(message.template), Place::Email) != TopicMode::Off;
    let way = Way {
        dropped: (!is_wanted).then_some(DropReason::Preference),
        ..Way::mail(user)
    };
    let message_id: MessageId = tx.env().new_id();
    if store::messages::insert(tx, message_id, event_id, message, way).await? && is_wanted {
        let options = JobOptions {
            run_at: None,
            unique_key: Some(SendMessage::key(message_id)),
        };
        tx.enqueue(&SendMessage { message_id }, options).await?;
    }
    Ok(())
}
