//! Ids of identity.

use tenon_kernel::{Id, IdKind};

/// Kind of [`UserId`].
#[derive(Debug)]
pub struct UserKind;

impl IdKind for UserKind {
    const PREFIX: &'static str = "usr";
}

/// Names a person; `sub` of access tokens.
pub type UserId = Id<UserKind>;

/// Kind of [`SessionId`].
#[derive(Debug)]
pub struct SessionKind;

impl IdKind for SessionKind {
    const PREFIX: &'static str = "ses";
}

/// Names one sign-in and everything refreshed from it; `sid` of access tokens. Not a secret.
pub type SessionId = Id<SessionKind>;

/// Kind of [`OauthClientId`].
#[derive(Debug)]
pub struct OauthClientKind;

impl IdKind for OauthClientKind {
    const PREFIX: &'static str = "cli";
}

/// Names a program that was registered: `client_id` of OAuth. Not a secret.
pub type OauthClientId = Id<OauthClientKind>;

/// Kind of [`ApiKeyId`].
#[derive(Debug)]
pub struct ApiKeyKind;

impl IdKind for ApiKeyKind {
    const PREFIX: &'static str = "key";
}

/// Names an API key. Not a secret: the text of the key has it, and the secret too.
pub type ApiKeyId = Id<ApiKeyKind>;

/// Kind of [`ServiceAccountId`].
#[derive(Debug)]
pub struct ServiceAccountKind;

impl IdKind for ServiceAccountKind {
    const PREFIX: &'static str = "svc";
}

/// Names an account of a program.
pub type ServiceAccountId = Id<ServiceAccountKind>;

/// Kind of [`FactorId`].
#[derive(Debug)]
pub struct FactorKindOfId;

impl IdKind for FactorKindOfId {
    const PREFIX: &'static str = "fac";
}

/// Names a second factor of a person. Not a secret.
pub type FactorId = Id<FactorKindOfId>;

/// Kind of [`FederatedIdentityId`].
#[derive(Debug)]
pub struct FederatedIdentityKind;

impl IdKind for FederatedIdentityKind {
    const PREFIX: &'static str = "fid";
}

/// Names an account of another provider that signs a person in. Not a secret.
pub type FederatedIdentityId = Id<FederatedIdentityKind>;

/// Kind of [`ChallengeId`].
#[derive(Debug)]
pub struct ChallengeKind;

impl IdKind for ChallengeKind {
    const PREFIX: &'static str = "chl";
}

/// Names a one-time question sent to a person. Not a secret: the answer needs the token too.
pub type ChallengeId = Id<ChallengeKind>;
