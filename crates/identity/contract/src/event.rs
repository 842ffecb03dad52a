//! Facts that identity publishes. They carry ids only: no addresses, no secrets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Role, Timestamp};
use tenon_seam::{EventShape, event};

use crate::{
    ApiKeyId, ApiKeyOwner, ChallengeId, ChallengePurpose, Channel, EndReason, FactorId, FactorKind,
    FederatedIdentityId, SessionId, UserErased, UserErasureCancelled, UserErasureRequested,
    UserField, UserId,
};

/// A person has an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserRegistered {
    /// Who.
    pub user_id: UserId,
    /// How they can be reached.
    pub channel: Channel,
}

/// A person has proved that the address is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserVerified {
    /// Who.
    pub user_id: UserId,
    /// What was verified.
    pub channel: Channel,
}

/// Something about a user changed; holders of user data ask for the new state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserUpdated {
    /// Who.
    pub user_id: UserId,
    /// What changed.
    pub fields: Vec<UserField>,
}

/// A user can no longer sign in; their sessions have ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserLocked {
    /// Who.
    pub user_id: UserId,
    /// In the words of the administrator.
    pub reason: String,
}

/// A person signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionCreated {
    /// Which session.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// How they proved who they are (RFC 8176): `pwd`; `pwd`, `otp`, `mfa` with a code of an app; `pwd`, `mfa` with a recovery
    /// code; `pop`, `user`, `mfa` with a passkey, `pwd` before it if after the password. `fed` stands for `pwd` where they came from
    /// another provider.
    pub amr: Vec<String>,
    /// Whether they have signed in from this device before.
    pub known_device: bool,
    /// Keyed hash of the address: equal for equal addresses, and says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-pii" = true))]
    pub ip_hash: Option<String>,
}

/// A session ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionRevoked {
    /// Which session.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// Why.
    pub reason: EndReason,
}

/// A used refresh token came back: someone else has it. The session has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionCompromised {
    /// Which session.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// How many refreshes ago the token was replaced.
    pub generations_behind: i64,
}

/// A user got a role; it counts from their next refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoleAssigned {
    /// Who.
    pub user_id: UserId,
    /// What they may do now.
    pub role: Role,
}

/// A role was taken from a user; their sessions have ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoleRemoved {
    /// Who.
    pub user_id: UserId,
    /// What they may no longer do.
    pub role: Role,
}

/// A person is to be sent a one-time token: ask [`crate::Identity::get_challenge_message`] for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChallengeCreated {
    /// Which challenge.
    pub challenge_id: ChallengeId,
    /// Whom it is for; absent where there is no account yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Why.
    pub purpose: ChallengePurpose,
    /// A message later than this is of no use.
    pub expires_at: Timestamp,
}

/// A person proved that they have a second factor; it is asked for from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorAdded {
    /// Which factor.
    pub factor_id: FactorId,
    /// Whose.
    pub user_id: UserId,
    /// What it is.
    pub kind: FactorKind,
}

/// A second factor no longer counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorRemoved {
    /// Which factor.
    pub factor_id: FactorId,
    /// Whose.
    pub user_id: UserId,
    /// What it was.
    pub kind: FactorKind,
    /// Whether it was the last one: from now on the password is enough.
    pub was_last: bool,
}

/// Someone gave the right password and only wrong codes, as often as one sign-in has guesses; told once a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorGuessed {
    /// Whose account.
    pub user_id: UserId,
}

/// A passkey showed a counter that is not above its last one: somebody may have a copy of it. It was not let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasskeySuspected {
    /// Which factor.
    pub factor_id: FactorId,
    /// Whose.
    pub user_id: UserId,
}

/// A person got new recovery codes; those from before are void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryCodesRenewed {
    /// Who.
    pub user_id: UserId,
}

/// A person signed in with a recovery code, which is void now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryCodeUsed {
    /// Who.
    pub user_id: UserId,
    /// How many codes are left.
    pub left: u32,
}

/// An account of another provider signs a person in from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FederatedIdentityLinked {
    /// Which link.
    pub identity_id: FederatedIdentityId,
    /// Whose.
    pub user_id: UserId,
    /// What the provider is called in the settings.
    pub provider: String,
    /// Whether the account was made by it: nobody had an account with the address before.
    pub made_account: bool,
}

