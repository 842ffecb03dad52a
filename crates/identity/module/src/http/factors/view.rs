//! Factors as their owner sees them.

use identity_contract::FactorId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;

use crate::domain::factor::Factor;
use crate::domain::recovery_code::RecoveryCode;

/// What a factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "FactorKind")]
pub(super) enum Kind {
    /// An app that shows codes which change with the time (RFC 6238: SHA-1, six digits, 30 seconds).
    Totp,
}

/// Where a factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "FactorStatus")]
pub(super) enum Status {
    /// It waits for its first code, 15 minutes at most, and is not asked for.
    Pending,
    /// It is asked for at each sign-in.
    Confirmed,
}

/// A second factor.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Factor")]
pub(super) struct FactorView {
    /// Which one.
    id: FactorId,
    /// What it is.
    kind: Kind,
    /// What its owner calls it.
    name: String,
    /// Where it stands.
    status: Status,
    /// When a code of it last counted.
    last_used_at: Option<Timestamp>,
    /// When its first code came.
    confirmed_at: Option<Timestamp>,
    /// When it was made.
    created_at: Timestamp,
}

impl From<Factor> for FactorView {
    fn from(factor: Factor) -> Self {
        let status = if factor.is_confirmed() {
            Status::Confirmed
        } else {
            Status::Pending
        };
        Self {
            id: factor.id,
            kind: Kind::Totp, // the table has no other
            name: factor.name,
            status,
            last_used_at: factor.last_used_at,
            confirmed_at: factor.confirmed_at,
            created_at: factor.created_at,
        }
    }
}

/// Codes as people write them down.
pub(super) fn shown(codes: &[RecoveryCode]) -> Vec<String> {
    codes.iter().map(RecoveryCode::expose).collect()
}
