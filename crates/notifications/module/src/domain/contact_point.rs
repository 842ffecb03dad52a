//! Telephones and devices of people: what can be one.

use std::fmt;

use notifications_contract::{Channel, ContactPointId, UserRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{FieldError, Timestamp};

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
    fn a_hint_is_the_end() {
        assert_eq!(hint("+4915112345678"), "…678");
    }
}
