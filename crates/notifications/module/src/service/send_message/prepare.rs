//! Makes a message ready to be handed over: who reads it, and what it says.

use notifications_contract::{Channel, ContactPointId, MessageStatus, Template, UserRef};
use orders_contract::Order;
use serde_json::{Value, json};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamFault;
use tenon_store::StoreError;

use super::Service;
use crate::domain::{
    ContactStatus, Context, Item, NewNote, Place, Recipient, Rendered, Said, SendableMessage,
    Topic, TopicMode, Transactional, Unsubscription,
};
use crate::mail::{Mail, MailError};
use crate::service::look_up::Reader;
use crate::store;
use crate::texts::Text;

/// A message that can be handed over.
pub(super) struct Parcel {
    pub(super) recipient_hash: String,
    /// What stands in the inbox if the address is dead.
    pub(super) undelivered: Option<NewNote>,
    pub(super) content: Content,
}

/// What is handed over.
pub(super) enum Content {
    Mail(Box<Mail>),
    Text(Channel, Box<Text>),
}

/// Why a message cannot be handed over yet.
pub(super) enum Unprepared {
    /// The owner of the address did not answer.
    Fault(SeamFault),
    /// The template lacks something.
    Template(minijinja::Error),
    Store(StoreError),
}

/// Whether a message may leave now.
pub(super) enum Readiness {
    Ready,
    /// The reader has switched such messages off since this one was asked for.
    Unwanted,
    /// It was asked for later, or the reader wants quiet until then.
    Later(Timestamp),
    /// The reader wants it told in a digest.
    Gathered(UserRef),
}

impl Service {
    /// Looks at what the reader wants at this moment.
    pub(super) async fn readiness(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
    ) -> Result<Readiness, StoreError> {
        let now = self.db.env().now();
        if message.status == MessageStatus::Scheduled
            && let Some(time) = message.send_after.filter(|time| *time > now)
        {
            return Ok(Readiness::Later(time));
        }
        let topic = message.topic();
        let place = Place::of_channel(message.channel).filter(|place| topic.can_be_off(*place));
        let (Some(user), Some(place)) = (message.user, place) else {
            return Ok(Readiness::Ready);
        };
        let found = store::preferences::find(&mut self.db.read(ctx), user).await?;
        let preferences = found.unwrap_or_default();
        match preferences.mode(topic, place) {
            TopicMode::Instant => {}
            TopicMode::Off => return Ok(Readiness::Unwanted),
            TopicMode::Hourly | TopicMode::Daily => {
                if message.can_be_gathered() {
                    return Ok(Readiness::Gathered(user));
                }
            }
        }
        let quiet_until = match place {
            Place::Sms | Place::Push => preferences.quiet_until(now),
            Place::Email | Place::InApp => None,
        };
        Ok(quiet_until.map_or(Readiness::Ready, Readiness::Later))
    }

    /// Finds the reader and writes the text; `None` if there is nobody to write to any more.
    pub(super) async fn prepare(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
    ) -> Result<Option<Parcel>, Unprepared> {
        if let Recipient::ContactPoint(id) = message.recipient {
            return self.prepare_text(ctx, message, id).await;
        }
        let Some(said) = self.said(ctx, message).await? else {
            return Ok(None);
        };
        let reader = match message.recipient {
            Recipient::Message(_) => said.address.map(Reader::at),
            recipient => {
                let found = self.look_up(ctx, recipient).await;
                found.map_err(Unprepared::Fault)?
            }
        };
        let Some(reader) = reader else {
            return Ok(None);
        };
        let recipient_hash = self.recipient_key.hash(&reader.address);
        let unsubscribe = self.unsubscribe_link(message);
        let text = self
            .render(message, &said.data, &reader, unsubscribe.as_deref())
            .map_err(Unprepared::Template)?;
        let undelivered = self
            .undelivered(message, &text.subject)
            .map_err(Unprepared::Template)?;
        let mail = Mail {
            id: message.id,
            date: message
                .send_after
                .map_or(message.created_at, |time| time.max(message.created_at)),
            to: reader.address,
            to_name: reader.name,
            subject: text.subject,
            text: text.text,
            html: text.html,
            unsubscribe,
        };
        Ok(Some(Parcel {
            recipient_hash,
            undelivered,
            content: Content::Mail(Box::new(mail)),
        }))
    }

