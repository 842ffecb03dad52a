//! Failures of the identity module.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{ErrorKind, FieldError, Retry, ServiceError};

/// Failures of the identity module. Where two causes must not be told apart, they are one variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum IdentityError {
    /// Members of the request break a rule.
    #[error("the request breaks a rule")]
    InvalidRequest {
        /// Which, and how.
        errors: Vec<FieldError>,
    },
    /// The cursor was made for another list, or not by this installation.
    #[error("the cursor does not belong to this list")]
    InvalidCursor,
    /// More ids in one request than allowed.
    #[error("at most {limit} ids can be asked for at once")]
    TooManyIds {
        /// The bound.
        limit: u32,
    },
    /// The password is too weak to be set.
    #[error("this password cannot be used")]
    WeakPassword {
        /// Which member, and why.
        errors: Vec<FieldError>,
    },
    /// Unknown address, wrong password, address not verified, or user locked: nobody learns which.
    #[error("the e-mail address or the password is wrong, or the account cannot be used")]
    InvalidCredentials,
    /// The password is right, and the account has a second factor: a code is missing.
    #[error("the password is right, and a code is needed too")]
    MfaRequired,
    /// Not a code that counts now: wrong, too old, or used before.
    #[error("the code is wrong, too old, or was used before")]
    WrongCode,
    /// Unknown, finished, too old, or tried too often.
    #[error("this sign-in can no longer be completed")]
    SignInExpired,
    /// Not a passkey of the account, or not an answer to this challenge, which may be over: nobody learns which.
    #[error("this passkey does not count here, or the challenge is over")]
    PasskeyRefused,
    /// What was sent to register a passkey is no answer to its challenge, or somebody has this passkey already.
    #[error("this is not the passkey that was asked for")]
    WrongPasskey,
    /// The installation has no domain that passkeys could be made for.
    #[error("this server is not reached under a domain that passkeys can be made for")]
    PasskeysUnavailable,
    /// No such factor of the caller, or one that was not confirmed in time.
    #[error("there is no such factor")]
    FactorNotFound,
    /// The factor counts already.
    #[error("the factor is confirmed already")]
    FactorConfirmed,
    /// The caller has as many factors as they may have.
    #[error("the account has {limit} factors, and cannot have more")]
    TooManyFactors {
        /// The bound.
        limit: u32,
    },
    /// The caller has a role whose holders must have a second factor, and this is their last.
    #[error("the account must have a second factor, and this is the last")]
    LastFactor,
    /// Recovery codes stand in for a factor, and there is none.
    #[error("the account has no second factor")]
    NoFactor,
    /// The settings have no provider of this name.
    #[error("there is no such provider")]
    ProviderNotFound,
    /// The provider cannot be reached, or what it says about itself cannot be believed.
    #[error("the provider cannot be used now")]
    ProviderUnavailable,
    /// Unknown, used or too old, or the verifier is not the one it was asked for with: nobody learns which.
    #[error("the code from the provider does not count")]
    FederationFailed,
    /// Nobody has linked this account of the provider, which does not vouch for an address that a new account could have.
    #[error("the provider does not vouch for an e-mail address")]
    ProviderEmailUnverified,
    /// Nobody has linked this account of the provider, and its address has an account here.
    #[error("an account with this e-mail address exists, and this sign-in is not linked to it")]
    IdentityNotLinked,
    /// The account of the provider signs somebody else in.
    #[error("this account of the provider is linked to another account")]
    IdentityTaken,
    /// No such link of the caller.
    #[error("there is no such linked identity")]
    FederatedIdentityNotFound,
    /// Without it the caller could not sign in any more.
    #[error("this is the only way to sign in to the account")]
    LastWayIn,
    /// The caller has linked as many as they may.
    #[error("the account has {limit} linked identities, and cannot have more")]
    TooManyIdentities {
        /// The bound.
        limit: u32,
    },
    /// The current password, asked for again before a change, is wrong.
    #[error("the current password is wrong")]
    WrongPassword,
    /// Too many attempts; wait.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When to come back.
        retry_after_ms: u64,
    },
    /// Unknown, used, expired, or of an ended session.
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    /// Unknown challenge, wrong token, answered before, or expired: nobody learns which.
    #[error("the challenge cannot be answered with this token")]
    ChallengeFailed,
    /// The challenge does not exist, is over, or is not for the caller.
    #[error("there is no such open challenge")]
    ChallengeNotFound,
    /// The token is wrong, expired or used, or there is an administrator already.
    #[error("the bootstrap token is not valid")]
    BootstrapRefused,
    /// An administrator exists: further ones are made by them.
    #[error("there is an administrator already")]
    AdministratorExists,
    /// The address has an account. Only operators and administrators learn this.
    #[error("the e-mail address has an account already")]
    EmailTaken,
    /// No such user.
    #[error("there is no such user")]
    UserNotFound,
    /// No such session of the caller.
    #[error("there is no such session")]
    SessionNotFound,
    /// No such OAuth client.
    #[error("there is no such client")]
    OauthClientNotFound,
    /// A public client has no secret that could be replaced.
    #[error("a public client has no secret")]
    OauthClientHasNoSecret,
    /// No such API key of the caller.
    #[error("there is no such API key")]
    ApiKeyNotFound,
    /// The owner has as many API keys as they may have.
    #[error("the owner has {limit} API keys, and cannot have more")]
    TooManyApiKeys {
        /// The bound.
        limit: u32,
    },
    /// No such service account.
    #[error("there is no such service account")]
    ServiceAccountNotFound,
    /// What gives out lasting credentials wants a fresh proof of who asks.
    #[error("the sign-in is too old for this")]
    SignInAgain {
        /// How old it may be.
        max_age_seconds: u32,
    },
    /// The caller has not let this program act for them.
    #[error("there is no such consent")]
    ConsentNotFound,
    /// The caller's account is not to be erased.
    #[error("the account is not to be erased")]
    ErasureNotFound,
    /// The version in `If-Match` is not the current one.
    #[error("the resource has changed, its version is now {current}")]
    StaleVersion {
        /// The version it has.
        current: i64,
    },
    /// Administrators cannot take their own rights away.
    #[error("administrators cannot change their own roles or lock themselves")]
    OwnAccount,
    /// At least one administrator must be able to sign in.
    #[error("this is the last administrator who can sign in")]
    LastAdministrator,
    /// An error this version does not know.
    #[error("identity refused the request")]
    #[serde(other)]
    Unknown,
}

