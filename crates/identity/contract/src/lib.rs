//! Contract of the identity module: all that other modules may know about it.
//!
//! **Architecture invariant:** no IO here, and no dependency except `tenon-kernel` and `tenon-seam`.
//! A caller of [`Identity`] cannot tell whether the module runs in its process or in another.
//! Checked by `cargo xtask check boundaries`.

mod api_key;
mod erasure;
mod error;
mod event;
mod id;
mod model;
#[cfg(feature = "testing")]
pub mod testing;

pub use self::api_key::{ApiKeyGrant, ApiKeyOwner, CheckApiKey, CheckedApiKey};
pub use self::erasure::{UserErased, UserErasureCancelled, UserErasureRequested};
pub use self::error::IdentityError;
pub use self::event::{
    ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated, ChallengeCreated, EVENTS, FactorAdded,
    FactorGuessed, FactorRemoved, FederatedIdentityLinked, FederatedIdentityRemoved,
    PasskeySuspected, RecoveryCodeUsed, RecoveryCodesRenewed, RoleAssigned, RoleRemoved,
    SessionCompromised, SessionCreated, SessionRevoked, UserLocked, UserRegistered, UserUpdated,
    UserVerified,
};
pub use self::id::{
    ApiKeyId, ApiKeyKind, ChallengeId, ChallengeKind, FactorId, FactorKindOfId,
    FederatedIdentityId, FederatedIdentityKind, OauthClientId, OauthClientKind, ServiceAccountId,
    ServiceAccountKind, SessionId, SessionKind, UserId, UserKind,
};
pub use self::model::{
    ChallengeMessage, ChallengePurpose, Channel, CheckSessions, EndReason, FactorKind,
    GetChallengeMessage, GetSigningKeys, GetUsers, LiveSessions, PublicKey, SigningKeys, User,
    UserField, Users,
};

use tenon_kernel::CallCtx;
use tenon_seam::{SeamResult, contract};

/// Most ids in one request of [`Identity::get_users`] and [`Identity::check_sessions`].
pub const MAX_IDS: usize = 200;

/// What other modules may ask of identity.
#[contract(module = "identity", version = 1)]
pub trait Identity: Send + Sync + 'static {
    /// Returns those of the given users that exist, in the order of the ids asked for.
    ///
    /// # Errors
    ///
    /// [`IdentityError::TooManyIds`] for more than [`MAX_IDS`].
    #[query(timeout = "1s")]
    async fn get_users(&self, ctx: &CallCtx, req: GetUsers) -> SeamResult<Users, IdentityError>;

    /// Returns the public keys with which access tokens can be checked now, newest first.
    ///
    /// A key is listed before it signs its first token and until its last token has expired.
    #[query(timeout = "2s")]
    async fn get_signing_keys(
        &self,
        ctx: &CallCtx,
        req: GetSigningKeys,
    ) -> SeamResult<SigningKeys, IdentityError>;

    /// Returns those of the given sessions that live: neither signed out, ended nor expired, and their user not locked.
    ///
    /// # Errors
    ///
    /// [`IdentityError::TooManyIds`] for more than [`MAX_IDS`].
    #[query(timeout = "1s")]
    async fn check_sessions(
        &self,
        ctx: &CallCtx,
        req: CheckSessions,
    ) -> SeamResult<LiveSessions, IdentityError>;

    /// Says what an API key opens, if it counts now: known, with the right secret, not expired, its owner not locked.
    /// Which of these is wrong nobody learns. Notes the use, about once a minute.
    ///
    /// Whoever asks checks the networks: an answer counts for requests from other addresses, too.
    #[query(timeout = "1s")]
    async fn check_api_key(
        &self,
        ctx: &CallCtx,
        req: CheckApiKey,
    ) -> SeamResult<CheckedApiKey, IdentityError>;

    /// Returns what to write to the person a challenge is for, with its one-time token.
    ///
    /// Only `notifications` may ask: this is the one way in which the token leaves identity. It is derived
    /// at each call and stands neither in an event nor in a table.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ChallengeNotFound`] if it does not exist, was answered, has expired, or another module asks.
    #[query(timeout = "1s")]
    async fn get_challenge_message(
        &self,
        ctx: &CallCtx,
        req: GetChallengeMessage,
    ) -> SeamResult<ChallengeMessage, IdentityError>;
}
