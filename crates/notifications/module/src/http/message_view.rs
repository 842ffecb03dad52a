//! A message as staff sees it.

use notifications_contract::{Channel, DropReason, Message, MessageId, MessageStatus, Template};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::Timestamp;

/// A message, without its text and without its address.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Message")]
pub(super) struct MessageView {
    /// Its id; its SMTP `Message-ID` begins with it.
    id: MessageId,
    /// Over which channel.
    channel: Channel,
    /// What it says.
    template: Template,
    /// Id of the thing it is about.
    subject: String,
    /// Where it stands.
    status: MessageStatus,
    /// Attempts so far.
    attempts: i64,
    /// Attempts whose outcome nobody can know: the reader may have got it more than once.
    uncertain: i64,
    /// Keyed hash of the address; absent until it was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_hash: Option<String>,
    /// Why the last attempt failed: `unavailable`, `deferred 451`, `refused 550`, `unsendable`, `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// Why it was dropped: `preference` says that its reader does not want it, `suppressed` that its address took
    /// nothing before, `cancelled` that whoever asked for it does not want it sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<DropReason>,
    /// When it was asked for.
    created_at: Timestamp,
    /// Not sent before this, if it was to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    send_at: Option<Timestamp>,
    /// The digest that tells it, which is a message too.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest_id: Option<MessageId>,
    /// When the mail server took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Timestamp>,
}

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        Self {
            id: message.id,
            channel: message.channel,
            template: message.template,
            subject: message.subject,
            status: message.status,
            attempts: message.attempts,
            uncertain: message.uncertain,
            recipient_hash: message.recipient_hash,
            last_error: message.last_error,
            reason: message.reason,
            created_at: message.created_at,
            send_at: message.send_at,
            digest_id: message.digest_id,
            sent_at: message.sent_at,
        }
    }
}
