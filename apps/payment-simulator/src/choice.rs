//! What a buyer, or a test in their place, chooses on the hosted page.

use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;

use crate::Intent;
use crate::intent::Refused;

/// What a buyer chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Pay.
    Pay,
    /// The bank refuses.
    Decline,
    /// There is not enough money.
    InsufficientFunds,
    /// The buyer fails the bank's question.
    FailChallenge,
    /// The money is promised, but nobody is told: no webhook, no way back to the shop.
    PayAndVanish,
    /// The buyer walks away: nothing happens, for ever.
    Leave,
    /// The bank promises the money after all, whatever was decided meanwhile: also what was called off or declined.
    SucceedLate,
}

/// What the merchant and the buyer learn of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effect {
    /// The webhook to send.
    pub(crate) event: Option<&'static str>,
    /// Whether the buyer is sent back to the shop.
    pub(crate) returns: bool,
}

impl Choice {
    pub(crate) fn apply(self, intent: &mut Intent, now: Timestamp) -> Result<Effect, Refused> {
        let told = |event| Effect {
            event: Some(event),
            returns: true,
        };
        Ok(match self {
            Self::Pay => told(intent.authorize(now)?),
            Self::Decline => told(intent.decline("card_declined", now)?),
            Self::InsufficientFunds => told(intent.decline("insufficient_funds", now)?),
            Self::FailChallenge => told(intent.decline("authentication_failed", now)?),
            Self::PayAndVanish => {
                intent.authorize(now)?;
                intent.note(now, "nobody was told");
                Effect {
                    event: None,
                    returns: false,
                }
            }
            Self::SucceedLate => told(intent.succeed_late(now)?),
            Self::Leave => {
                intent.note(now, "the buyer left");
                Effect {
                    event: None,
                    returns: false,
                }
            }
        })
    }
}
