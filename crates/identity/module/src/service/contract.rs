//! What other modules may ask.

use std::collections::HashMap;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity_contract::{
    ChallengeMessage, CheckApiKey, CheckSessions, CheckedApiKey, GetChallengeMessage,
    GetSigningKeys, GetUsers, Identity, IdentityError, LiveSessions, MAX_IDS, OauthClientId,
    PublicKey, SessionId, SigningKeys, Users,
};
use tenon_access::ApiKeyProof;
use tenon_kernel::{CallCtx, Caller};
use tenon_seam::SeamResult;

use crate::service::{Service, refuse};
use crate::store::{challenges, oauth_clients, sessions, users};

/// The one module that carries tokens to people.
const MESSENGER: &str = "notifications";

#[async_trait]
impl Identity for Service {
    async fn get_users(&self, ctx: &CallCtx, req: GetUsers) -> SeamResult<Users, IdentityError> {
        within_limit(req.ids.len())?;
        let found = users::find_many(&mut self.db.read(ctx), &req.ids).await?;
        let mut found: HashMap<_, _> = found
            .into_iter()
            .map(|account| (account.id, account))
            .collect();
        let in_order = req.ids.iter().filter_map(|id| found.remove(id));
        Ok(Users {
            users: in_order.map(|account| account.to_contract()).collect(),
        })
    }

    async fn get_signing_keys(
        &self,
        ctx: &CallCtx,
        _req: GetSigningKeys,
    ) -> SeamResult<SigningKeys, IdentityError> {
        let keys = self.verifying_keys(ctx).await?;
        let public = |key: tenon_access::VerifyingKey| PublicKey {
            kid: key.kid,
            x: URL_SAFE_NO_PAD.encode(key.public),
        };
        Ok(SigningKeys {
            keys: keys.into_iter().map(public).collect(),
        })
    }

    async fn check_sessions(
        &self,
        ctx: &CallCtx,
        req: CheckSessions,
    ) -> SeamResult<LiveSessions, IdentityError> {
        within_limit(req.ids.len())?;
        let now = self.db.env().now();
        let mut db = self.db.read(ctx);
        let mut live = sessions::find_live_among(&mut db, &req.ids, now).await?;
        // A program that acts for itself has no session: its client's id stands in for one.
        let rest = req.ids.iter().filter(|id| !live.contains(id));
        let rest: Vec<_> = rest.map(|id| OauthClientId::from_uuid(id.uuid())).collect();
        if !rest.is_empty() {
            let clients = oauth_clients::find_among(&mut db, &rest).await?;
            live.extend(
                clients
                    .into_iter()
                    .map(|id| SessionId::from_uuid(id.uuid())),
            );
        }
        Ok(LiveSessions { live })
    }

    async fn check_api_key(
        &self,
        ctx: &CallCtx,
        req: CheckApiKey,
    ) -> SeamResult<CheckedApiKey, IdentityError> {
        let proof = URL_SAFE_NO_PAD.decode(&req.proof).ok();
        let proof = proof.and_then(|bytes| bytes.try_into().ok());
        let grant = match proof.map(ApiKeyProof) {
            Some(proof) => self.check_key(ctx, req.id, &proof, req.from).await?,
            None => None,
        };
        Ok(CheckedApiKey { grant })
    }

    async fn get_challenge_message(
        &self,
        ctx: &CallCtx,
        req: GetChallengeMessage,
    ) -> SeamResult<ChallengeMessage, IdentityError> {
        // The access list of the seam lets only declared users in; this is the second lock on the same door.
        if !matches!(&ctx.caller, Caller::Module(module) if module == MESSENGER) {
            return refuse(IdentityError::ChallengeNotFound);
        }
        let now = self.db.env().now();
        let Some(challenge) =
            challenges::find_open(&mut self.db.read(ctx), req.challenge_id, now).await?
        else {
            return refuse(IdentityError::ChallengeNotFound);
        };
        let account = users::find(&mut self.db.read(ctx), challenge.user_id).await?;
        let token = self.challenge_token(challenge.id, challenge.purpose, &challenge.key_id);
        let (Some(account), Some(token)) = (account, token) else {
            return refuse(IdentityError::ChallengeNotFound);
        };
        Ok(ChallengeMessage {
            challenge_id: challenge.id,
            email: account.email,
            // A name counts once the address is proved: before that, a stranger may have chosen it.
            display_name: account.display_name,
            purpose: challenge.purpose,
            token: token.expose().to_owned(),
            expires_at: challenge.expires_at,
        })
    }
}

fn within_limit(ids: usize) -> SeamResult<(), IdentityError> {
    if ids > MAX_IDS {
        return refuse(IdentityError::TooManyIds {
            limit: u32::try_from(MAX_IDS).unwrap_or(u32::MAX),
        });
    }
    Ok(())
}
