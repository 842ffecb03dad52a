//! A message that staff or a program asks for, at once or for later.

use std::time::Duration;

use identity_contract::UserId;
use notifications_contract::{
    Channel, DropReason, Message, MessageId, NotificationsError, UserRef,
};
use serde_json::{Map, Value, json};
use tenon_events::{Emit as _, EventId};
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::{CallCtx, FieldError, Timestamp};
use tenon_seam::audit::AuditRecorded;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::Service;
use crate::domain::{
    ContactStatus, NewMessage, Place, Preferences, Recipient, Said, Topic, TopicMode, Transactional,
};
use crate::jobs::SendMessage;
use crate::store;
use crate::store::messages::Way;

pub(crate) const OPERATION: &str = "create_message";

/// How far ahead a message can be asked for.
const FARTHEST: Duration = Duration::from_hours(30 * 24);

/// Whom a message is for.
#[derive(Debug, Clone)]
pub(crate) enum Addressee {
    User(UserRef),
    /// Whoever reads this address.
    Address(String),
}

/// A message that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct CreateMessage {
    pub(crate) to: Addressee,
    /// As the reader has chosen, if absent.
    pub(crate) channel: Option<Channel>,
    pub(crate) template: Transactional,
    pub(crate) parameters: Map<String, Value>,
    /// At once, if absent.
    pub(crate) send_at: Option<Timestamp>,
}

/// What a request became, kept under its key. Addresses and words are not.
type Outcome = Vec<MessageId>;

/// A request that was checked as far as others are asked about it.
struct Checked<'a> {
    req: &'a CreateMessage,
    data: Value,
    /// Id of the thing it is about, if it is about one.
    subject: Option<String>,
}

impl Service {
    /// Asks for a message: one to each address that it goes to, returned as they are now. Whom it reaches is decided here;
    /// whether it is wanted, and when it may ring, is looked at again before it leaves. Under one key it is asked for once.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidRequest`] naming every wrong member, [`NotificationsError::ChannelUnavailable`],
    /// [`NotificationsError::NotReachable`].
    pub(crate) async fn create_message(
        &self,
        ctx: &CallCtx,
        req: CreateMessage,
    ) -> SeamResult<Vec<Message>, NotificationsError> {
        let ids = if let Some(outcome) = self.done_before(ctx).await? {
            outcome.map_err(SeamError::Domain)?
        } else {
            let checked = self.check_message(ctx, &req).await?;
            self.write_requested(ctx, &checked).await?
        };
        let mut db = self.db.read(ctx);
        let mut messages = Vec::with_capacity(ids.len());
        for id in ids {
            messages.extend(store::messages::find(&mut db, id).await?);
        }
        Ok(messages)
    }

