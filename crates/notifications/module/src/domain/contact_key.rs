//! What guards contact points: their addresses are sealed, and the codes that prove them follow from a key. And what messages
//! were asked to say.

use std::fmt;

use aws_lc_rs::hmac;
use notifications_contract::{ContactPointId, MessageId};
use tenon_kernel::Env;
use zeroize::Zeroizing;

use super::contact_point::{CODE_NONCE, SentCode};
use super::seal::SealingKey;

/// Seals numbers and tokens, and what messages were asked to say; makes codes.
#[derive(Clone)]
pub struct ContactKey {
    seal: SealingKey,
    content: SealingKey,
    code: hmac::Key,
}

impl ContactKey {
    /// Derives the keys from the installation's secret.
    pub fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let code = hmac::sign(&root, b"tenon/notifications/contact_codes");
        Self {
            seal: SealingKey::derive(secret, b"tenon/notifications/contact_points"),
            content: SealingKey::derive(secret, b"tenon/notifications/message_contents"),
            code: hmac::Key::new(hmac::HMAC_SHA256, code.as_ref()),
        }
    }

    /// Encrypts the address of a contact point.
    pub(crate) fn seal(&self, env: &Env, id: ContactPointId, address: &str) -> Vec<u8> {
        self.seal.seal(env, place(id), address.as_bytes())
    }

    /// Decrypts the address of a contact point; `None` if it was altered or moved, or the installation has another
    /// secret by now.
    pub(crate) fn open(&self, id: ContactPointId, sealed: &[u8]) -> Option<String> {
        let opened = self.seal.open(place(id), sealed)?;
        String::from_utf8(opened.to_vec()).ok()
    }

    /// Encrypts what a message was asked to say.
    pub(crate) fn seal_content(&self, env: &Env, id: MessageId, content: &[u8]) -> Vec<u8> {
        self.content.seal(env, content_place(id), content)
    }

    /// Decrypts what a message was asked to say; `None` as for addresses.
    pub(crate) fn open_content(&self, id: MessageId, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.content.open(content_place(id), sealed)
    }

    /// The six digits that follow from a nonce: whoever reads the store cannot tell them.
    pub(crate) fn code(&self, id: ContactPointId, nonce: [u8; CODE_NONCE]) -> String {
        let mut input = place(id);
        input.extend_from_slice(&nonce);
        let tag = hmac::sign(&self.code, &input);
        let bits = tag.as_ref()[..8]
            .iter()
            .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        format!("{:06}", bits % 1_000_000)
    }

    /// Compares a guess without telling by time how much of it is right.
    pub(crate) fn is_code(&self, id: ContactPointId, sent: SentCode, guess: &str) -> bool {
        let code = self.code(id, sent.nonce);
        aws_lc_rs::constant_time::verify_slices_are_equal(code.as_bytes(), guess.as_bytes()).is_ok()
    }
}

/// Where a sealed address stands. It opens nowhere else.
fn place(id: ContactPointId) -> Vec<u8> {
    let mut place = b"notifications/contact_points/".to_vec();
    place.extend_from_slice(id.uuid().as_bytes());
    place
}

/// Where a sealed content stands. It opens nowhere else.
fn content_place(id: MessageId) -> Vec<u8> {
    let mut place = b"notifications/message_contents/".to_vec();
    place.extend_from_slice(id.uuid().as_bytes());
    place
}

impl fmt::Debug for ContactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use tenon_kernel::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_address_opens_where_it_was_sealed() {
        let (key, env) = (ContactKey::new(b"secret"), Env::system());
        let (here, there) = (
            ContactPointId::from_uuid(Uuid::from_u128(1)),
            ContactPointId::from_uuid(Uuid::from_u128(2)),
        );
        let sealed = key.seal(&env, here, "+4915112345678");
        assert_eq!(key.open(here, &sealed).as_deref(), Some("+4915112345678"));
        assert_eq!(key.open(there, &sealed), None);
        assert_eq!(ContactKey::new(b"other").open(here, &sealed), None);
        assert_eq!(key.open(here, &sealed[..8]), None);
    }

    #[test]
    fn a_content_opens_where_it_was_sealed() {
        let (key, env) = (ContactKey::new(b"secret"), Env::system());
        let (here, there) = (
            MessageId::from_uuid(Uuid::from_u128(1)),
            MessageId::from_uuid(Uuid::from_u128(2)),
        );
        let sealed = key.seal_content(&env, here, b"hello");
        let opened = key.open_content(here, &sealed);
        assert_eq!(opened.expect("it opens").as_slice(), b"hello");
        assert!(key.open_content(there, &sealed).is_none());
        let same = ContactPointId::from_uuid(here.uuid());
        assert_eq!(key.open(same, &sealed), None);
    }

    #[test]
    fn a_code_has_six_digits_and_follows_from_the_nonce() {
        let key = ContactKey::new(b"secret");
        let id = ContactPointId::from_uuid(Uuid::from_u128(1));
        let code = key.code(id, [7; CODE_NONCE]);
        assert_eq!(code.len(), 6);
        assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        assert_ne!(code, key.code(id, [8; CODE_NONCE]));
        let expires_at = Timestamp::EPOCH;
        let sent = SentCode {
            nonce: [7; CODE_NONCE],
            expires_at,
        };
        assert!(key.is_code(id, sent, &code));
        assert!(!key.is_code(id, sent, "12345"));
    }
}
