//! Digests: what a reader wants gathered waits for the end of a period, and leaves in one mail.

use identity_contract::UserId;
use notifications_contract::{MessageId, Template, UserRef};
use serde_json::{Value, json};
use tenon_events::EventId;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{StoreError, Tx, retrying};

use super::Service;
use crate::domain::{NewMessage, Place, Preferences, Recipient, SendableMessage};
use crate::jobs::{CloseDigest, SendMessage};
use crate::store;
use crate::store::digests::OpenDigest;
use crate::store::messages::Way;

/// Most things that one digest tells: with so many it leaves before its time.
const MAX_ITEMS: i64 = 100;

impl Service {
    /// Has a message told by the digest of its reader and topic; `false` if the reader wants it at once by now.
    ///
    /// The reader's choice is locked meanwhile: who changes it finds the digest, and has it leave earlier.
    pub(super) async fn gather(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
        user: UserRef,
    ) -> Result<bool, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "notifications.gather").await?;
            let preferences = store::preferences::lock(&mut tx, user).await?;
            let preferences = preferences.unwrap_or_default();
            let (topic, now) = (message.topic(), tx.now());
            let mode = preferences.mode(topic, Place::Email);
            let Some(end) = preferences.digest_at(mode, now) else {
                return Ok(false);
            };
            let digest = store::digests::join(&mut tx, user, topic, end).await?;
            if !store::digests::gather(&mut tx, message.id, digest.id).await? {
                // Cancelled or gathered meanwhile.
                tx.rollback().await?;
                return Ok(true);
            }
            let end = if digest.items >= MAX_ITEMS {
                now
            } else {
                digest.due_at
            };
            close_at(&mut tx, &digest, end).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    /// Has everything that was gathered for a person leave when the new choice would have it leave, if that is sooner: at
    /// once, where nothing is gathered any more.
    pub(super) async fn hurry_digests(
        &self,
        tx: &mut Tx<'_>,
        user: UserRef,
        preferences: &Preferences,
    ) -> Result<(), StoreError> {
        let now = tx.now();
        for digest in store::digests::list_open(tx, user).await? {
            let mode = preferences.mode(digest.topic, Place::Email);
            let end = preferences.digest_at(mode, now).unwrap_or(now);
            if end < digest.due_at {
                close_at(tx, &digest, end).await?;
            }
        }
        Ok(())
    }

    /// Ends a period, and writes the mail that tells what was gathered in it. Returns when to ask again, if it is too early.
    pub(crate) async fn close_digest(
        &self,
        ctx: &CallCtx,
        id: MessageId,
    ) -> Result<Option<Timestamp>, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.close_digest")
                .await?;
            let Some(digest) = store::digests::lock(&mut tx, id).await? else {
                return Ok(None);
            };
            if digest.due_at > tx.now() {
                return Ok(Some(digest.due_at));
            }
            store::digests::close(&mut tx, id).await?;
            let user = UserId::from_uuid(digest.user.uuid());
            let message = NewMessage {
                template: Template::Digest,
                recipient: Recipient::User(user),
                subject: user.to_string(),
                data: json!({ "topic": digest.topic }),
                send_before: None,
            };
            let way = Way::mail(Some(digest.user));
            // Nothing but the period asks for it.
            let cause = EventId::from_uuid(id.uuid());
            store::messages::insert(&mut tx, id, cause, &message, way).await?;
            let options = JobOptions {
                run_at: None,
                unique_key: Some(SendMessage::key(id)),
            };
            tx.enqueue(&SendMessage { message_id: id }, options).await?;
            tx.commit().await?;
            Ok(None)
        })
        .await
    }

    /// What a digest says; `None` if there is nothing left to tell. What cannot be read any more is closed.
    pub(super) async fn digest_data(
        &self,
        ctx: &CallCtx,
        digest: &SendableMessage,
    ) -> Result<Option<Result<Value, minijinja::Error>>, StoreError> {
        let mut entries = Vec::new();
        for item in store::digests::list_items(&mut self.db.read(ctx), digest.id).await? {
            let data = if crate::domain::Transactional::of_template(item.template).is_some() {
                let Some(content) = self.content(ctx, item.id).await? else {
                    self.drop_item(ctx, item.id).await?;
                    continue;
                };
                content.data
            } else {
                item.data
            };
            let note = match self.renderer.note_of(item.template, &data) {
                Ok(note) => note,
                Err(error) => return Ok(Some(Err(error))),
            };
            let link = item.subject.parse().ok().map(|id| self.links.order(id));
            entries.push(json!({ "title": note.title, "body": note.body, "link": link }));
        }
        if entries.is_empty() {
            return Ok(None);
        }
        let data = json!({ "topic": digest.topic().words(), "entries": entries });
        Ok(Some(Ok(data)))
    }

    async fn drop_item(&self, ctx: &CallCtx, id: MessageId) -> Result<(), StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "notifications.drop_item").await?;
            store::digests::drop_item(&mut tx, id).await?;
            tx.commit().await
        })
        .await
    }
}

/// Says when a period ends: there, and in the job that ends it.
async fn close_at(tx: &mut Tx<'_>, digest: &OpenDigest, end: Timestamp) -> Result<(), StoreError> {
    store::digests::bring_forward(tx, digest.id, end).await?;
    let digest_id = digest.id;
    let options = JobOptions {
        run_at: Some(end),
        unique_key: Some(CloseDigest::key(digest_id)),
    };
    tx.enqueue(&CloseDigest { digest_id }, options).await?;
    Ok(())
}
