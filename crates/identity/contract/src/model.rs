//! Requests and answers of the contract.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Role, Timestamp};

use crate::{ChallengeId, SessionId, UserId};

/// Asks for users.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GetUsers {
    /// At most [`crate::MAX_IDS`].
    pub ids: Vec<UserId>,
}

/// Answer to [`GetUsers`].
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Users {
    /// Those that exist.
    pub users: Vec<User>,
}

/// A person as other modules see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// As the person wrote it.
    #[schemars(extend("x-pii" = true))]
    pub email: String,
    /// What to call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-pii" = true))]
    pub display_name: Option<String>,
    /// Whether the person has proved to read mail sent to the address. Nothing may be linked by an unverified address.
    pub email_verified: bool,
    /// What they may do.
    pub roles: Vec<Role>,
    /// A locked user cannot sign in.
    pub locked: bool,
}

/// Asks for the public keys of access tokens.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct GetSigningKeys {}

/// Answer to [`GetSigningKeys`].
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SigningKeys {
    /// Newest first.
    pub keys: Vec<PublicKey>,
}

/// A public Ed25519 key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicKey {
    /// `kid`
    pub kid: String,
    /// The 32 raw bytes in base64url without padding: `x` of its JWK.
    pub x: String,
}

/// Asks which sessions live.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckSessions {
    /// At most [`crate::MAX_IDS`].
    pub ids: Vec<SessionId>,
}

/// Answer to [`CheckSessions`].
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LiveSessions {
    /// Those that live.
    pub live: Vec<SessionId>,
}

/// Asks what to write to the person a challenge is for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GetChallengeMessage {
    /// From the event `challenge.created`.
    pub challenge_id: ChallengeId,
}

/// What to write to the person a challenge is for. Holds a secret: never log it, never store it.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct ChallengeMessage {
    /// Which challenge.
    pub challenge_id: ChallengeId,
    /// Where to write.
    #[schemars(extend("x-pii" = true))]
    pub email: String,
    /// What to call the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-pii" = true))]
    pub display_name: Option<String>,
    /// Why they are written to.
    pub purpose: ChallengePurpose,
    /// The one-time token with which the challenge is answered: 43 characters of base64url.
    pub token: String,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

/// Leaves the token and the person out.
impl std::fmt::Debug for ChallengeMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChallengeMessage")
            .field("challenge_id", &self.challenge_id)
            .field("purpose", &self.purpose)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Why a person is sent a one-time token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChallengePurpose {
    /// Proves that the address of a new account is theirs.
    VerifyEmail,
    /// Sets a new password.
    Recover,
    /// Someone registered with the address of this existing account; the token sets a new password, as for
    /// [`ChallengePurpose::Recover`], in case the owner forgot that it exists.
    AlreadyRegistered,
    /// An administrator made an account for them: proves the address, and sets the first password.
    Invite,
    /// A purpose this version does not know.
    #[serde(other)]
    Unknown,
}

/// What a second factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FactorKind {
    /// An app that shows codes which change with the time (RFC 6238).
    Totp,
    /// A key of WebAuthn: on a device, or synchronised between the devices of a person.
    Passkey,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// Over which channel a person was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Channel {
    /// An e-mail address.
    Email,
    /// Made by the command line, without a message.
    Operator,
    /// Another OpenID Connect provider, which vouches for the address.
    Provider,
    /// A channel this version does not know.
    #[serde(other)]
    Unknown,
}

/// What changed about a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserField {
    /// What to call them.
    DisplayName,
    /// The password; people are told of this by mail.
    Password,
    /// The user was unlocked. Locking has an event of its own.
    Locked,
    /// A member this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndReason {
    /// The person signed out.
    SignedOut,
    /// The person ended it from another session.
    EndedByUser,
    /// The password changed.
    PasswordChanged,
    /// The account was recovered.
    Recovered,
    /// The person added a second factor; sessions from before began without it.
    FactorAdded,
    /// The user was locked.
    UserLocked,
    /// A role was taken away; what it allowed must end at once.
    RoleRemoved,
    /// The user signed in from too many places; the oldest session gave way.
    TooManySessions,
    /// A used refresh token came back.
    Compromised,
    /// The account is to be erased, or was.
    AccountErased,
    /// A reason this version does not know.
    #[serde(other)]
    Unknown,
}
