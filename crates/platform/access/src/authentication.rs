//! How and when a person proved who they are: claims `auth_time` and `amr` (RFC 9068 §2.2.1, RFC 8176), and how lately
//! that must have been for what cannot be taken back (RFC 9470).

use std::time::Duration;

use tenon_kernel::Timestamp;

use crate::TokenError;
use crate::claims::LEEWAY;
use crate::token::Members;

/// More methods than anybody shows at once.
const MAX_METHODS: usize = 8;
/// Longer than any value of RFC 8176.
const MAX_METHOD: usize = 16;

/// A sign-in as its tokens tell it. A refresh does not make it younger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// When the person proved who they are.
    pub at: Timestamp,
    /// By what: values of RFC 8176.
    pub amr: Vec<String>,
}

/// Who holds a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A person, or a program that acts for one: they were there when they signed in.
    Person(Authentication),
    /// A program that acts for itself, by a key or a secret of its own: there is nobody who could sign in again.
    Program,
}

/// The sign-in is older than the operation allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInTooOld {
    /// How old it may be.
    pub max_age: Duration,
}

impl Authentication {
    /// Reads both claims or neither. A token without them is from before they were given out: its sign-in counts as
    /// the oldest there can be.
    pub(crate) fn read(claims: &Members, issued_at: Timestamp) -> Result<Self, TokenError> {
        if !claims.has("auth_time") && !claims.has("amr") {
            return Ok(Self {
                at: Timestamp::from_unix_seconds(0),
                amr: Vec::new(),
            });
        }
        let at = Timestamp::from_unix_seconds(claims.seconds("auth_time")?);
        if at > issued_at + LEEWAY {
            return Err(TokenError::Invalid);
        }
        let methods = claims.list("amr")?;
        if methods.is_empty() || methods.len() > MAX_METHODS {
            return Err(TokenError::Invalid);
        }
        let amr = methods.iter().map(|method| match method.as_str() {
            Some(method) if (1..=MAX_METHOD).contains(&method.len()) => Ok(method.to_owned()),
            _ => Err(TokenError::Invalid),
        });
        Ok(Self {
            at,
            amr: amr.collect::<Result<_, _>>()?,
        })
    }
}

impl Holder {
    /// Refuses a person who signed in longer ago than that.
    ///
    /// # Errors
    ///
    /// [`SignInTooOld`]. Programs that act for themselves are never refused: their credential was made by a person with
    /// a fresh sign-in, and its scope limits them.
    pub(crate) fn require_recent_sign_in(
        &self,
        max_age: Duration,
        now: Timestamp,
    ) -> Result<(), SignInTooOld> {
        match self {
            Self::Person(authentication) if now >= authentication.at + max_age => {
                Err(SignInTooOld { max_age })
            }
            Self::Person(_) | Self::Program => Ok(()),
        }
    }
}
