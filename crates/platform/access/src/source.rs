//! Where keys and session states come from, and why a token is not accepted.

use std::net::IpAddr;

use async_trait::async_trait;
use tenon_kernel::{Timestamp, UserPrincipal};
use uuid::Uuid;

use crate::{ApiKeyProof, Network, Scope, VerifyingKey};

/// Where public keys come from: identity, wherever it runs. Any async closure is one.
#[async_trait]
pub trait KeySource: Send + Sync + 'static {
    /// Returns all keys that are currently good.
    async fn keys(&self) -> Result<Vec<VerifyingKey>, TokenError>;
}

/// Says whether a session still lives: identity, wherever it runs. Any async closure is one.
#[async_trait]
pub trait SessionCheck: Send + Sync + 'static {
    /// `false` once it was signed out, revoked or its user locked.
    async fn is_live(&self, session: Uuid) -> Result<bool, TokenError>;
}

/// Says what an API key opens: identity, wherever it runs.
#[async_trait]
pub trait ApiKeySource: Send + Sync + 'static {
    /// `None` unless it is a key that counts now, whatever the reason.
    async fn check(&self, key: ApiKeyCheck) -> Result<Option<ApiKeyGrant>, TokenError>;
}

/// A question about an API key.
#[derive(Debug, Clone, Copy)]
pub struct ApiKeyCheck {
    /// Which key it says it is.
    pub id: Uuid,
    /// What proves it.
    pub proof: ApiKeyProof,
    /// Who sent it, as far as the edge knows.
    pub from: Option<IpAddr>,
}

/// What an API key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyGrant {
    /// Who acts. The id of the key stands for the session.
    pub principal: UserPrincipal,
    /// What limits it.
    pub scope: Scope,
    /// Where it may be sent from; anywhere if there are none.
    pub networks: Vec<Network>,
    /// When it ends, or the secret of it that was sent.
    pub expires_at: Option<Timestamp>,
}

/// Why a token is not accepted. Callers learn only that it is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not one of ours, altered, or of the wrong kind.
    #[error("the access token is not valid")]
    Invalid,
    /// Too old.
    #[error("the access token has expired")]
    Expired,
    /// Its session was ended.
    #[error("the session has ended")]
    Revoked,
    /// Keys or session state cannot be had now.
    #[error("tokens cannot be checked now")]
    Unavailable,
}

#[async_trait]
impl<F, Fut> KeySource for F
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Vec<VerifyingKey>, TokenError>> + Send,
{
    async fn keys(&self) -> Result<Vec<VerifyingKey>, TokenError> {
        self().await
    }
}

#[async_trait]
impl<F, Fut> SessionCheck for F
where
    F: Fn(Uuid) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<bool, TokenError>> + Send,
{
    async fn is_live(&self, session: Uuid) -> Result<bool, TokenError> {
        self(session).await
    }
}
