//! Sends one message, at least once.

use notifications_contract::{
    DropReason, MessageBounced, MessageId, MessageSent, MessageStatus, Template,
};
use orders_contract::Order;
use serde_json::Value;
use tenon_events::Emit as _;
use tenon_jobs::JobError;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use super::look_up::Reader;
use crate::domain::{
    Context, Item, NewNote, NoteText, Outcome, Place, Rendered, SendableMessage, Topic, TopicMode,
    Unsubscription, after_attempt,
};
use crate::mail::Mail;
use crate::store;

/// How the beginning of an attempt went.
enum Start {
    /// The row says that one is running.
    Begun,
    /// Another worker finished the message meanwhile.
    Closed,
    /// Nothing is sent to the address: the message is closed.
    Suppressed,
}

impl Service {
    /// Makes one attempt; `is_last` says that no further one will follow by itself.
    ///
    /// The row says `sending` before the server is asked and what came of it afterwards, in two transactions of their
    /// own: whatever dies in between, the next attempt knows that this one may have succeeded.
    pub(crate) async fn send_message(
        &self,
        ctx: &CallCtx,
        id: MessageId,
        is_last: bool,
    ) -> Result<(), JobError> {
        let Some(message) = store::messages::find_sendable(&mut self.db.read(ctx), id).await?
        else {
            return Err(JobError::Dead {
                reason: format!("there is no message {id}"),
            });
        };
        if !message.is_open() {
            return Ok(());
        }
        let now = self.db.env().now();
        if message.send_before.is_some_and(|limit| limit <= now) {
            return Ok(self
                .drop_message(ctx, &message, DropReason::Obsolete)
                .await?);
        }
        if self.is_unwanted(ctx, &message).await? {
            return Ok(self
                .drop_message(ctx, &message, DropReason::Preference)
                .await?);
        }
        let reader = match self.look_up(ctx, message.recipient).await {
            Ok(Some(reader)) => reader,
            Ok(None) => {
                return Ok(self
                    .drop_message(ctx, &message, DropReason::Obsolete)
                    .await?);
            }
            Err(fault) => return self.not_looked_up(ctx, &message, is_last, fault).await,
        };
        let recipient_hash = self.recipient_key.hash(&reader.address);
        let unsubscribe = self.unsubscribe_link(&message);
        let text = match self.render(&message, &reader, unsubscribe.as_deref()) {
            Ok(text) => text,
            Err(error) => return self.not_rendered(ctx, &message, &error).await,
        };
        let mail = Mail {
            id,
            date: message.created_at,
            to: reader.address,
            to_name: reader.name,
            subject: text.subject,
            text: text.text,
            html: text.html,
            unsubscribe,
        };

        let undelivered = self.undelivered(&message, &mail.subject)?;
        match self
            .start_attempt(ctx, &message, &recipient_hash, undelivered.as_ref())
            .await?
        {
            Start::Begun => {}
            Start::Closed | Start::Suppressed => return Ok(()),
        }
        let result = self.mailer.send(&mail).await;
        let outcome = after_attempt(result, is_last);
        let undelivered = undelivered.filter(|_| outcome.suppresses);
        self.finish_attempt(
            ctx,
            &message,
            Some(&recipient_hash),
            &outcome,
            undelivered.as_ref(),
        )
        .await?;
        match result {
            Err(error) if outcome.again => Err(JobError::Retry(Box::new(error))),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether the reader has switched such messages off since this one was asked for.
    async fn is_unwanted(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
    ) -> Result<bool, StoreError> {
        let topic = Topic::of_template(message.template);
        let place = Place::of_channel(message.channel).filter(|place| topic.can_be_off(*place));
        let (Some(user), Some(place)) = (message.user, place) else {
            return Ok(false);
        };
        let found = store::preferences::find(&mut self.db.read(ctx), user).await?;
        Ok(found.unwrap_or_default().mode(topic, place) == TopicMode::Off)
    }

    /// Where the reader stops such mails, if they have an account and may stop them.
    fn unsubscribe_link(&self, message: &SendableMessage) -> Option<String> {
        let topic = Topic::of_template(message.template);
        let user = message.user.filter(|_| topic.can_be_off(Place::Email))?;
        let token = self.unsubscribe_key.token(Unsubscription { user, topic });
        Some(self.links.unsubscribe(&token))
    }

    /// What stands in the inbox of someone whose address takes no mail any more, where it matters: in matters of
    /// security.
    fn undelivered(
        &self,
        message: &SendableMessage,
        title: &str,
    ) -> Result<Option<NewNote>, JobError> {
        let Some(user) = message.user else {
            return Ok(None);
        };
        if Topic::of_template(message.template) != Topic::Security {
            return Ok(None);
        }
        let data = serde_json::json!({ "title": title });
        let text: NoteText =
            self.renderer
                .note("undelivered", &data)
                .map_err(|error| JobError::Dead {
                    reason: format!("undelivered.note.txt: {error}"),
                })?;
        Ok(Some(NewNote {
            user,
            kind: "message.undelivered",
            subject: message.subject.clone(),
            text,
        }))
    }

    fn render(
        &self,
        message: &SendableMessage,
        reader: &Reader,
        unsubscribe: Option<&str>,
    ) -> Result<Rendered, minijinja::Error> {
        let link = match (&reader.challenge, &reader.order) {
            (Some(challenge), _) => {
                self.links
                    .challenge(message.template, challenge.id, &challenge.token)
            }
            (None, Some(order)) => self.links.order(order.order_id),
            (None, None) => self.links.sessions().to_owned(),
        };
        let items = match (&reader.order, message.template) {
            (Some(order), Template::OrderShipped) => items(order, &message.data),
            _ => Vec::new(),
        };
        let challenge = reader.challenge.as_ref();
        let now = self.db.env().now();
        let context = Context {
            shop_name: &self.shop_name,
            shop_url: &self.shop_url,
            name: reader.name.as_deref(),
            link: Some(&link),
            token: challenge.map(|challenge| challenge.token.as_str()),
            minutes: challenge
                .map(|challenge| challenge.expires_at.since(now).as_secs().div_ceil(60)),
            items: &items,
            data: &message.data,
            unsubscribe,
        };
        self.renderer.mail(message.template, &context)
    }

    /// Says that an attempt begins, unless nothing is sent to the address: then the message is closed, and its reader finds
    /// in the inbox what they should know.
    async fn start_attempt(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
        recipient_hash: &str,
        undelivered: Option<&NewNote>,
    ) -> Result<Start, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.start_attempt")
                .await?;
            let id = message.id;
            if store::suppressions::covers(&mut tx, message.channel, recipient_hash).await? {
                let reason = DropReason::Suppressed;
                if store::messages::drop_message(&mut tx, id, reason, Some(recipient_hash)).await?
                    && let Some(note) = undelivered
                {
                    store::inbox::insert(&mut tx, message.event_id, note).await?;
                }
                tx.commit().await?;
                return Ok(Start::Suppressed);
            }
            let started = store::messages::start_attempt(&mut tx, id, recipient_hash).await?;
            tx.commit().await?;
            Ok(if started { Start::Begun } else { Start::Closed })
        })
        .await
    }

    /// Writes down what came of an attempt, and says so to others.
    async fn finish_attempt(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
        recipient_hash: Option<&str>,
        outcome: &Outcome,
        undelivered: Option<&NewNote>,
    ) -> Result<(), StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.finish_attempt")
                .await?;
            if store::messages::finish_attempt(&mut tx, message.id, outcome).await? {
                if let (MessageStatus::Sent, Some(recipient_hash)) =
                    (outcome.status, recipient_hash)
                {
                    tx.emit(&sent(message, recipient_hash)).await?;
                }
                if let (true, Some(recipient_hash)) = (outcome.suppresses, recipient_hash) {
                    let error = outcome.last_error.as_deref().unwrap_or_default();
                    store::suppressions::insert(
                        &mut tx,
                        message.channel,
                        recipient_hash,
                        message.id,
                        error,
                    )
                    .await?;
                }
                if let Some(note) = undelivered {
                    store::inbox::insert(&mut tx, message.event_id, note).await?;
                }
                if let Some(reason) = outcome.bounced {
                    let event = MessageBounced {
                        message_id: message.id,
                        channel: message.channel,
                        template: message.template,
                        about: message.subject.clone(),
                        recipient_hash: recipient_hash.map(str::to_owned),
                        reason,
                    };
                    tx.emit(&event).await?;
                }
            }
            tx.commit().await
        })
        .await
    }

    /// The owner of the address did not answer: as if the mail server had not.
    async fn not_looked_up(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
        is_last: bool,
        fault: tenon_seam::SeamFault,
    ) -> Result<(), JobError> {
        if is_last {
            let outcome = after_attempt(Err(crate::mail::MailError::Unavailable), true);
            self.finish_attempt(ctx, message, None, &outcome, None)
                .await?;
        }
        Err(JobError::Retry(Box::new(fault)))
    }

    /// The template lacks something: no attempt will help until the program is mended.
    async fn not_rendered(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
        error: &minijinja::Error,
    ) -> Result<(), JobError> {
        self.finish_attempt(ctx, message, None, &Outcome::not_rendered(), None)
            .await?;
        Err(JobError::Dead {
            reason: format!("the template {:?} failed: {error}", message.template),
        })
    }

    /// Closes a message that will not be sent.
    async fn drop_message(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
        reason: DropReason,
    ) -> Result<(), StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.drop_message")
                .await?;
            store::messages::drop_message(&mut tx, message.id, reason, None).await?;
            tx.commit().await
        })
        .await
    }
}

fn sent(message: &SendableMessage, recipient_hash: &str) -> MessageSent {
    MessageSent {
        message_id: message.id,
        channel: message.channel,
        template: message.template,
        about: message.subject.clone(),
        recipient_hash: recipient_hash.to_owned(),
    }
}

/// What is in the parcel, in words: the event names lines, the order knows their titles.
fn items(order: &Order, data: &Value) -> Vec<Item> {
    let lines = data["lines"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    lines
        .iter()
        .filter_map(|shipped| {
            let line_id = shipped["line_id"].as_str()?;
            let line = order
                .lines
                .iter()
                .find(|line| line.line_id.to_string() == line_id)?;
            Some(Item {
                title: line.title.clone(),
                quantity: shipped["quantity"].as_i64()?,
            })
        })
        .collect()
}
