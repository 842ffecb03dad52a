//! Working out what someone who is not signed in gets for their request.

use std::time::Duration;

use identity_contract::{ChallengeCreated, ChallengePurpose, Channel, UserId, UserRegistered};
use tenon_events::Emit as _;
use tenon_kernel::Role;
use tenon_store::{StoreError, Tx};
use uuid::Uuid;

use crate::domain::email::EmailAddress;
use crate::domain::user::Account;
use crate::service::Service;
use crate::store::challenges::{self, Challenge};
use crate::store::requests::{self, AuthRequest};
use crate::store::{roles, users};

/// Mails that one person is sent in an hour at most, however often someone asks. Each of them works, so whoever
/// uses them up does not keep the owner out.
const MAX_CHALLENGES_PER_HOUR: i64 = 5;

/// Name and password chosen at a registration that is not confirmed yet.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) display_name: Option<String>,
    pub(super) password_hash: Option<String>,
}

impl Service {
    /// Answers a request inside the job's transaction; nothing to do if it was answered before.
    pub(crate) async fn answer_request(
        &self,
        tx: &mut Tx<'_>,
        request_id: Uuid,
    ) -> Result<(), StoreError> {
        let Some((email, request)) = requests::take(tx, request_id).await? else {
            return Ok(());
        };
        let Some(email) = EmailAddress::parse(&email) else {
            return Err(StoreError::Inconsistent {
                what: format!("auth_requests.email of {request_id}"),
            });
        };
        match request {
            AuthRequest::Register {
                display_name,
                password_hash,
            } => {
                let pending = Pending {
                    display_name,
                    password_hash: Some(password_hash),
                };
                self.answer_registration(tx, &email, pending).await
            }
            AuthRequest::VerifyEmail => match users::find_by_email(tx, &email).await? {
                Some(account) if !account.is_verified() => {
                    self.open_challenge(
                        tx,
                        &account,
                        ChallengePurpose::VerifyEmail,
                        Pending::default(),
                    )
                    .await
                }
                _ => Ok(()),
            },
            AuthRequest::Recover => match users::find_by_email(tx, &email).await? {
                Some(account) => {
                    self.open_challenge(tx, &account, ChallengePurpose::Recover, Pending::default())
                        .await
                }
                None => Ok(()),
            },
        }
    }

    /// Makes the account, or writes to the one that has the address.
    ///
    /// The chosen password waits on the challenge, not on the account: it counts only for whoever answers that very
    /// mail. So registering someone else's address first does not prepare a way into their account.
    async fn answer_registration(
        &self,
        tx: &mut Tx<'_>,
        email: &EmailAddress,
        pending: Pending,
    ) -> Result<(), StoreError> {
        let user_id: UserId = tx.env().new_id();
        if users::insert(tx, user_id, email).await? {
            roles::insert(tx, user_id, Role::Customer).await?;
            tx.emit(&UserRegistered {
                user_id,
                channel: Channel::Email,
            })
            .await?;
        }
        let Some(account) = users::find_by_email(tx, email).await? else {
            return Err(StoreError::Inconsistent {
                what: "users: the row just inserted".to_owned(),
            });
        };
        if account.is_verified() {
            self.open_challenge(
                tx,
                &account,
                ChallengePurpose::AlreadyRegistered,
                Pending::default(),
            )
            .await
        } else {
            self.open_challenge(tx, &account, ChallengePurpose::VerifyEmail, pending)
                .await
        }
    }

    /// Opens a challenge, whose token a mail carries.
    pub(super) async fn open_challenge(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
        purpose: ChallengePurpose,
        pending: Pending,
    ) -> Result<(), StoreError> {
        let now = tx.now();
        let sent = challenges::count_since(tx, account.id, now - Duration::from_hours(1)).await?;
        if account.is_locked() || sent >= MAX_CHALLENGES_PER_HOUR {
            tracing::info!(user.id = %account.id, sent, "no challenge is sent");
            return Ok(());
        }
        let challenge = Challenge {
            id: tx.env().new_id(),
            user_id: account.id,
            purpose,
            key_id: self.ring.current_id().to_owned(),
            display_name: pending.display_name,
            password_hash: pending.password_hash,
            expires_at: now + self.settings.challenge_life(),
        };
        challenges::insert(tx, &challenge).await?;
        tx.emit(&ChallengeCreated {
            challenge_id: challenge.id,
            user_id: Some(account.id),
            purpose,
            expires_at: challenge.expires_at,
        })
        .await?;
        Ok(())
    }
}
