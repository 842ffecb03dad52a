//! Sends one message, at least once.

mod prepare;

use notifications_contract::{
    DropReason, MessageBounced, MessageId, MessageSent, MessageStatus, Template,
};
use tenon_events::Emit as _;
use tenon_jobs::JobError;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, Tx, retrying};

use self::prepare::{Parcel, Readiness, Unprepared};
use super::Service;
use crate::domain::{NewNote, Outcome, SendableMessage, after_attempt};
use crate::store;
use crate::store::digests::Told;

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
        match self.readiness(ctx, &message).await? {
            Readiness::Ready => {}
            Readiness::Unwanted => {
                let reason = DropReason::Preference;
                return Ok(self.drop_message(ctx, &message, reason).await?);
            }
            Readiness::Later(until) => return Err(JobError::Snooze { until }),
            Readiness::Gathered(user) => {
                if self.gather(ctx, &message, user).await? {
                    return Ok(());
                }
                // The reader wants it at once by now.
                return Err(JobError::Snooze { until: now });
            }
        }
        let parcel = match self.prepare(ctx, &message).await {
            Ok(Some(parcel)) => parcel,
            Ok(None) => {
                let reason = DropReason::Obsolete;
                return Ok(self.drop_message(ctx, &message, reason).await?);
            }
            Err(Unprepared::Fault(fault)) => {
                return self.not_looked_up(ctx, &message, is_last, fault).await;
            }
            Err(Unprepared::Template(error)) => {
                return self.not_rendered(ctx, &message, &error).await;
            }
            Err(Unprepared::Store(error)) => return Err(error.into()),
        };
        let Parcel {
            recipient_hash,
            undelivered,
            content,
        } = parcel;
        match self
            .start_attempt(ctx, &message, &recipient_hash, undelivered.as_ref())
            .await?
        {
            Start::Begun => {}
            Start::Closed | Start::Suppressed => return Ok(()),
        }
        let result = self.hand_over(&content).await;
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
                if close_unsent(&mut tx, message, reason, Some(recipient_hash)).await?
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
                tell_ended(&mut tx, &Told::from(message), outcome, recipient_hash).await?;
                close_told(&mut tx, message, outcome, recipient_hash).await?;
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
            close_unsent(&mut tx, message, reason, None).await?;
            tx.commit().await
        })
        .await
    }
}

/// Closes a message that will not be sent, with what it would have told; `false` if it was closed before.
async fn close_unsent(
    tx: &mut Tx<'_>,
    message: &SendableMessage,
    reason: DropReason,
    recipient_hash: Option<&str>,
) -> Result<bool, StoreError> {
    let id = message.id;
    if !store::messages::drop_message(tx, id, reason, recipient_hash).await? {
        return Ok(false);
    }
    if message.template == Template::Digest {
        store::digests::drop_items(tx, id, reason, recipient_hash).await?;
    }
    store::contents::forget(tx, id).await?;
    Ok(true)
}

/// Ends what a digest told as the digest ended, and forgets what it said.
async fn close_told(
    tx: &mut Tx<'_>,
    message: &SendableMessage,
    outcome: &Outcome,
    recipient_hash: Option<&str>,
) -> Result<(), StoreError> {
    if outcome.status == MessageStatus::Queued {
        return Ok(());
    }
    if message.template == Template::Digest {
        for told in store::digests::finish(tx, message.id, outcome, recipient_hash).await? {
            tell_ended(tx, &told, outcome, recipient_hash).await?;
        }
    }
    // Operators may put one that was given up back to work.
    if outcome.status != MessageStatus::Failed {
        store::contents::forget(tx, message.id).await?;
    }
    Ok(())
}

/// Says to others what became of a message.
async fn tell_ended(
    tx: &mut Tx<'_>,
    told: &Told,
    outcome: &Outcome,
    recipient_hash: Option<&str>,
) -> Result<(), StoreError> {
    if let (MessageStatus::Sent, Some(recipient_hash)) = (outcome.status, recipient_hash) {
        let event = MessageSent {
            message_id: told.id,
            channel: told.channel,
            template: told.template,
            about: told.subject.clone(),
            recipient_hash: recipient_hash.to_owned(),
        };
        tx.emit(&event).await?;
    }
    if let Some(reason) = outcome.bounced {
        let event = MessageBounced {
            message_id: told.id,
            channel: told.channel,
            template: told.template,
            about: told.subject.clone(),
            recipient_hash: recipient_hash.map(str::to_owned),
            reason,
        };
        tx.emit(&event).await?;
    }
    Ok(())
}

impl From<&SendableMessage> for Told {
    fn from(message: &SendableMessage) -> Self {
        Self {
            id: message.id,
            channel: message.channel,
            template: message.template,
            subject: message.subject.clone(),
        }
    }
}
