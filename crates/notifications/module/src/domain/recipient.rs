//! Whom a message is for: the id of the thing that knows the address.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use identity_contract::{ChallengeId, UserId};
use notifications_contract::{ContactPointId, MessageId};
use orders_contract::OrderId;

/// Bytes of the hash that are kept: 128 bits tell addresses apart.
const HASH_LEN: usize = 16;

/// The thing that knows the reader's address; its owner is asked when a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recipient {
    /// The person a challenge is for: identity knows them, and the one-time token.
    Challenge(ChallengeId),
    /// A person with an account: identity knows them.
    User(UserId),
    /// The buyer of an order, perhaps a guest: orders knows them.
    Order(OrderId),
    /// A telephone or a device: this module knows it.
    ContactPoint(ContactPointId),
    /// Whoever reads the address that was given with the message itself, which is sealed.
    Message(MessageId),
}

/// Longest mail address (RFC 5321 §4.5.3.1.3).
const MAX_ADDRESS: usize = 254;

/// Whether a text can be a mail address; whether there is such a mailbox only a mail can tell.
pub(crate) fn is_mail_address(text: &str) -> bool {
    let (_, domain) = text.rsplit_once('@').unwrap_or_default();
    text.len() <= MAX_ADDRESS && domain.contains('.') && text.parse::<lettre::Address>().is_ok()
}

/// A stored recipient is none of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a challenge, a user, an order, a contact point or a message")]
pub(crate) struct ParseRecipientError;

/// Makes the hashes by which addresses are told apart without being shown.
///
/// Keyed, because addresses can be guessed: without the key nobody can try them out.
#[derive(Clone)]
pub struct RecipientKey(hmac::Key);

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge(id) => fmt::Display::fmt(id, f),
            Self::User(id) => fmt::Display::fmt(id, f),
            Self::Order(id) => fmt::Display::fmt(id, f),
            Self::ContactPoint(id) => fmt::Display::fmt(id, f),
            Self::Message(id) => fmt::Display::fmt(id, f),
        }
    }
}

impl FromStr for Recipient {
    type Err = ParseRecipientError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self::Challenge)
            .or_else(|_| text.parse().map(Self::User))
            .or_else(|_| text.parse().map(Self::Order))
            .or_else(|_| text.parse().map(Self::ContactPoint))
            .or_else(|_| text.parse().map(Self::Message))
            .map_err(|_| ParseRecipientError)
    }
}

impl RecipientKey {
    /// Derives the key from the installation's secret.
    pub fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&root, b"tenon/notifications/recipient");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// Hashes an address: 32 hexadecimal digits, the same for the same mailbox.
    pub(crate) fn hash(&self, address: &str) -> String {
        self.hash_exact(&address.trim().to_lowercase())
    }

    /// Hashes a number or a token, of which each letter counts.
    pub(crate) fn hash_exact(&self, address: &str) -> String {
        use fmt::Write as _;
        let tag = hmac::sign(&self.0, address.as_bytes());
        tag.as_ref()[..HASH_LEN].iter().fold(
            String::with_capacity(HASH_LEN * 2),
            |mut text, byte| {
                write!(text, "{byte:02x}").expect("writing to a string succeeds");
                text
            },
        )
    }
}

impl fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecipientKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_told_by_its_prefix() {
        let uuid = uuid::Uuid::from_u128(5);
        for recipient in [
            Recipient::Challenge(ChallengeId::from_uuid(uuid)),
            Recipient::User(UserId::from_uuid(uuid)),
            Recipient::Order(OrderId::from_uuid(uuid)),
            Recipient::ContactPoint(ContactPointId::from_uuid(uuid)),
        ] {
            assert_eq!(recipient.to_string().parse(), Ok(recipient));
        }
        assert_eq!(
            "ada@example.com".parse::<Recipient>(),
            Err(ParseRecipientError)
        );
    }

    #[test]
    fn hashes_hang_on_the_key_and_not_on_letter_case() {
        let (key, other) = (RecipientKey::new(b"one"), RecipientKey::new(b"two"));
        assert_eq!(key.hash("Ada@Example.com "), key.hash("ada@example.com"));
        assert_ne!(key.hash("ada@example.com"), key.hash("eve@example.com"));
        assert_ne!(key.hash("ada@example.com"), other.hash("ada@example.com"));
        assert_eq!(key.hash("ada@example.com").len(), 32);
    }
}
