//! What identity publishes of accounts that are to be erased, and of those that were.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;
use tenon_seam::event;

use crate::UserId;

/// A person wants their account erased; until then they can take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserErasureRequested {
    /// Who.
    pub user_id: UserId,
    /// When it happens.
    pub erase_at: Timestamp,
}

/// A person keeps the account that was to be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserErasureCancelled {
    /// Who.
    pub user_id: UserId,
}

/// An account is gone. Whoever holds data of this person empties it now; the id means nobody any more, and is never given again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserErased {
    /// Who it was.
    pub user_id: UserId,
}

event!(UserErasureRequested, "user.erasure_requested", 1, user_id);
event!(UserErasureCancelled, "user.erasure_cancelled", 1, user_id);
event!(UserErased, "user.erased", 1, user_id);
