//! Answering a challenge with the token from the mail.

use identity_contract::{
    ChallengeId, ChallengePurpose, Channel, EndReason, IdentityError, UserField, UserUpdated,
    UserVerified,
};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::SeamResult;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Tx, retrying};

use crate::domain::email::EmailAddress;
use crate::domain::password::Password;
use crate::domain::secret::SecretToken;
use crate::service::api_keys::delete_all;
use crate::service::sessions::end_all;
use crate::service::{Service, acting_as, invalid, refuse, weak};
use crate::store::challenges::{self, Challenge};
use crate::store::{attempts, users};

/// The answer to a challenge.
#[derive(Debug)]
pub(crate) struct AnswerChallenge {
    pub(crate) id: ChallengeId,
    pub(crate) token: String,
    /// The password to set; needed unless one was chosen at the registration that the challenge confirms. Nobody chooses one for
    /// somebody else.
    pub(crate) new_password: Option<Password>,
}

impl Service {
    /// Does what the challenge was for, once.
    ///
    /// A recovery proves the address too, ends all sessions, deletes all API keys and unlinks all accounts of providers (whoever had the
    /// account may have made some) and closes every other open challenge.
    pub(crate) async fn answer_challenge(
        &self,
        ctx: &CallCtx,
        req: AnswerChallenge,
    ) -> SeamResult<(), IdentityError> {
        let now = self.db.env().now();
        let challenge = challenges::find_open(&mut self.db.read(ctx), req.id, now).await?;
        let Some(challenge) = challenge.filter(|challenge| self.is_answer(challenge, &req.token))
        else {
            return refuse(IdentityError::ChallengeFailed);
        };
        let Some(account) = users::find(&mut self.db.read(ctx), challenge.user_id).await? else {
            return refuse(IdentityError::ChallengeFailed);
        };
        let email = EmailAddress::parse(&account.email);
        let password_hash = match (req.new_password, &challenge.password_hash, &email) {
            (Some(password), _, Some(email)) => {
                password.check(email, "/new_password").map_err(weak)?;
                self.hasher.hash(self.hasher.enter()?, password).await?
            }
            (None, Some(chosen), _) => chosen.clone(),
            _ => {
                let missing = FieldError::new(
                    "/new_password",
                    "required",
                    "This challenge needs a new password.",
                );
                return Err(invalid(vec![missing]));
            }
        };
        let answered = retrying(|| async {
            let mut ctx = acting_as(ctx, challenge.user_id, None);
            let mut tx = self.db.begin(&mut ctx, "identity.answer_challenge").await?;
            if !challenges::mark_answered(&mut tx, challenge.id).await? {
                return refuse(IdentityError::ChallengeFailed);
            }
            if matches!(
                challenge.purpose,
                ChallengePurpose::VerifyEmail | ChallengePurpose::Invite
            ) {
                verify_email(&mut tx, &challenge, &password_hash).await?;
            } else {
                recover(&mut tx, &challenge, &password_hash).await?;
                self.unlink_all(&mut tx, challenge.user_id).await?;
            }
            challenges::close_open(&mut tx, challenge.user_id).await?;
            if let Some(email) = &email {
                attempts::clear(&mut tx, &self.bucket_of_strangers(email)).await?;
            }
            tx.commit().await?;
            Ok(())
        })
        .await;
        self.key_revision.advance();
        answered
    }

    fn is_answer(&self, challenge: &Challenge, token: &str) -> bool {
        let expected = self.challenge_token(challenge.id, challenge.purpose, &challenge.key_id);
        match (SecretToken::parse(token), expected) {
            (Some(token), Some(expected)) => token.equals(&expected),
            _ => false,
        }
    }
}

async fn verify_email(
    tx: &mut Tx<'_>,
    challenge: &Challenge,
    password_hash: &str,
) -> SeamResult<(), IdentityError> {
    let user_id = challenge.user_id;
    let name = challenge.display_name.as_deref();
    if !users::verify_email(tx, user_id, password_hash, name).await? {
        return refuse(IdentityError::ChallengeFailed);
    }
    tx.emit(&UserVerified {
        user_id,
        channel: Channel::Email,
    })
    .await?;
    Ok(())
}

async fn recover(
    tx: &mut Tx<'_>,
    challenge: &Challenge,
    password_hash: &str,
) -> SeamResult<(), IdentityError> {
    let user_id = challenge.user_id;
    let was_verified = users::find(tx, user_id)
        .await?
        .is_some_and(|account| account.is_verified());
    if !users::recover(tx, user_id, password_hash).await? {
        return refuse(IdentityError::ChallengeFailed);
    }
    if !was_verified {
        tx.emit(&UserVerified {
            user_id,
            channel: Channel::Email,
        })
        .await?;
    }
    tx.emit(&UserUpdated {
        user_id,
        fields: vec![UserField::Password],
    })
    .await?;
    tx.emit(&AuditRecorded {
        action: "user.password_recovered".to_owned(),
        target: user_id.to_string(),
        before: None,
        after: None,
    })
    .await?;
    end_all(tx, user_id, None, EndReason::Recovered).await?;
    delete_all(tx, user_id).await?;
    Ok(())
}
