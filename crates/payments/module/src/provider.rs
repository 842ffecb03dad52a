//! The port to a payment provider: what every provider must be able to do, in words of ours.

mod http;
mod signature;

use async_trait::async_trait;
use payments_contract::{AttemptId, CaptureId, DeclineClass, RefundId};
use tenon_kernel::{Money, Timestamp};
pub use tenon_outbound::Courier;

pub use self::http::{HttpProvider, HttpProviderError, HttpProviderSettings};

/// A payment provider.
///
/// Every command carries a key of ours that never changes for one effect, and may be repeated under it.
#[async_trait]
pub trait PaymentProvider: Send + Sync + 'static {
    /// Its name in paths, accounts and events: `simulator`.
    fn name(&self) -> &'static str;

    /// Asks for money. The attempt's id is the key and our reference.
    async fn authorize(&self, request: Authorize) -> Outcome<Snapshot>;

    /// Asks what became of an attempt; `None` if the provider has never heard of it.
    async fn find(&self, reference: AttemptId) -> Outcome<Option<Snapshot>>;

    /// Takes authorised money.
    async fn capture(&self, request: Capture) -> Outcome<Snapshot>;

    /// Lets authorised money go, or calls an open attempt off.
    async fn void(&self, request: Void) -> Outcome<Snapshot>;

    /// Gives captured money back.
    async fn refund(&self, request: Refund) -> Outcome<Snapshot>;

    /// Checks the signature of a webhook and reads it.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Signature`] before anything of the body is looked at.
    fn read_webhook(
        &self,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<WebhookEvent, WebhookError>;

    /// The header that carries a webhook's signature.
    fn signature_header(&self) -> &'static str;

    /// Reads the body of a webhook that was checked before.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Unreadable`].
    fn parse_webhook(&self, body: &[u8]) -> Result<WebhookEvent, WebhookError>;
}

/// What became of a question or command.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<T> {
    /// The provider did it, or answered.
    Succeeded(T),
    /// The provider refused for good: nothing happened under this key, and nothing ever will.
    Declined(Refusal),
    /// It may or may not have happened: no answer, a broken one, or "try again".
    Ambiguous(Doubt),
}

/// The provider's word for why it refused, such as `already_captured`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable, for programs and staff.
    pub code: String,
}

/// Why nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// For the log.
    pub why: String,
}

/// Asks for money.
#[derive(Debug, Clone)]
pub struct Authorize {
    /// Key and reference.
    pub attempt: AttemptId,
    /// How much.
    pub amount: Money,
    /// How the buyer pays, in the provider's words.
    pub payment_method: Option<String>,
    /// Where the buyer goes afterwards.
    pub return_url: Option<String>,
}

/// Takes authorised money.
#[derive(Debug, Clone)]
pub struct Capture {
    /// Key.
    pub key: CaptureId,
    /// The provider's id of the attempt.
    pub provider_ref: String,
    /// How much.
    pub amount: Money,
}

/// Lets authorised money go.
#[derive(Debug, Clone)]
pub struct Void {
    /// Key, together with the word `void` and the reason: one key never serves two operations.
    pub attempt: AttemptId,
    /// Why. An attempt that comes back to life after it was called off is called off for another reason.
    pub reason: String,
    /// The provider's id of the attempt.
    pub provider_ref: String,
}

impl Void {
    /// The key: of any length the reason may have it makes the same few characters.
    pub fn key(&self) -> String {
        let reason: AttemptId = self.attempt.derive(&self.reason);
        format!("void:{}:{}", self.attempt, reason.uuid().simple())
    }
}

/// Gives captured money back.
#[derive(Debug, Clone)]
pub struct Refund {
    /// Key.
    pub key: RefundId,
    /// The provider's id of the attempt.
    pub provider_ref: String,
    /// How much.
    pub amount: Money,
}

/// An attempt as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The provider's id.
    pub provider_ref: String,
    /// Our reference, as the provider keeps it.
    pub reference: String,
    /// Grows with every change at the provider.
    pub revision: i64,
    /// Where it stands.
    pub state: SnapshotState,
    /// Minor units asked for, as the provider understood them.
    pub amount: i64,
    /// Their currency, which may be none we know.
    pub currency: String,
    /// Minor units taken so far.
    pub captured: i64,
    /// Minor units given back so far.
    pub refunded: i64,
}

/// Where an attempt stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnapshotState {
    /// The provider works on it.
    Processing,
    /// The buyer must open this page.
    ActionRequired {
        /// The page.
        url: String,
    },
    /// Promised, or promised and since then taken or given back.
    Authorized,
    /// Refused for good.
    Declined {
        /// Coarsely.
        class: DeclineClass,
        /// In the provider's words.
        code: String,
    },
    /// Called off.
    Canceled,
    /// A word this program does not know.
    Unrecognized(String),
}

/// Something the provider tells us without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// Its id at the provider: the same over all deliveries.
    pub event_id: String,
    /// The attempt as it was then.
    pub snapshot: Snapshot,
}

/// Why a webhook is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The signature is missing, wrong or too old.
    #[error("the signature is not valid")]
    Signature,
    /// It is signed, but cannot be understood.
    #[error("the event cannot be read")]
    Unreadable,
}

impl<T> Outcome<T> {
    /// Converts what was answered.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Succeeded(value) => Outcome::Succeeded(convert(value)),
            Self::Declined(refusal) => Outcome::Declined(refusal),
            Self::Ambiguous(doubt) => Outcome::Ambiguous(doubt),
        }
    }

    /// Nothing is known, because of `why`.
    pub(crate) fn doubt(why: impl Into<String>) -> Self {
        Self::Ambiguous(Doubt { why: why.into() })
    }
}
