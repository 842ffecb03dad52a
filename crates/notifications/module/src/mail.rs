//! The port through which mail leaves.

mod smtp;

use std::fmt;

use async_trait::async_trait;
use notifications_contract::MessageId;
use tenon_kernel::Timestamp;

pub use self::smtp::SmtpMailer;

/// A finished mail.
#[derive(Clone)]
pub struct Mail {
    /// Becomes the `Message-ID`, which stays the same however often it is sent.
    pub id: MessageId,
    /// When it was asked for: the `Date`, which stays the same too.
    pub date: Timestamp,
    /// Where it goes.
    pub to: String,
    /// What to call the reader.
    pub to_name: Option<String>,
    /// One line.
    pub subject: String,
    /// For those who read plain text.
    pub text: String,
    /// For all others.
    pub html: String,
    /// Where the reader stops such mails with one click (RFC 8058); absent for those that cannot be stopped.
    pub unsubscribe: Option<String>,
}

/// Why a mail server or provider did not take a message. Carries no words of the server: they often repeat the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The server could not be reached, or would not talk to us; it did not get the mail.
    #[error("the mail server cannot be used now")]
    Unavailable,
    /// The server wants it later.
    #[error("the mail server answered {code}: later")]
    Deferred {
        /// 4xx
        code: u16,
    },
    /// The server does not want it, now or later.
    #[error("the mail server answered {code}: never")]
    Refused {
        /// 5xx
        code: u16,
    },
    /// No mail can be sent to such an address.
    #[error("this is no mail address")]
    Unsendable,
    /// The connection was lost, or time ran out, when the server may have taken the mail already.
    #[error("nobody knows whether the mail server took it")]
    Unknown,
}

impl MailError {
    /// Whether another attempt can succeed.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unsendable)
    }

    /// Whether the server said that there is no such mailbox: 550, 551, 553 (RFC 5321 §4.2.3), or the provider that there
    /// is no such telephone or device: 410. Other refusals are about this message, its size or its text.
    pub fn is_about_the_address(self) -> bool {
        matches!(
            self,
            Self::Refused {
                code: 410 | 550 | 551 | 553
            }
        )
    }

    /// A stable word for the message log, with the server's code.
    pub(crate) fn word(self) -> String {
        match self {
            Self::Unavailable => "unavailable".to_owned(),
            Self::Deferred { code } => format!("deferred {code}"),
            Self::Refused { code } => format!("refused {code}"),
            Self::Unsendable => "unsendable".to_owned(),
            Self::Unknown => "unknown".to_owned(),
        }
    }
}

/// Takes mail to people. At least once: a repeated call may reach the reader again, with the same `Message-ID`.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands over one mail; on `Ok` the server has taken it on.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Shows neither the reader nor what they read.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
