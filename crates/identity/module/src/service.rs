//! What identity does: one use case in each file.

mod answer_challenge;
mod answer_request;
pub(crate) mod api_keys;
mod attempts;
mod bootstrap;
mod change_user;
mod contract;
mod create_user;
mod entrance;
mod erase_user;
mod erasure;
pub(crate) mod factors;
pub(crate) mod federation;
mod fresh;
mod housekeeping;
mod list_users;
mod me;
pub(crate) mod oauth;
pub(crate) mod passkeys;
mod refresh;
pub(crate) mod request;
mod required_factor;
mod second_step;
pub(crate) mod service_accounts;
mod sessions;
mod sign_in;
mod signing_keys;
mod tokens;

use std::sync::Arc;

use identity_contract::{IdentityError, SessionId, UserId};
use identity_passkeys::RelyingParty;
use tenon_access::{KeyRevision, TokenIssuer};
use tenon_kernel::{CallCtx, CursorKey, FieldError, Principal, Timestamp, UserPrincipal};
use tenon_seam::{SeamError, SeamFault, SeamResult};
use tenon_store::Db;

pub(crate) use self::answer_challenge::AnswerChallenge;
pub(crate) use self::bootstrap::Bootstrap;
pub use self::bootstrap::BootstrapToken;
pub(crate) use self::change_user::UserPatch;
pub use self::create_user::NewUser;
pub(crate) use self::create_user::{CREATE as CREATE_USER, InvitedUser};
pub(crate) use self::me::{MePatch, NewPassword};
pub(crate) use self::request::{ChallengeKind, Register};
pub(crate) use self::second_step::{CodeNeeded, SecondStep};
pub(crate) use self::sign_in::{SignIn, SignedIn};
pub(crate) use self::tokens::Granted;

use self::federation::Providers;
use self::signing_keys::Signer;
use crate::Deps;
use crate::hasher::PasswordHasher;
use crate::key_ring::KeyRing;
use crate::settings::{IdentitySettings, IdentitySettingsError};

/// Newest sessions that a user keeps; older ones give way.
const MAX_SESSIONS: u32 = 50;

/// The use cases and what they share.
pub(crate) struct Service {
    pub(crate) db: Db,
    pub(crate) settings: IdentitySettings,
    ring: Arc<KeyRing>,
    hasher: PasswordHasher,
    issuer: TokenIssuer,
    signer: Signer,
    /// Whom passkeys are made for.
    relying_party: Option<RelyingParty>,
    providers: Providers,
    cursor_key: CursorKey,
    /// Moves on when something changes that API keys depend on.
    pub(crate) key_revision: KeyRevision,
}

impl Service {
    pub(crate) fn new(
        settings: IdentitySettings,
        deps: Deps,
    ) -> Result<Self, IdentitySettingsError> {
        settings.validate()?;
        let Deps {
            db,
            cursor_key,
            password_cost,
        } = deps;
        let env = db.env().clone();
        let relying_party = settings.relying_party()?;
        let providers = Providers::new(&settings.federation)?;
        let ring = Arc::new(KeyRing::open_settings(&settings.key_ring)?);
        let hasher = PasswordHasher::new(
            Arc::clone(&ring),
            env.clone(),
            password_cost,
            settings.password_slots,
            settings.password_queue,
        );
        let issuer = TokenIssuer::new(
            settings.issuer.clone(),
            settings.audience.clone(),
            settings.access_token_life(),
            env,
        );
        Ok(Self {
            db,
            settings,
            ring,
            hasher,
            issuer,
            signer: Signer::default(),
            relying_party,
            providers,
            cursor_key,
            key_revision: KeyRevision::default(),
        })
    }

    /// Whom passkeys are made for.
    fn relying_party(&self) -> SeamResult<&RelyingParty, IdentityError> {
        match &self.relying_party {
            Some(party) => Ok(party),
            None => refuse(IdentityError::PasskeysUnavailable),
        }
    }

    /// The time by the injected clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.db.env().now()
    }
}

/// Refuses in the words of the contract.
fn refuse<T>(error: IdentityError) -> SeamResult<T, IdentityError> {
    Err(SeamError::Domain(error))
}

/// Refuses because members break a rule.
fn invalid(errors: Vec<FieldError>) -> SeamError<IdentityError> {
    SeamError::Domain(IdentityError::InvalidRequest { errors })
}

/// Refuses a password.
fn weak(error: FieldError) -> SeamError<IdentityError> {
    SeamError::Domain(IdentityError::WeakPassword {
        errors: vec![error],
    })
}

/// The person who is signed in; the policies of the endpoints make sure that there is one.
fn signed_in(ctx: &CallCtx) -> SeamResult<&UserPrincipal, IdentityError> {
    ctx.principal.user().ok_or_else(|| {
        SeamFault::Misuse {
            rule: "this is done by a signed-in person for themselves".to_owned(),
        }
        .into()
    })
}

/// Makes the context in which a person acts who has just proved who they are: they are the actor, not nobody.
fn acting_as(ctx: &CallCtx, user: UserId, session: Option<SessionId>) -> CallCtx {
    let mut ctx = ctx.child();
    if ctx.principal == Principal::Anonymous {
        let session = session.map_or(uuid::Uuid::nil(), SessionId::uuid);
        ctx.principal = Principal::User(UserPrincipal {
            user: user.uuid(),
            session,
            roles: Vec::new(),
            is_enrolling: false,
        });
    }
    ctx
}
