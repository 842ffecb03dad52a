//! Links by which a reader stops mails about a topic without signing in (RFC 8058).

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notifications_contract::UserRef;
use uuid::Uuid;

use super::topic::{Place, Topic};

/// First byte of every token.
const FORMAT: u8 = 1;
/// Format, topic and person.
const BODY: usize = 18;
/// Bytes of the signature that are kept: nobody guesses 128 bits.
const TAG: usize = 16;
/// Longest token that is looked at.
const MAX_TEXT: usize = 64;

/// Signs the links in mails that stop further ones. A token says for whom and about what; it opens nothing else, and
/// holds for as long as the installation's secret: mails are read years later.
#[derive(Clone)]
pub struct UnsubscribeKey(hmac::Key);

/// What a token stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unsubscription {
    pub(crate) user: UserRef,
    pub(crate) topic: Topic,
}

impl UnsubscribeKey {
    /// Derives the key from the installation's secret.
    pub fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&root, b"tenon/notifications/unsubscribe");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// Makes the token of a person and a topic: always the same one.
    pub(crate) fn token(&self, what: Unsubscription) -> String {
        let mut bytes = Vec::with_capacity(BODY + TAG);
        bytes.extend_from_slice(&[FORMAT, what.topic.byte()]);
        bytes.extend_from_slice(what.user.uuid().as_bytes());
        let tag = hmac::sign(&self.0, &bytes);
        bytes.extend_from_slice(&tag.as_ref()[..TAG]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token; `None` if we did not make it, or what it stops cannot be stopped.
    pub(crate) fn open(&self, token: &str) -> Option<Unsubscription> {
        if token.len() > MAX_TEXT {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (body, tag) = bytes.split_at_checked(BODY)?;
        let expected = hmac::sign(&self.0, body);
        aws_lc_rs::constant_time::verify_slices_are_equal(&expected.as_ref()[..TAG], tag).ok()?;
        let (head, user) = body.split_first_chunk::<2>()?;
        let topic = Topic::of_byte(head[1]).filter(|topic| topic.can_be_off(Place::Email))?;
        (head[0] == FORMAT).then_some(())?;
        let user = UserRef::from_uuid(Uuid::from_slice(user).ok()?);
        Some(Unsubscription { user, topic })
    }
}

impl fmt::Debug for UnsubscribeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnsubscribeKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(user: u128, topic: Topic) -> Unsubscription {
        let user = UserRef::from_uuid(Uuid::from_u128(user));
        Unsubscription { user, topic }
    }

    #[test]
    fn a_token_says_what_it_was_made_for() {
        let key = UnsubscribeKey::new(b"secret");
        let what = of(7, Topic::Orders);
        assert_eq!(key.open(&key.token(what)), Some(what));
        assert_ne!(key.token(what), key.token(of(8, Topic::Orders)));
        assert_ne!(key.token(what), key.token(of(7, Topic::Shipping)));
    }

    #[test]
    fn security_has_no_token_that_works() {
        let key = UnsubscribeKey::new(b"secret");
        assert_eq!(key.open(&key.token(of(7, Topic::Security))), None);
    }

    #[test]
    fn a_changed_token_opens_nothing() {
        let key = UnsubscribeKey::new(b"secret");
        let token = key.token(of(7, Topic::Orders));
        let bytes = URL_SAFE_NO_PAD.decode(&token).expect("ours");
        for place in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[place] ^= 1;
            assert_eq!(
                key.open(&URL_SAFE_NO_PAD.encode(forged)),
                None,
                "byte {place}"
            );
        }
        for wrong in [
            "",
            "AQ",
            "…",
            &token[1..],
            &format!("{token}A"),
            &"A".repeat(65),
        ] {
            assert_eq!(key.open(wrong), None, "{wrong}");
        }
        assert_eq!(UnsubscribeKey::new(b"another").open(&token), None);
    }
}