impl ServiceError for IdentityError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidRequest { .. }
            | Self::TooManyIds { .. }
            | Self::WeakPassword { .. }
            | Self::WrongPassword
            | Self::WrongCode
            | Self::WrongPasskey
            | Self::ChallengeFailed => ErrorKind::Invalid,
            Self::InvalidCursor => ErrorKind::Malformed,
            Self::InvalidCredentials
            | Self::MfaRequired
            | Self::SignInExpired
            | Self::PasskeyRefused
            | Self::FederationFailed
            | Self::InvalidRefreshToken => ErrorKind::Unauthenticated,
            Self::BootstrapRefused | Self::SignInAgain { .. } | Self::ProviderEmailUnverified => {
                ErrorKind::Forbidden
            }
            Self::ProviderUnavailable => ErrorKind::Unavailable,
            Self::TooManyAttempts { .. } => ErrorKind::RateLimited,
            Self::ChallengeNotFound
            | Self::UserNotFound
            | Self::SessionNotFound
            | Self::OauthClientNotFound
            | Self::ApiKeyNotFound
            | Self::ServiceAccountNotFound
            | Self::FactorNotFound
            | Self::ProviderNotFound
            | Self::FederatedIdentityNotFound
            | Self::ErasureNotFound
            | Self::ConsentNotFound => ErrorKind::NotFound,
            Self::StaleVersion { .. } => ErrorKind::PreconditionFailed,
            Self::AdministratorExists
            | Self::EmailTaken
            | Self::OwnAccount
            | Self::LastAdministrator
            | Self::TooManyApiKeys { .. }
            | Self::FactorConfirmed
            | Self::TooManyFactors { .. }
            | Self::NoFactor
            | Self::LastFactor
            | Self::PasskeysUnavailable
            | Self::IdentityNotLinked
            | Self::IdentityTaken
            | Self::LastWayIn
            | Self::TooManyIdentities { .. }
            | Self::OauthClientHasNoSecret => ErrorKind::Conflict,
            Self::Unknown => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "identity.invalid_request",
            Self::InvalidCursor => "identity.invalid_cursor",
            Self::TooManyIds { .. } => "identity.too_many_ids",
            Self::WeakPassword { .. } => "identity.weak_password",
            Self::InvalidCredentials => "identity.invalid_credentials",
            Self::MfaRequired => "identity.mfa_required",
            Self::WrongCode => "identity.wrong_code",
            Self::SignInExpired => "identity.sign_in_expired",
            Self::PasskeyRefused => "identity.passkey_refused",
            Self::WrongPasskey => "identity.wrong_passkey",
            Self::PasskeysUnavailable => "identity.passkeys_unavailable",
            Self::FactorNotFound => "identity.factor_not_found",
            Self::FactorConfirmed => "identity.factor_confirmed",
            Self::TooManyFactors { .. } => "identity.too_many_factors",
            Self::NoFactor => "identity.no_factor",
            Self::LastFactor => "identity.last_factor",
            Self::ProviderNotFound => "identity.provider_not_found",
            Self::ProviderUnavailable => "identity.provider_unavailable",
            Self::FederationFailed => "identity.federation_failed",
            Self::ProviderEmailUnverified => "identity.provider_email_unverified",
            Self::IdentityNotLinked => "identity.identity_not_linked",
            Self::IdentityTaken => "identity.identity_taken",
            Self::FederatedIdentityNotFound => "identity.federated_identity_not_found",
            Self::LastWayIn => "identity.last_way_in",
            Self::TooManyIdentities { .. } => "identity.too_many_identities",
            Self::WrongPassword => "identity.wrong_password",
            Self::TooManyAttempts { .. } => "identity.too_many_attempts",
            Self::InvalidRefreshToken => "identity.invalid_refresh_token",
            Self::ChallengeFailed => "identity.challenge_failed",
            Self::ChallengeNotFound => "identity.challenge_not_found",
            Self::BootstrapRefused => "identity.bootstrap_refused",
            Self::AdministratorExists => "identity.administrator_exists",
            Self::EmailTaken => "identity.email_taken",
            Self::UserNotFound => "identity.user_not_found",
            Self::SessionNotFound => "identity.session_not_found",
            Self::OauthClientNotFound => "identity.oauth_client_not_found",
            Self::OauthClientHasNoSecret => "identity.oauth_client_has_no_secret",
            Self::ApiKeyNotFound => "identity.api_key_not_found",
            Self::TooManyApiKeys { .. } => "identity.too_many_api_keys",
            Self::ServiceAccountNotFound => "identity.service_account_not_found",
            Self::SignInAgain { .. } => "identity.sign_in_again",
            Self::ConsentNotFound => "identity.consent_not_found",
            Self::ErasureNotFound => "identity.erasure_not_found",
            Self::StaleVersion { .. } => "identity.stale_version",
            Self::OwnAccount => "identity.own_account",
            Self::LastAdministrator => "identity.last_administrator",
            Self::Unknown => "identity.unknown",
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::TooManyAttempts { .. } | Self::ProviderUnavailable => Retry::After,
            Self::Unknown => Retry::SameKey,
            _ => Retry::Never,
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::InvalidRequest { errors } | Self::WeakPassword { errors } => errors.clone(),
            Self::WrongPassword => {
                vec![FieldError::new(
                    "/current_password",
                    "wrong",
                    "This is not the current password.",
                )]
            }
            Self::WrongCode => {
                vec![FieldError::new(
                    "/one_time_code",
                    "wrong",
                    "This is not a code that counts now.",
                )]
            }
            Self::WrongPasskey => {
                vec![FieldError::new(
                    "/credential",
                    "wrong",
                    "This does not answer what was asked for.",
                )]
            }
            Self::InvalidCursor => {
                vec![FieldError::new(
                    "?cursor",
                    "wrong_list",
                    "Take the cursor from the page before.",
                )]
            }
            _ => Vec::new(),
        }
    }
}
