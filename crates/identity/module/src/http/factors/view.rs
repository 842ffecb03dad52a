//! Factors as their owner sees them.

use identity_contract::{FactorId, FactorKind};
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
    /// A key of WebAuthn on a device, or shared between devices, unlocked by a PIN, a finger or a face.
    Passkey,
}

/// Where a factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "FactorStatus")]
pub(super) enum Status {
    /// It waits for its first proof, 15 minutes at most, a passkey five, and is not asked for.
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
    /// When it last counted.
    last_used_at: Option<Timestamp>,
    /// When its first proof came.
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
            kind: factor.kind.into(),
            name: factor.name,
            status,
            last_used_at: factor.last_used_at,
            confirmed_at: factor.confirmed_at,
            created_at: factor.created_at,
        }
    }
}

impl From<FactorKind> for Kind {
    fn from(kind: FactorKind) -> Self {
        match kind {
            FactorKind::Passkey => Self::Passkey,
            _ => Self::Totp, // the table has no other
        }
    }
}

impl From<Kind> for FactorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Totp => Self::Totp,
            Kind::Passkey => Self::Passkey,
        }
    }
}

/// Codes as people write them down.
pub(super) fn shown(codes: &[RecoveryCode]) -> Vec<String> {
    codes.iter().map(RecoveryCode::expose).collect()
}
