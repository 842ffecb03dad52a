//! What notifications tells other modules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Cursor, PageRequest, Timestamp};

use crate::{MessageId, UserRef};

/// Most messages in one page.
pub const MAX_PAGE: u32 = 200;
/// Most users in one request of [`crate::Notifications::count_unread`].
pub const MAX_USERS: usize = 200;

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Template {
    /// Prove that the address of the new account is yours.
    VerifyEmail,
    /// Set a new password.
    RecoverAccount,
    /// Someone registered with your address; you have an account already.
    AlreadyRegistered,
    /// Someone made an account for you: choose a password.
    AccountMade,
    /// Your password was changed.
    PasswordChanged,
    /// A second factor is asked for from now on.
    FactorAdded,
    /// A second factor no longer counts.
    FactorRemoved,
    /// Someone gave the right password and only wrong codes.
    FactorGuessed,
    /// A passkey showed a counter that went back.
    PasskeySuspected,
    /// There are new recovery codes.
    RecoveryCodesRenewed,
    /// Someone signed in with a recovery code.
    RecoveryCodeUsed,
    /// An account of another provider signs you in from now on.
    IdentityLinked,
    /// An account of another provider no longer signs you in.
    IdentityRemoved,
    /// Your account will be erased, unless you take it back.
    ErasureRequested,
    /// Your account stays.
    ErasureCancelled,
    /// A program has a key, has another one, or has none any more.
    ApiKeyChanged,
    /// Someone signed in from a device that was not seen before.
    NewDevice,
    /// A stolen session was ended.
    SessionCompromised,
    /// Your order was placed.
    OrderPlaced,
    /// Your order will not be delivered.
    OrderCancelled,
    /// A parcel left.
    OrderShipped,
    /// Your payment came too late and goes back.
    PaymentReturned,
    /// You got money back.
    RefundSucceeded,
    /// You want to send things back; we look at it.
    ReturnRequested,
    /// Send them.
    ReturnApproved,
    /// We do not take them back.
    ReturnRejected,
    /// They arrived.
    ReturnReceived,
    /// Prove that the telephone is yours: a code.
    VerifyPhone,
    /// What you ordered comes later; asked for by the shop.
    DeliveryDelayed,
    /// What you ordered waits for you; asked for by the shop.
    ReadyForPickup,
    /// Words of the shop to you.
    ServiceMessage,
    /// What was gathered for you, in one mail.
    Digest,
    /// A message this version does not know.
    #[serde(other)]
    Unknown,
}

/// Over which channel a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Channel {
    /// E-mail.
    Email,
    /// A text message to a telephone.
    Sms,
    /// A message to a device.
    Push,
    /// A channel this version does not know.
    #[serde(other)]
    Unknown,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MessageStatus {
    /// Waits for the time it was asked for.
    Scheduled,
    /// Waits for its first or next attempt.
    Queued,
    /// Waits for the digest in which its reader wants it told.
    Gathered,
    /// An attempt is running, or was cut off.
    Sending,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good.
    Bounced,
    /// Given up after many attempts; operators can try again.
    Failed,
    /// Not sent and never will be; `reason` says why.
    Dropped,
    /// A status this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a message was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// What it asks for was done or has expired, or its reader is gone.
    Obsolete,
    /// Its reader does not want such messages over this channel.
    Preference,
    /// Its address refused a message for good before.
    Suppressed,
    /// Whoever asked for it does not want it sent any more.
    Cancelled,
    /// A reason this version does not know.
    #[serde(other)]
    Unknown,
}

/// A message, without its text and without its address: neither is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Over which channel.
    pub channel: Channel,
    /// What it says.
    pub template: Template,
    /// Id of the thing it is about: `ord_…`, `chl_…`.
    pub subject: String,
    /// Where it stands.
    pub status: MessageStatus,
    /// Attempts so far.
    pub attempts: i64,
    /// Attempts whose outcome nobody can know: the reader may have got it more than once.
    pub uncertain: i64,
    /// Keyed hash of the address it went to; absent until it was looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_hash: Option<String>,
    /// Why the last attempt failed, as a stable word with the server's code: `refused 550`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Why it was dropped; absent for others, and for those of versions that did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DropReason>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Not sent before this, if it was to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_at: Option<Timestamp>,
    /// The digest that tells it, which is a message too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_id: Option<MessageId>,
    /// When the mail server took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
}

/// Which messages; all given members must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageFilter {
    /// About exactly this thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// With this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<MessageStatus>,
    /// Made from this template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
}

/// Asks for messages.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ListMessages {
    /// Which.
    #[serde(default)]
    pub filter: MessageFilter,
    /// Which part of the list; at most [`MAX_PAGE`].
    pub page: PageRequest,
}

/// A part of the list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Messages {
    /// Latest first.
    pub data: Vec<Message>,
    /// Present if there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

/// Asks how many notifications people have not read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CountUnread {
    /// At most [`MAX_USERS`].
    pub user_ids: Vec<UserRef>,
}

/// Answer to [`CountUnread`].
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UnreadCounts {
    /// One for each user asked for.
    pub counts: Vec<UnreadCount>,
}

/// How many notifications one person has not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnreadCount {
    /// Who.
    pub user_id: UserRef,
    /// Neither seen nor archived.
    pub unread: i64,
}
