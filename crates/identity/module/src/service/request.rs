//! What people ask for who are not signed in: an account, or a mail.
//!
//! Nothing is looked up here. The request is kept and a job works out the answer, which goes to the owner of the
//! address: so the caller learns nothing, neither from the words nor from how long they take.

use identity_contract::IdentityError;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, retrying};

use crate::domain::email::EmailAddress;
use crate::domain::name::read_display_name;
use crate::domain::password::Password;
use crate::jobs::AnswerRequest;
use crate::service::{Service, invalid, weak};
use crate::store::requests::{self, AuthRequest};

/// What a key of a registration is claimed for.
pub(crate) const REGISTER: &str = "identity.register";
/// What a key of the wish for a mail is claimed for.
pub(crate) const CHALLENGE: &str = "identity.request_challenge";

/// What it takes to get an account.
#[derive(Debug)]
pub(crate) struct Register {
    pub(crate) email: String,
    pub(crate) password: Password,
    pub(crate) display_name: Option<String>,
}

/// Which mail is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChallengeKind {
    /// The one that proves the address.
    VerifyEmail,
    /// The one that lets the owner set a new password.
    Recover,
}

impl Service {
    /// Takes a registration.
    pub(crate) async fn register(
        &self,
        ctx: &CallCtx,
        req: Register,
    ) -> SeamResult<(), IdentityError> {
        let email = EmailAddress::read(&req.email, "/email");
        let name = req
            .display_name
            .map(|name| read_display_name(&name, "/display_name"))
            .transpose();
        let (email, display_name) = match (email, name) {
            (Ok(email), Ok(name)) => (email, name),
            (email, name) => {
                return Err(invalid(
                    [email.err(), name.err()].into_iter().flatten().collect(),
                ));
            }
        };
        req.password.check(&email, "/password").map_err(weak)?;
        let password_hash = self.hasher.hash(self.hasher.enter()?, req.password).await?;
        self.keep(
            ctx,
            REGISTER,
            &email,
            AuthRequest::Register {
                display_name,
                password_hash,
            },
        )
        .await
    }

    /// Takes the wish for a mail.
    pub(crate) async fn request_challenge(
        &self,
        ctx: &CallCtx,
        kind: ChallengeKind,
        email: &str,
    ) -> SeamResult<(), IdentityError> {
        let email = EmailAddress::read(email, "/email").map_err(|error| invalid(vec![error]))?;
        let request = match kind {
            ChallengeKind::VerifyEmail => AuthRequest::VerifyEmail,
            ChallengeKind::Recover => AuthRequest::Recover,
        };
        self.keep(ctx, CHALLENGE, &email, request).await
    }

    async fn keep(
        &self,
        ctx: &CallCtx,
        operation: &'static str,
        email: &EmailAddress,
        request: AuthRequest,
    ) -> SeamResult<(), IdentityError> {
        let request_id = self.db.env().new_uuid();
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, operation).await?;
            if let Claim::Replay(outcome) = tx.claim_key::<(), IdentityError>(operation).await? {
                return outcome.map_err(SeamError::Domain);
            }
            requests::insert(&mut tx, request_id, email.as_str(), &request).await?;
            tx.enqueue(&AnswerRequest { request_id }, JobOptions::default())
                .await?;
            tx.commit_outcome::<(), IdentityError>(operation, &Ok(()), None)
                .await?;
            Ok(())
        })
        .await
    }
}
