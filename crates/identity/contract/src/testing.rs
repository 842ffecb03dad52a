//! An in-memory identity for the tests of other modules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tenon_kernel::{CallCtx, Role, Timestamp};
use tenon_seam::{SeamError, SeamResult};

use crate::{
    ApiKeyGrant, ApiKeyId, ChallengeId, ChallengeMessage, ChallengePurpose, CheckApiKey,
    CheckSessions, CheckedApiKey, GetChallengeMessage, GetSigningKeys, GetUsers, Identity,
    IdentityError, LiveSessions, MAX_IDS, PublicKey, SessionId, SigningKeys, User, UserId, Users,
};

/// Knows the users, sessions, keys of both kinds and challenges it was told of.
#[derive(Debug, Default)]
pub struct FakeIdentity(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    users: BTreeMap<UserId, User>,
    live: BTreeSet<SessionId>,
    keys: Vec<PublicKey>,
    api_keys: BTreeMap<(ApiKeyId, String), ApiKeyGrant>,
    challenges: BTreeMap<ChallengeId, ChallengeMessage>,
}

impl FakeIdentity {
    /// Knows nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a verified customer, or replaces the user with this id.
    pub fn add_user(&self, id: UserId, email: &str) {
        self.put_user(User {
            id,
            email: email.to_owned(),
            display_name: None,
            email_verified: true,
            roles: vec![Role::Customer],
            locked: false,
        });
    }

    /// Adds or replaces a user.
    pub fn put_user(&self, user: User) {
        self.state().users.insert(user.id, user);
    }

    /// Starts a session.
    pub fn start_session(&self, session: SessionId) {
        self.state().live.insert(session);
    }

    /// Ends a session.
    pub fn end_session(&self, session: SessionId) {
        self.state().live.remove(&session);
    }

    /// Publishes a key.
    pub fn add_key(&self, key: PublicKey) {
        self.state().keys.insert(0, key);
    }

    /// Adds an API key, which is proved so.
    pub fn add_api_key(&self, id: ApiKeyId, proof: &str, grant: ApiKeyGrant) {
        self.state().api_keys.insert((id, proof.to_owned()), grant);
    }

    /// Opens a challenge; its token is `token-of-<id>`.
    pub fn open_challenge(
        &self,
        id: ChallengeId,
        email: &str,
        purpose: ChallengePurpose,
        expires_at: Timestamp,
    ) {
        let message = ChallengeMessage {
            challenge_id: id,
            email: email.to_owned(),
            display_name: None,
            purpose,
            token: format!("token-of-{id}"),
            expires_at,
        };
        self.state().challenges.insert(id, message);
    }

    /// Closes a challenge, as if it had been answered.
    pub fn close_challenge(&self, id: ChallengeId) {
        self.state().challenges.remove(&id);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Identity for FakeIdentity {
    async fn get_users(&self, _ctx: &CallCtx, req: GetUsers) -> SeamResult<Users, IdentityError> {
        within_limit(req.ids.len())?;
        let state = self.state();
        Ok(Users {
            users: req
                .ids
                .iter()
                .filter_map(|id| state.users.get(id).cloned())
                .collect(),
        })
    }

    async fn get_signing_keys(
        &self,
        _ctx: &CallCtx,
        _req: GetSigningKeys,
    ) -> SeamResult<SigningKeys, IdentityError> {
        Ok(SigningKeys {
            keys: self.state().keys.clone(),
        })
    }

    async fn check_sessions(
        &self,
        _ctx: &CallCtx,
        req: CheckSessions,
    ) -> SeamResult<LiveSessions, IdentityError> {
        within_limit(req.ids.len())?;
        let state = self.state();
        Ok(LiveSessions {
            live: req
                .ids
                .into_iter()
                .filter(|id| state.live.contains(id))
                .collect(),
        })
    }

    async fn check_api_key(
        &self,
        _ctx: &CallCtx,
        req: CheckApiKey,
    ) -> SeamResult<CheckedApiKey, IdentityError> {
        let grant = self.state().api_keys.get(&(req.id, req.proof)).cloned();
        Ok(CheckedApiKey { grant })
    }

    async fn get_challenge_message(
        &self,
        _ctx: &CallCtx,
        req: GetChallengeMessage,
    ) -> SeamResult<ChallengeMessage, IdentityError> {
        let message = self.state().challenges.get(&req.challenge_id).cloned();
        message.ok_or(SeamError::Domain(IdentityError::ChallengeNotFound))
    }
}

fn within_limit(ids: usize) -> Result<(), SeamError<IdentityError>> {
    if ids > MAX_IDS {
        return Err(SeamError::Domain(IdentityError::TooManyIds {
            limit: u32::try_from(MAX_IDS).unwrap_or(u32::MAX),
        }));
    }
    Ok(())
}
