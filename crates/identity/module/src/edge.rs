//! Signing keys, session checks and checks of API keys for whoever admits requests, over the contract alone: the same
//! in the process of identity and in a service that reaches it over the seam.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity_contract::{
    ApiKeyGrant, ApiKeyId, ApiKeyOwner, CheckApiKey, CheckSessions, GetSigningKeys, Identity,
    SessionId,
};
use tenon_access::{ApiKeyCheck, ApiKeySource, KeySource, SessionCheck, TokenError, VerifyingKey};
use tenon_kernel::{CallCtx, Env, Interface, UserPrincipal};
use uuid::Uuid;

/// Nobody waits longer than this for the answer whether they may come in.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Asks identity for keys and session states on behalf of the edge.
pub struct IdentitySource {
    identity: Arc<dyn Identity>,
    env: Env,
}

impl IdentitySource {
    /// Asks this identity.
    pub fn new(identity: Arc<dyn Identity>, env: Env) -> Self {
        Self { identity, env }
    }

    fn ctx(&self) -> CallCtx {
        CallCtx::service(&self.env, Interface::Rest, "edge").with_timeout(TIMEOUT)
    }
}

#[async_trait]
impl KeySource for IdentitySource {
    async fn keys(&self) -> Result<Vec<VerifyingKey>, TokenError> {
        let answer = self
            .identity
            .get_signing_keys(&self.ctx(), GetSigningKeys {})
            .await;
        let keys = answer.map_err(|_| TokenError::Unavailable)?.keys;
        keys.into_iter()
            .map(|key| {
                let public = URL_SAFE_NO_PAD
                    .decode(&key.x)
                    .map_err(|_| TokenError::Unavailable)?;
                Ok(VerifyingKey {
                    kid: key.kid,
                    public,
                })
            })
            .collect()
    }
}

#[async_trait]
impl SessionCheck for IdentitySource {
    async fn is_live(&self, session: Uuid) -> Result<bool, TokenError> {
        let id = SessionId::from_uuid(session);
        let answer = self
            .identity
            .check_sessions(&self.ctx(), CheckSessions { ids: vec![id] })
            .await;
        Ok(answer
            .map_err(|_| TokenError::Unavailable)?
            .live
            .contains(&id))
    }
}

#[async_trait]
impl ApiKeySource for IdentitySource {
    async fn check(
        &self,
        key: ApiKeyCheck,
    ) -> Result<Option<tenon_access::ApiKeyGrant>, TokenError> {
        let request = CheckApiKey {
            id: ApiKeyId::from_uuid(key.id),
            proof: URL_SAFE_NO_PAD.encode(key.proof.0),
            from: key.from,
        };
        let answer = self.identity.check_api_key(&self.ctx(), request).await;
        let grant = answer.map_err(|_| TokenError::Unavailable)?.grant;
        grant.map(|grant| read_grant(key.id, grant)).transpose()
    }
}

/// A limit of a newer version that cannot be read must not become none: then the key cannot be checked here.
fn read_grant(key: Uuid, grant: ApiKeyGrant) -> Result<tenon_access::ApiKeyGrant, TokenError> {
    let user = match grant.owner {
        ApiKeyOwner::User { user_id } => user_id.uuid(),
        ApiKeyOwner::ServiceAccount { service_account_id } => service_account_id.uuid(),
        _ => return Err(TokenError::Unavailable),
    };
    let networks = grant.networks.iter().map(|network| network.parse());
    Ok(tenon_access::ApiKeyGrant {
        principal: UserPrincipal {
            user,
            session: key,
            roles: grant.roles,
            is_enrolling: grant.owner_is_enrolling,
        },
        scope: grant.scopes.iter().map(String::as_str).collect(),
        networks: networks
            .collect::<Result<_, _>>()
            .map_err(|_| TokenError::Unavailable)?,
        expires_at: grant.expires_at,
    })
}