/// An account of another provider no longer signs a person in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FederatedIdentityRemoved {
    /// Which link.
    pub identity_id: FederatedIdentityId,
    /// Whose.
    pub user_id: UserId,
    /// What the provider is called in the settings; its issuer if it is not among them any more.
    pub provider: String,
}

/// A program has a key. The key itself is in no event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiKeyCreated {
    /// Which key.
    pub key_id: ApiKeyId,
    /// Whose.
    pub owner: ApiKeyOwner,
    /// What its owner calls it.
    pub name: String,
    /// What limits it: values of OAuth scopes.
    pub scopes: Vec<String>,
    /// Networks that it may be sent from; anywhere if there are none.
    pub networks: Vec<String>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Who is told: the owner, or who made it where that is a program.
    pub notice_to: UserId,
}

/// A key got a new secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiKeyRotated {
    /// Which key.
    pub key_id: ApiKeyId,
    /// Whose.
    pub owner: ApiKeyOwner,
    /// What its owner calls it.
    pub name: String,
    /// Until when the secret before goes on.
    pub previous_until: Timestamp,
    /// Who is told: the owner, or who did it where that is a program.
    pub notice_to: UserId,
}

/// A key opens nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiKeyRevoked {
    /// Which key.
    pub key_id: ApiKeyId,
    /// Whose.
    pub owner: ApiKeyOwner,
    /// What its owner called it; absent where all keys of an owner went at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who is told: the owner, or who did it where that is a program. Absent where all keys of an owner went at once, together with
    /// everything else that opened the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_to: Option<UserId>,
}

event!(UserRegistered, "user.registered", 1, user_id);
event!(UserVerified, "user.verified", 1, user_id);
event!(UserUpdated, "user.updated", 1, user_id);
event!(UserLocked, "user.locked", 1, user_id);
event!(SessionCreated, "session.created", 1, session_id);
event!(SessionRevoked, "session.revoked", 1, session_id);
event!(SessionCompromised, "session.compromised", 1, session_id);
event!(RoleAssigned, "role.assigned", 1, user_id);
event!(RoleRemoved, "role.removed", 1, user_id);
event!(ChallengeCreated, "challenge.created", 1, challenge_id);
event!(FactorAdded, "factor.added", 1, user_id);
event!(FactorRemoved, "factor.removed", 1, user_id);
event!(FactorGuessed, "factor.guessed", 1, user_id);
event!(PasskeySuspected, "passkey.suspected", 1, user_id);
event!(RecoveryCodesRenewed, "recovery_codes.renewed", 1, user_id);
event!(RecoveryCodeUsed, "recovery_code.used", 1, user_id);
event!(ApiKeyCreated, "api_key.created", 1, key_id);
event!(ApiKeyRotated, "api_key.rotated", 1, key_id);
event!(ApiKeyRevoked, "api_key.revoked", 1, key_id);
event!(
    FederatedIdentityLinked,
    "federated_identity.linked",
    1,
    user_id
);
event!(
    FederatedIdentityRemoved,
    "federated_identity.removed",
    1,
    user_id
);

/// Every fact that identity publishes.
pub static EVENTS: &[EventShape] = &[
    EventShape::of::<UserRegistered>(),
    EventShape::of::<UserVerified>(),
    EventShape::of::<UserUpdated>(),
    EventShape::of::<UserLocked>(),
    EventShape::of::<SessionCreated>(),
    EventShape::of::<SessionRevoked>(),
    EventShape::of::<SessionCompromised>(),
    EventShape::of::<RoleAssigned>(),
    EventShape::of::<RoleRemoved>(),
    EventShape::of::<ChallengeCreated>(),
    EventShape::of::<FactorAdded>(),
    EventShape::of::<FactorRemoved>(),
    EventShape::of::<FactorGuessed>(),
    EventShape::of::<PasskeySuspected>(),
    EventShape::of::<RecoveryCodesRenewed>(),
    EventShape::of::<RecoveryCodeUsed>(),
    EventShape::of::<FederatedIdentityLinked>(),
    EventShape::of::<FederatedIdentityRemoved>(),
    EventShape::of::<UserErasureRequested>(),
    EventShape::of::<UserErasureCancelled>(),
    EventShape::of::<UserErased>(),
    EventShape::of::<ApiKeyCreated>(),
    EventShape::of::<ApiKeyRotated>(),
    EventShape::of::<ApiKeyRevoked>(),
];