    /// What became of the same request before. A repeat is answered so whatever has changed since: the reader may be gone,
    /// and the time past.
    async fn done_before(
        &self,
        ctx: &CallCtx,
    ) -> Result<Option<Result<Outcome, NotificationsError>>, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.look_for_message")
                .await?;
            let claim = tx.claim_key::<Outcome, NotificationsError>(OPERATION);
            let claim = claim.await?;
            tx.rollback().await?;
            Ok(match claim {
                Claim::Fresh => None,
                Claim::Replay(outcome) => Some(outcome),
            })
        })
        .await
    }

    /// Checks what does not depend on the time, and asks the modules that know the reader and the order.
    async fn check_message<'a>(
        &self,
        ctx: &CallCtx,
        req: &'a CreateMessage,
    ) -> SeamResult<Checked<'a>, NotificationsError> {
        if let Some(channel) = req.channel
            && channel != Channel::Email
            && self.sender_of(channel).is_none()
        {
            return Err(SeamError::Domain(NotificationsError::ChannelUnavailable));
        }
        let wrong = req.check_addressee();
        let parameters = match req.template.read(&req.parameters) {
            Ok(parameters) if wrong.is_empty() => parameters,
            Ok(_) => return Err(invalid(wrong)),
            Err(more) => return Err(invalid([wrong, more].concat())),
        };
        if let Addressee::User(user) = req.to
            && !self.is_user(ctx, user).await?
        {
            let detail = "There is no such user.";
            let error = FieldError::new("/to/user_id", "unknown_user", detail);
            return Err(invalid(vec![error]));
        }
        let number = match parameters.order_id {
            None => None,
            Some(id) => {
                let order = self.find_order(ctx, id).await.map_err(SeamError::Seam)?;
                let order = order.filter(|order| match &req.to {
                    Addressee::User(user) => {
                        let buyer = order.customer.user_id;
                        buyer.is_some_and(|buyer| buyer.uuid() == user.uuid())
                    }
                    Addressee::Address(address) => {
                        order.customer.email.to_lowercase() == address.to_lowercase()
                    }
                });
                let Some(order) = order else {
                    let detail = "The reader has no such order.";
                    let error = FieldError::new("/parameters/order_id", "unknown_order", detail);
                    return Err(invalid(vec![error]));
                };
                Some(order.number)
            }
        };
        Ok(Checked {
            req,
            data: parameters.data(number.as_deref()),
            subject: parameters.order_id.map(|id| id.to_string()),
        })
    }

    async fn is_user(&self, ctx: &CallCtx, user: UserRef) -> SeamResult<bool, NotificationsError> {
        let id = UserId::from_uuid(user.uuid());
        let found = self.look_up_user(ctx, id).await.map_err(SeamError::Seam)?;
        Ok(found.is_some())
    }

    async fn write_requested(
        &self,
        ctx: &CallCtx,
        checked: &Checked<'_>,
    ) -> SeamResult<Outcome, NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.create_message")
                .await?;
            let claim = tx.claim_key::<Outcome, NotificationsError>(OPERATION);
            if let Claim::Replay(outcome) = claim.await? {
                tx.rollback().await?;
                return outcome.map_err(SeamError::Domain);
            }
            let written = match checked.req.check_time(tx.now()) {
                Ok(()) => self.write_all(&mut tx, checked).await?,
                Err(refusal) => Err(refusal),
            };
            let ids = match written {
                Ok(ids) => ids,
                Err(refusal) => {
                    let refused = tx.refuse::<Outcome, _>(OPERATION, refusal);
                    return Err(SeamError::Domain(refused.await?));
                }
            };
            let audited = audited(checked.req, &ids);
            tx.emit(&audited).await?;
            let outcome = Ok::<_, NotificationsError>(ids.clone());
            tx.commit_outcome(OPERATION, &outcome, None).await?;
            Ok::<_, SeamError<NotificationsError>>(ids)
        })
        .await
    }

    /// Writes one message for each address.
    async fn write_all(
        &self,
        tx: &mut Tx<'_>,
        checked: &Checked<'_>,
    ) -> Result<Result<Outcome, NotificationsError>, StoreError> {
        let (req, mut ids) = (checked.req, Vec::new());
        // Nothing but this request asks for it.
        let cause: EventId = tx.env().new_id();
        let user = match &req.to {
            Addressee::User(user) => Some(*user),
            Addressee::Address(_) => None,
        };
        let preferences = match user {
            Some(user) => store::preferences::find(tx, user).await?,
            None => None,
        };
        let preferences = preferences.unwrap_or_default();
        if matches!(req.channel, None | Some(Channel::Email)) {
            let id: MessageId = tx.env().new_id();
            let recipient = match user {
                Some(user) => Recipient::User(UserId::from_uuid(user.uuid())),
                None => Recipient::Message(id),
            };
            let way = req.way(Channel::Email, user, &preferences);
            self.write_one(tx, checked, (id, cause), recipient, way)
                .await?;
            ids.push(id);
        }
        let points = match user {
            Some(user) if req.channel != Some(Channel::Email) => {
                store::contact_points::list(tx, user).await?
            }
            _ => Vec::new(),
        };
        for point in points {
            let channel = point.kind.channel();
            let way = req.way(channel, user, &preferences);
            let is_meant = match req.channel {
                Some(wanted) => wanted == channel,
                // A place that was never asked for is not written down as dropped.
                None => way.dropped.is_none() && self.sender_of(channel).is_some(),
            };
            if !is_meant || point.status != ContactStatus::Verified {
                continue;
            }
            let (id, recipient) = (tx.env().new_id(), Recipient::ContactPoint(point.id));
            self.write_one(tx, checked, (id, cause), recipient, way)
                .await?;
            ids.push(id);
        }
        if ids.is_empty() {
            return Ok(Err(NotificationsError::NotReachable));
        }
        Ok(Ok(ids))
    }

    /// Writes a message with what it says, and the job that sends it. One that its reader does not want says nothing.
    async fn write_one(
        &self,
        tx: &mut Tx<'_>,
        checked: &Checked<'_>,
        (id, cause): (MessageId, EventId),
        recipient: Recipient,
        way: Way,
    ) -> Result<(), StoreError> {
        let subject = checked.subject.clone().unwrap_or_else(|| match way.user {
            Some(user) => user.to_string(),
            None => id.to_string(),
        });
        let message = NewMessage {
            template: checked.req.template.template(),
            recipient,
            subject,
            data: json!({}),
            send_before: None,
        };
        store::messages::insert(tx, id, cause, &message, way).await?;
        if way.dropped.is_some() {
            return Ok(());
        }
        let said = Said {
            address: match &checked.req.to {
                Addressee::Address(address) => Some(address.clone()),
                Addressee::User(_) => None,
            },
            data: checked.data.clone(),
        };
        let plain = serde_json::to_vec(&said).expect("text and JSON can be written");
        let sealed = self.contact_key.seal_content(tx.env(), id, &plain);
        store::contents::insert(tx, id, sealed).await?;
        let options = JobOptions {
            run_at: way.send_after,
            unique_key: Some(SendMessage::key(id)),
        };
        tx.enqueue(&SendMessage { message_id: id }, options).await?;
        Ok(())
    }
}

