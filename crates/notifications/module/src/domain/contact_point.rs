//! Telephones and devices of people: what can be one, and the codes that prove it.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use notifications_contract::{Channel, ContactPointId, UserRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Env, FieldError, Timestamp};
use zeroize::Zeroizing;

/// First byte of everything sealed: AES-256-GCM, 96-bit random nonce, 128-bit tag.
const FORMAT: u8 = 1;
/// Bytes that a code follows from.
pub(crate) const CODE_NONCE: usize = 16;
/// Guesses at one code.
pub(crate) const MAX_TRIES: i64 = 5;
/// Shortest and longest push token.
const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 16..=1_024;

/// What a contact point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ContactPointKind")]
pub(crate) enum Kind {
    /// A telephone that takes text messages.
    Sms,
    /// A device.
    Push,
}

/// What a device runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PushPlatform")]
pub(crate) enum Platform {
    /// Apple's.
    Ios,
    /// Google's.
    Android,
    /// A browser.
    Web,
}

/// Whether its owner has proved to hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ContactPointStatus")]
pub(crate) enum ContactStatus {
    /// Gets its code and nothing else.
    Unverified,
    /// Gets what its owner wants.
    Verified,
}

/// A telephone or a device, as somebody names it.
#[derive(Clone)]
pub(crate) struct NewContactPoint {
    pub(crate) kind: Kind,
    pub(crate) platform: Option<Platform>,
    /// The number or the token.
    pub(crate) address: String,
}

/// A telephone or a device of a person.
#[derive(Clone)]
pub(crate) struct ContactPoint {
    pub(crate) id: ContactPointId,
    pub(crate) user: UserRef,
    pub(crate) kind: Kind,
    pub(crate) platform: Option<Platform>,
    /// Sealed.
    pub(crate) address: Vec<u8>,
    pub(crate) status: ContactStatus,
    pub(crate) code: Option<SentCode>,
    pub(crate) code_tries: i64,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) verified_at: Option<Timestamp>,
}

/// A code that was sent.
#[derive(Clone, Copy)]
pub(crate) struct SentCode {
    pub(crate) nonce: [u8; CODE_NONCE],
    pub(crate) expires_at: Timestamp,
}

/// Seals numbers and tokens, and makes codes.
#[derive(Clone)]
pub struct ContactKey {
    seal: Zeroizing<[u8; 32]>,
    code: hmac::Key,
}

impl Kind {
    /// Over which channel it is reached.
    pub(crate) fn channel(self) -> Channel {
        match self {
            Self::Sms => Channel::Sms,
            Self::Push => Channel::Push,
        }
    }
}

impl NewContactPoint {
    /// Reads what somebody sent: a telephone has a number and nothing else, a device a token and a platform.
    ///
    /// # Errors
    ///
    /// Every wrong member.
    pub(crate) fn read(
        kind: Kind,
        number: Option<String>,
        token: Option<String>,
        platform: Option<Platform>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |pointer: &str, code: &str, detail: &str| {
            errors.push(FieldError::new(pointer, code.to_owned(), detail));
        };
        let misplaced = "Does not go with this kind.";
        let address = match kind {
            Kind::Sms => {
                if token.is_some() {
                    wrong("/token", "misplaced", misplaced);
                }
                if platform.is_some() {
                    wrong("/platform", "misplaced", misplaced);
                }
                match number {
                    None => wrong("/number", "required", "A telephone has a number."),
                    Some(ref number) if !is_e164(number) => wrong(
                        "/number",
                        "invalid_value",
                        "An international number: `+` and 8 to 15 digits (E.164).",
                    ),
                    Some(_) => {}
                }
                number
            }
            Kind::Push => {
                if number.is_some() {
                    wrong("/number", "misplaced", misplaced);
                }
                if platform.is_none() {
                    wrong("/platform", "required", "A device has a platform.");
                }
                match token {
                    None => wrong("/token", "required", "A device has a token."),
                    Some(ref token) if !is_token(token) => wrong(
                        "/token",
                        "invalid_value",
                        "16 to 1024 visible ASCII characters.",
                    ),
                    Some(_) => {}
                }
                token
            }
        };
        match address {
            Some(address) if errors.is_empty() => Ok(Self {
                kind,
                platform,
                address,
            }),
            _ => Err(errors),
        }
    }
}

impl ContactPoint {
    /// The code that counts now, if one does.
    pub(crate) fn expected_code(&self, now: Timestamp) -> Option<SentCode> {
        self.code
            .filter(|code| code.expires_at > now && self.code_tries < MAX_TRIES)
    }
}

