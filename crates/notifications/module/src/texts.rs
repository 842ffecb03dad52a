//! The port through which text messages and messages to devices leave.

mod http;

use std::fmt;

use async_trait::async_trait;
use notifications_contract::{Channel, MessageId};

pub use self::http::HttpTextSender;
use crate::mail::MailError;

/// A finished message.
#[derive(Clone)]
pub struct Text {
    /// Names it: a provider that gets it twice sends it once.
    pub id: MessageId,
    /// Text message or device.
    pub channel: Channel,
    /// An E.164 number, or the token of a device.
    pub to: String,
    /// What the device runs.
    pub platform: Option<String>,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub body: String,
    /// Where it leads.
    pub link: Option<String>,
}

/// Takes messages to telephones and devices. A repeated call carries the same id, so that the provider can tell.
#[async_trait]
pub trait TextSender: Send + Sync + 'static {
    /// Hands over one message; on `Ok` the provider has taken it on.
    async fn send(&self, text: &Text) -> Result<(), MailError>;
}

/// Shows neither the reader nor what they read.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("id", &self.id)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}
