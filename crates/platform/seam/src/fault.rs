//! What a call over the seam can fail with. The local end can produce every fault that a remote one can.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenon_kernel::{ErrorKind, Retry, ServiceError};

use crate::Contract;

/// The outcome of a call over the seam.
pub type SeamResult<T, E> = Result<T, SeamError<E>>;

/// An error type that may cross the seam.
pub trait DomainError: ServiceError + Contract {}

impl<E: ServiceError + Contract> DomainError for E {}

/// The module said no, or the call did not get through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeamError<E> {
    /// The module refused, in the words of its contract.
    Domain(E),
    /// The call failed before, after or instead of the module's answer.
    Seam(SeamFault),
}

/// Why a call did not get its module's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "fault")]
#[non_exhaustive]
pub enum SeamFault {
    /// The module cannot be reached, or its database cannot.
    #[error("the service is unavailable")]
    Unavailable {
        /// Whether the call ran.
        executed: Executed,
    },
    /// The deadline passed.
    #[error("the deadline passed")]
    DeadlineExceeded {
        /// Whether the call ran.
        executed: Executed,
    },
    /// Too many calls at once; nothing ran.
    #[error("the service is overloaded")]
    Overloaded {
        /// When to come back.
        retry_after_ms: u64,
    },
    /// The caller went away.
    #[error("the call was cancelled")]
    Cancelled,
    /// The calling module could not prove who it is.
    #[error("the calling module is not authenticated")]
    Unauthenticated,
    /// The calling module may not call this.
    #[error("{edge} is not a declared use")]
    Forbidden {
        /// `orders -> catalog.reserve`
        edge: String,
    },
    /// Request or response is larger than the method allows.
    #[error("the message is larger than {limit} bytes")]
    TooLarge {
        /// The bound, in bytes.
        limit: u64,
        /// Whether the call ran: yes if it was the answer that is too large.
        #[serde(default)]
        executed: Executed,
    },
    /// The two sides do not know the same contract.
    #[error("the contract versions do not match")]
    VersionSkew,
    /// A rule of the seam was broken: a call inside a transaction, a loop.
    #[error("the seam was misused: {rule}")]
    Misuse {
        /// The broken rule.
        rule: String,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// A request with this idempotency key is still running.
    #[error("a request with this idempotency key is still running")]
    KeyInFlight {
        /// When to come back.
        retry_after_ms: u64,
    },
    /// Something broke; the log knows what, under this id.
    #[error("internal error, incident {incident}")]
    Internal {
        /// Names the log line.
        incident: String,
    },
}

/// Whether a failed call had its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Executed {
    /// Certainly not. A query has no effect, so a query that got no answer always says this.
    No,
    /// Nobody can say; a command may be repeated with its key only.
    #[default]
    Unknown,
    /// Yes, but the answer was lost.
    Yes,
}

impl SeamFault {
    /// Whether the call had its effect.
    pub fn executed(&self) -> Executed {
        match self {
            Self::Unavailable { executed }
            | Self::DeadlineExceeded { executed }
            | Self::TooLarge { executed, .. } => *executed,
            Self::Overloaded { .. }
            | Self::Unauthenticated
            | Self::Forbidden { .. }
            | Self::VersionSkew
            | Self::Misuse { .. }
            | Self::KeyReused
            | Self::KeyInFlight { .. } => Executed::No,
            Self::Cancelled | Self::Internal { .. } => Executed::Unknown,
        }
    }

    /// Says that nothing was changed: the call was a query.
    pub(crate) fn without_effect(&mut self) {
        if let Self::Unavailable { executed }
        | Self::DeadlineExceeded { executed }
        | Self::TooLarge { executed, .. } = self
        {
            *executed = Executed::No;
        }
    }

    /// When to come back, if waiting helps.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded { retry_after_ms } | Self::KeyInFlight { retry_after_ms } => {
                Some(Duration::from_millis(*retry_after_ms))
            }
            Self::Unavailable { .. } | Self::DeadlineExceeded { .. } => {
                Some(Duration::from_secs(1))
            }
            Self::Cancelled
            | Self::Unauthenticated
            | Self::Forbidden { .. }
            | Self::TooLarge { .. }
            | Self::VersionSkew
            | Self::Misuse { .. }
            | Self::KeyReused
            | Self::Internal { .. } => None,
        }
    }
}

impl ServiceError for SeamFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unavailable { .. }
            | Self::DeadlineExceeded { .. }
            | Self::Overloaded { .. }
            | Self::VersionSkew => ErrorKind::Unavailable,
            Self::KeyReused => ErrorKind::Invalid,
            Self::KeyInFlight { .. } => ErrorKind::Conflict,
            Self::Cancelled
            | Self::Unauthenticated
            | Self::Forbidden { .. }
            | Self::TooLarge { .. }
            | Self::Misuse { .. }
            | Self::Internal { .. } => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } | Self::VersionSkew => "unavailable",
            Self::DeadlineExceeded { .. } => "deadline_exceeded",
            Self::Overloaded { .. } => "overloaded",
            Self::KeyReused => "idempotency_key_reused",
            Self::KeyInFlight { .. } => "idempotency_key_in_flight",
            Self::Cancelled
            | Self::Unauthenticated
            | Self::Forbidden { .. }
            | Self::TooLarge { .. }
            | Self::Misuse { .. }
            | Self::Internal { .. } => "internal",
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::KeyReused
            | Self::Forbidden { .. }
            | Self::Misuse { .. }
            | Self::TooLarge { .. } => Retry::Never,
            Self::Cancelled | Self::Unauthenticated | Self::Internal { .. } => Retry::SameKey,
            Self::Unavailable { .. }
            | Self::DeadlineExceeded { .. }
            | Self::Overloaded { .. }
            | Self::VersionSkew
            | Self::KeyInFlight { .. } => Retry::After,
        }
    }
}

impl<E> SeamError<E> {
    /// Converts the domain part.
    pub fn map_domain<F>(self, convert: impl FnOnce(E) -> F) -> SeamError<F> {
        match self {
            Self::Domain(error) => SeamError::Domain(convert(error)),
            Self::Seam(fault) => SeamError::Seam(fault),
        }
    }

    /// Returns the domain part.
    pub fn domain(&self) -> Option<&E> {
        match self {
            Self::Domain(error) => Some(error),
            Self::Seam(_) => None,
        }
    }
}

impl<E> From<SeamFault> for SeamError<E> {
    fn from(fault: SeamFault) -> Self {
        Self::Seam(fault)
    }
}

impl<E: fmt::Display> fmt::Display for SeamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(error) => fmt::Display::fmt(error, f),
            Self::Seam(fault) => fmt::Display::fmt(fault, f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for SeamError<E> {}
