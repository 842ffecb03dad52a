//! Sends one message, at least once.

use notifications_contract::{
    Channel, MessageBounced, MessageId, MessageSent, MessageStatus, Template,
};
use orders_contract::Order;
use serde_json::Value;
use tenon_events::Emit as _;
use tenon_jobs::JobError;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use super::look_up::Reader;
use crate::domain::{Context, Item, Outcome, Rendered, SendableMessage, after_attempt};
use crate::mail::Mail;
use crate::store;

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
            return Ok(self.drop_message(ctx, &message).await?);
        }
        let reader = match self.look_up(ctx, message.recipient).await {
            Ok(Some(reader)) => reader,
            Ok(None) => return Ok(self.drop_message(ctx, &message).await?),
            Err(fault) => return self.not_looked_up(ctx, &message, is_last, fault).await,
        };
        let recipient_hash = self.recipient_key.hash(&reader.address);
        let text = match self.render(&message, &reader) {
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
        };

        if !self.start_attempt(ctx, id, &recipient_hash).await? {
            return Ok(()); // finished by another worker meanwhile
        }
        let result = self.mailer.send(&mail).await;
        let outcome = after_attempt(result, is_last);
        self.finish_attempt(ctx, &message, Some(&recipient_hash), &outcome)
            .await?;
        match result {
            Err(error) if outcome.again => Err(JobError::Retry(Box::new(error))),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn render(
        &self,
        message: &SendableMessage,
        reader: &Reader,
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
        };
        self.renderer.mail(message.template, &context)
    }

    /// Says that an attempt begins; `false` if there is nothing to attempt any more.
    async fn start_attempt(
        &self,
        ctx: &CallCtx,
        id: MessageId,
        recipient_hash: &str,
    ) -> Result<bool, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.start_attempt")
                .await?;
            let started = store::messages::start_attempt(&mut tx, id, recipient_hash).await?;
            tx.commit().await?;
            Ok(started)
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
                if let Some(reason) = outcome.bounced {
                    let event = MessageBounced {
                        message_id: message.id,
                        channel: Channel::Email,
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
            self.finish_attempt(ctx, message, None, &outcome).await?;
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
        self.finish_attempt(ctx, message, None, &Outcome::not_rendered())
            .await?;
        Err(JobError::Dead {
            reason: format!("the template {:?} failed: {error}", message.template),
        })
    }

    /// Closes a message that is of no use any more.
    async fn drop_message(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
    ) -> Result<(), StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.drop_message")
                .await?;
            store::messages::drop_message(&mut tx, message.id).await?;
            tx.commit().await
        })
        .await
    }
}

fn sent(message: &SendableMessage, recipient_hash: &str) -> MessageSent {
    MessageSent {
        message_id: message.id,
        channel: Channel::Email,
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