    /// What the template of a message uses, and the address if it was given with it; `None` if it is gone.
    async fn said(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
    ) -> Result<Option<Said>, Unprepared> {
        if Transactional::of_template(message.template).is_some() {
            let content = self.content(ctx, message.id).await;
            return content.map_err(Unprepared::Store);
        }
        let data = if message.template == Template::Digest {
            let data = self.digest_data(ctx, message).await;
            let data = data.map_err(Unprepared::Store)?.transpose();
            let Some(data) = data.map_err(Unprepared::Template)? else {
                return Ok(None);
            };
            data
        } else {
            message.data.clone()
        };
        let address = None;
        Ok(Some(Said { address, data }))
    }

    /// As [`Service::prepare`], for a telephone or a device.
    async fn prepare_text(
        &self,
        ctx: &CallCtx,
        message: &SendableMessage,
        id: ContactPointId,
    ) -> Result<Option<Parcel>, Unprepared> {
        let found = store::contact_points::find(&mut self.db.read(ctx), id).await;
        let Some(point) = found.map_err(Unprepared::Store)? else {
            return Ok(None);
        };
        // Sealed with a secret that the installation no longer has: nobody can read it.
        let Some(to) = self.contact_key.open(id, &point.address) else {
            tracing::error!(contact_point.id = %id, "a contact point cannot be opened");
            return Ok(None);
        };
        let note = if message.template == Template::VerifyPhone {
            let Some(code) = point.expected_code(self.db.env().now()) else {
                return Ok(None); // proved meanwhile, or guessed at too often
            };
            let code = self.contact_key.code(id, code.nonce);
            let data = json!({ "shop_name": self.shop_name, "code": code });
            self.renderer.note("verify_phone", &data)
        } else if point.status != ContactStatus::Verified {
            return Ok(None);
        } else if Transactional::of_template(message.template).is_some() {
            let Some(said) = self.said(ctx, message).await? else {
                return Ok(None);
            };
            self.renderer.note_of(message.template, &said.data)
        } else {
            self.renderer.note("text", &message.data)
        };
        let note = note.map_err(Unprepared::Template)?;
        let text = Text {
            id: message.id,
            channel: message.channel,
            platform: point.platform.map(platform_word),
            title: note.title,
            body: note.body,
            link: message.subject.parse().ok().map(|id| self.links.order(id)),
            to: to.clone(),
        };
        Ok(Some(Parcel {
            recipient_hash: self.recipient_key.hash_exact(&to),
            undelivered: None,
            content: Content::Text(message.channel, Box::new(text)),
        }))
    }

    /// Hands a message over.
    pub(super) async fn hand_over(&self, content: &Content) -> Result<(), MailError> {
        match content {
            Content::Mail(mail) => self.mailer.send(mail).await,
            Content::Text(channel, text) => match self.sender_of(*channel) {
                Some(sender) => sender.send(text).await,
                // Switched off in the settings since: it may come back.
                None => Err(MailError::Unavailable),
            },
        }
    }

    /// Where the reader stops such mails, if they have an account and may stop them.
    fn unsubscribe_link(&self, message: &SendableMessage) -> Option<String> {
        let topic = message.topic();
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
    ) -> Result<Option<NewNote>, minijinja::Error> {
        let Some(user) = message.user else {
            return Ok(None);
        };
        if message.topic() != Topic::Security {
            return Ok(None);
        }
        let data = serde_json::json!({ "title": title });
        let text = self.renderer.note("undelivered", &data)?;
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
        data: &Value,
        reader: &Reader,
        unsubscribe: Option<&str>,
    ) -> Result<Rendered, minijinja::Error> {
        let link = match (&reader.challenge, &reader.order) {
            (Some(challenge), _) => {
                self.links
                    .challenge(message.template, challenge.id, &challenge.token)
            }
            (None, Some(order)) => self.links.order(order.order_id),
            (None, None) if message.topic() == Topic::Security => self.links.sessions().to_owned(),
            (None, None) => match message.subject.parse() {
                Ok(order) => self.links.order(order),
                Err(_) => self.shop_url.clone(),
            },
        };
        let items = match (&reader.order, message.template) {
            (Some(order), Template::OrderShipped) => items(order, data),
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
            data,
            unsubscribe,
        };
        self.renderer.mail(message.template, &context)
    }
}

fn platform_word(platform: crate::domain::Platform) -> String {
    use crate::domain::Platform::{Android, Ios, Web};
    match platform {
        Ios => "ios",
        Android => "android",
        Web => "web",
    }
    .to_owned()
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
