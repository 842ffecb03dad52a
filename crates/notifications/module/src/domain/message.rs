//! Messages and notes before they are written down, and what becomes of an attempt.

use notifications_contract::{BounceReason, Channel, MessageId, MessageStatus, Template, UserRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenon_events::EventId;
use tenon_kernel::Timestamp;

use super::recipient::Recipient;
use super::topic::Topic;
use crate::mail::MailError;

/// A message that an event asks for.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    pub(crate) template: Template,
    pub(crate) recipient: Recipient,
    /// Id of the thing it is about.
    pub(crate) subject: String,
    /// What the template needs and the event said; no personal data.
    pub(crate) data: Value,
    /// Of no use later than this.
    pub(crate) send_before: Option<Timestamp>,
}

/// An entry of someone's inbox that an event asks for.
#[derive(Debug, Clone)]
pub(crate) struct NewNote {
    pub(crate) user: UserRef,
    /// Type of the event.
    pub(crate) kind: &'static str,
    /// Id of the thing it is about.
    pub(crate) subject: String,
    pub(crate) text: NoteText,
}

/// What a note says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoteText {
    pub(crate) title: String,
    pub(crate) body: String,
}

/// A stored message, as the sender needs it.
#[derive(Debug, Clone)]
pub(crate) struct SendableMessage {
    pub(crate) id: MessageId,
    /// What asked for it.
    pub(crate) event_id: EventId,
    pub(crate) channel: Channel,
    /// The person whose choices count, if they have an account.
    pub(crate) user: Option<UserRef>,
    pub(crate) template: Template,
    pub(crate) recipient: Recipient,
    pub(crate) subject: String,
    pub(crate) data: Value,
    pub(crate) status: MessageStatus,
    /// Attempts so far.
    pub(crate) attempts: i64,
    pub(crate) created_at: Timestamp,
    /// Not before this.
    pub(crate) send_after: Option<Timestamp>,
    pub(crate) send_before: Option<Timestamp>,
}

/// What a message was asked to say, and the address that was given for it. Stored sealed, and only until it is closed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) address: Option<String>,
    /// What the template uses.
    pub(crate) data: Value,
}

impl SendableMessage {
    /// Whether an attempt may be made. Operators put given up messages back to work by their dead jobs.
    pub(crate) fn is_open(&self) -> bool {
        matches!(
            self.status,
            MessageStatus::Scheduled
                | MessageStatus::Queued
                | MessageStatus::Sending
                | MessageStatus::Failed
        )
    }

    /// What it is about. A digest says so itself.
    pub(crate) fn topic(&self) -> Topic {
        match self.template {
            Template::Digest => Topic::deserialize(&self.data["topic"]).unwrap_or(Topic::Security),
            template => Topic::of_template(template),
        }
    }

    /// Whether it can still be told in a digest: nobody has tried to send it, so nobody can have read it.
    pub(crate) fn can_be_gathered(&self) -> bool {
        self.channel == Channel::Email
            && self.template != Template::Digest
            && self.topic().can_be_gathered()
            && self.attempts == 0
            && matches!(
                self.status,
                MessageStatus::Scheduled | MessageStatus::Queued
            )
    }
}

impl NewMessage {
    /// The person whose choices count, as far as the recipient tells.
    pub(crate) fn user(&self) -> Option<UserRef> {
        match self.recipient {
            Recipient::User(id) => Some(UserRef::from_uuid(id.uuid())),
            Recipient::Challenge(_)
            | Recipient::Order(_)
            | Recipient::ContactPoint(_)
            | Recipient::Message(_) => None,
        }
    }
}

/// What becomes of a message after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) status: MessageStatus,
    /// Whether the reader may have got it although we do not know.
    pub(crate) uncertain: bool,
    pub(crate) last_error: Option<String>,
    /// Set if the message will not be tried again by itself.
    pub(crate) bounced: Option<BounceReason>,
    /// Whether to try again.
    pub(crate) again: bool,
    /// Whether nothing is to be sent to the address any more.
    pub(crate) suppresses: bool,
}

impl Outcome {
    /// There is no text to send.
    pub(crate) fn not_rendered() -> Self {
        Self {
            status: MessageStatus::Failed,
            uncertain: false,
            last_error: Some("template".to_owned()),
            bounced: Some(BounceReason::GaveUp),
            again: false,
            suppresses: false,
        }
    }
}

/// Decides; `is_last` says that no further attempt will follow this one.
pub(crate) fn after_attempt(result: Result<(), MailError>, is_last: bool) -> Outcome {
    let Err(error) = result else {
        return Outcome {
            status: MessageStatus::Sent,
            uncertain: false,
            last_error: None,
            bounced: None,
            again: false,
            suppresses: false,
        };
    };
    let (status, bounced) = match (error.is_final(), is_last) {
        (true, _) => (MessageStatus::Bounced, Some(BounceReason::Refused)),
        (false, true) => (MessageStatus::Failed, Some(BounceReason::GaveUp)),
        (false, false) => (MessageStatus::Queued, None),
    };
    Outcome {
        status,
        uncertain: error == MailError::Unknown,
        last_error: Some(error.word()),
        bounced,
        again: !error.is_final(),
        suppresses: error.is_about_the_address(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MessageStatus::{Bounced, Failed, Queued, Sent};

    /// A refused text says nothing about the address (RFC 5321 §4.2.3).
    #[test]
    fn only_a_refused_mailbox_is_given_up() {
        for (code, expected) in [
            (550, true),
            (551, true),
            (553, true),
            (552, false),
            (554, false),
        ] {
            let outcome = after_attempt(Err(MailError::Refused { code }), false);
            assert_eq!(outcome.suppresses, expected, "{code}");
        }
        for error in [
            MailError::Unsendable,
            MailError::Unknown,
            MailError::Unavailable,
        ] {
            assert!(!after_attempt(Err(error), true).suppresses, "{error:?}");
        }
    }

    #[test]
    fn every_attempt_leads_somewhere() {
        let row = |result, is_last| {
            let outcome = after_attempt(result, is_last);
            (
                outcome.status,
                outcome.uncertain,
                outcome.bounced,
                outcome.again,
            )
        };
        assert_eq!(row(Ok(()), true), (Sent, false, None, false));
        for last in [false, true] {
            assert_eq!(
                row(Err(MailError::Refused { code: 550 }), last),
                (Bounced, false, Some(BounceReason::Refused), false)
            );
            assert_eq!(
                row(Err(MailError::Unsendable), last),
                (Bounced, false, Some(BounceReason::Refused), false)
            );
        }
        for (error, uncertain) in [
            (MailError::Unavailable, false),
            (MailError::Deferred { code: 451 }, false),
            (MailError::Unknown, true),
        ] {
            assert_eq!(row(Err(error), false), (Queued, uncertain, None, true));
            assert_eq!(
                row(Err(error), true),
                (Failed, uncertain, Some(BounceReason::GaveUp), true)
            );
        }
    }
}