impl CreateMessage {
    /// How a message goes over a channel: not at all, where the reader does not want it.
    fn way(&self, channel: Channel, user: Option<UserRef>, preferences: &Preferences) -> Way {
        let topic = Topic::of_template(self.template.template());
        let place = Place::of_channel(channel).filter(|_| user.is_some());
        let is_unwanted =
            place.is_some_and(|place| preferences.mode(topic, place) == TopicMode::Off);
        Way {
            channel,
            user,
            dropped: is_unwanted.then_some(DropReason::Preference),
            send_after: self.send_at,
            is_scheduled: self.send_at.is_some(),
        }
    }

    fn check_addressee(&self) -> Vec<FieldError> {
        let Addressee::Address(address) = &self.to else {
            return Vec::new();
        };
        let mut errors = Vec::new();
        if !crate::domain::is_mail_address(address) {
            let detail = "A mail address of at most 254 characters.";
            errors.push(FieldError::new("/to/address", "invalid_email", detail));
        }
        if self.channel != Some(Channel::Email) {
            let detail = "An address takes mail only: `email`. Use `user_id` for other channels.";
            errors.push(FieldError::new("/channel", "not_offered", detail));
        }
        errors
    }

    fn check_time(&self, now: Timestamp) -> Result<(), NotificationsError> {
        let is_ahead = |time: Timestamp| time > now && time <= now + FARTHEST;
        if self.send_at.is_none_or(is_ahead) {
            return Ok(());
        }
        let detail = "A time to come, within 30 days.";
        let errors = vec![FieldError::new("/send_at", "out_of_range", detail)];
        Err(NotificationsError::InvalidRequest { errors })
    }
}

/// What the audit log keeps: neither words nor address.
fn audited(req: &CreateMessage, ids: &[MessageId]) -> AuditRecorded {
    let target = match (&req.to, ids) {
        (Addressee::Address(_), [id, ..]) => id.to_string(),
        (Addressee::Address(_), []) => String::new(),
        (Addressee::User(user), _) => user.to_string(),
    };
    AuditRecorded {
        action: "message.requested".to_owned(),
        target,
        before: None,
        after: Some(json!({
            "message_ids": ids,
            "template": req.template,
            "channel": req.channel,
            "send_at": req.send_at,
        })),
    }
}

fn invalid(errors: Vec<FieldError>) -> SeamError<NotificationsError> {
    SeamError::Domain(NotificationsError::InvalidRequest { errors })
}
