//! What several endpoints answer.

use identity_contract::{SessionId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use tenon_kernel::{Role, Timestamp};

use crate::domain::change::Change;
use crate::domain::user::Account;
use crate::service::Granted;

/// The person who is signed in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Me")]
pub(super) struct MeView {
    /// Who.
    id: UserId,
    /// As written at registration.
    email: String,
    /// Whether the person has proved that the address is theirs.
    email_verified: bool,
    /// What to call them.
    display_name: Option<String>,
    /// What they may do.
    roles: Vec<Role>,
    /// When the account was made.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
}

impl From<&Account> for MeView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id,
            email: account.email.clone(),
            email_verified: account.is_verified(),
            display_name: account.display_name.clone(),
            roles: account.roles.to_vec(),
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}

/// A user as administrators see them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub(super) struct UserView {
    /// Who.
    id: UserId,
    /// As written at registration.
    email: String,
    /// Whether the person has proved that the address is theirs.
    email_verified: bool,
    /// What to call them.
    display_name: Option<String>,
    /// What they may do.
    roles: Vec<Role>,
    /// Whether they are kept out.
    locked: bool,
    /// Since when.
    locked_at: Option<Timestamp>,
    /// Why.
    lock_reason: Option<String>,
    /// When they last signed in.
    last_signed_in_at: Option<Timestamp>,
    /// When the account was made.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
}

impl From<&Account> for UserView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id,
            email: account.email.clone(),
            email_verified: account.is_verified(),
            display_name: account.display_name.clone(),
            roles: account.roles.to_vec(),
            locked: account.is_locked(),
            locked_at: account.locked_at,
            lock_reason: account.lock_reason.clone(),
            last_signed_in_at: account.last_signed_in_at,
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}

/// Tokens of a session.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Tokens")]
pub(super) struct TokensView {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// `Bearer`
    token_type: &'static str,
    /// Seconds that the access token still lives.
    expires_in: u64,
    /// Gets the next tokens, once: `POST /v1/auth/tokens`.
    refresh_token: String,
    /// The session that these tokens belong to.
    session_id: SessionId,
    /// Whether a role of yours needs a second factor that you do not have, or did not show: then the access token is good for
    /// `POST /v1/me/factors` and for confirming it, and for little else. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    second_factor_required: bool,
    /// With a sign-in: keep it and send it with the next one from this device.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
}

impl TokensView {
    pub(super) fn new(granted: Granted, now: Timestamp) -> Self {
        Self {
            access_token: granted.access_token,
            token_type: "Bearer",
            expires_in: granted.access_expires_at.since(now).as_secs(),
            refresh_token: granted.refresh_token.expose().to_owned(),
            session_id: granted.session_id,
            second_factor_required: granted.is_enrolling,
            device_token: granted.device_token,
        }
    }
}

/// A request that was taken.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Accepted")]
pub(super) struct AcceptedView {
    /// For people; the same whether or not the address is known.
    detail: &'static str,
}

impl AcceptedView {
    pub(super) const MAIL: Self = Self {
        detail: "If this address can get a mail about it, one is on its way.",
    };
}

/// `null` clears, a value sets; a member that is absent is left alone by `#[serde(default)]`.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}