impl ContactKey {
    /// Derives the keys from the installation's secret.
    ///
    /// # Panics
    ///
    /// Never: HMAC-SHA256 gives 32 bytes.
    pub fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let seal = hmac::sign(&root, b"tenon/notifications/contact_points");
        let code = hmac::sign(&root, b"tenon/notifications/contact_codes");
        let seal = seal.as_ref().try_into();
        Self {
            seal: Zeroizing::new(seal.expect("HMAC-SHA256 gives 32 bytes")),
            code: hmac::Key::new(hmac::HMAC_SHA256, code.as_ref()),
        }
    }

    /// Encrypts the address of a contact point: format, nonce, ciphertext and tag.
    pub(crate) fn seal(&self, env: &Env, id: ContactPointId, address: &str) -> Vec<u8> {
        let nonce = env.random::<NONCE_LEN>();
        let mut sealed = vec![FORMAT];
        sealed.extend_from_slice(&nonce);
        let mut body = address.as_bytes().to_vec();
        self.cipher()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place(id)),
                &mut body,
            )
            .expect("short values can be encrypted");
        sealed.append(&mut body);
        sealed
    }

    /// Decrypts the address of a contact point; `None` if it was altered or moved, or the installation has another
    /// secret by now.
    pub(crate) fn open(&self, id: ContactPointId, sealed: &[u8]) -> Option<String> {
        let (&format, rest) = sealed.split_first()?;
        let (&nonce, body) = rest.split_first_chunk::<NONCE_LEN>()?;
        if format != FORMAT {
            return None;
        }
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self
            .cipher()
            .open_in_place(nonce, Aad::from(place(id)), &mut body)
            .ok()?;
        String::from_utf8(opened.to_vec()).ok()
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

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, self.seal.as_slice());
        LessSafeKey::new(key.expect("AES-256 takes 32 bytes"))
    }
}

/// Where a sealed address stands. It opens nowhere else.
fn place(id: ContactPointId) -> Vec<u8> {
    let mut place = b"notifications/contact_points/".to_vec();
    place.extend_from_slice(id.uuid().as_bytes());
    place
}

/// ITU-T E.164: a country code, which does not begin with 0, and a number; 15 digits at most.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_token(text: &str) -> bool {
    TOKEN_LENGTH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The end of a number or token, by which its owner knows it.
pub(crate) fn hint(address: &str) -> String {
    let kept: String = address.chars().rev().take(3).collect();
    format!("…{}", kept.chars().rev().collect::<String>())
}

impl fmt::Debug for ContactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactKey(..)")
    }
}

/// Shows no address.
impl fmt::Debug for NewContactPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewContactPoint")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Shows neither address nor code.
impl fmt::Debug for ContactPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactPoint")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn numbers_are_international() {
        for good in ["+4915112345678", "+12025550123", "+123456789012345"] {
            assert!(is_e164(good), "{good}");
        }
        for bad in [
            "",
            "+",
            "4915112345678",
            "+0915112345678",
            "+49 151 1234567",
            "+1234567",
            "+1234567890123456",
            "+49１２３４５６７８",
        ] {
            assert!(!is_e164(bad), "{bad}");
        }
    }

    #[test]
    fn each_kind_has_its_own_members() {
        let pointers = |result: Result<NewContactPoint, Vec<FieldError>>| {
            let errors = result.err().unwrap_or_default();
            errors
                .into_iter()
                .map(|error| error.pointer)
                .collect::<Vec<_>>()
        };
        let number = || Some("+4915112345678".to_owned());
        let token = || Some("t".repeat(16));
        assert!(NewContactPoint::read(Kind::Sms, number(), None, None).is_ok());
        assert!(NewContactPoint::read(Kind::Push, None, token(), Some(Platform::Ios)).is_ok());
        assert_eq!(
            pointers(NewContactPoint::read(
                Kind::Sms,
                None,
                token(),
                Some(Platform::Web)
            )),
            ["/token", "/platform", "/number"]
        );
        assert_eq!(
            pointers(NewContactPoint::read(
                Kind::Push,
                number(),
                Some("short".to_owned()),
                None
            )),
            ["/number", "/platform", "/token"]
        );
    }

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

    #[test]
    fn a_hint_is_the_end() {
        assert_eq!(hint("+4915112345678"), "…678");
    }
}
