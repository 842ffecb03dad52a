//! Asking for a code on our own pages.

use identity_contract::IdentityError;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::authorize::Visit;
use super::forms::Form;
use super::{Asked, CodePage, Failure, Step};
use crate::domain::secret::SecretToken;
use crate::service::{SecondStep, Service};

impl Service {
    /// Takes the form of the page to type a code on; also returns the cookie of the session that begins.
    pub(crate) async fn code_on_page(
        &self,
        ctx: &CallCtx,
        asked: Asked,
        cookie: Option<SecretToken>,
        form_token: &str,
        step: SecondStep,
    ) -> SeamResult<(Step, Option<SecretToken>), IdentityError> {
        let mut visit = match self.understand(ctx, asked, cookie).await? {
            Ok(visit) => visit,
            Err(step) => return Ok((step, None)),
        };
        let is_ours = visit
            .cookie
            .as_ref()
            .is_some_and(|cookie| self.is_our_form(cookie, Form::Code, &visit.query, form_token));
        let challenge = step.token.clone().filter(|_| is_ours);
        let Some(challenge) = challenge else {
            return Ok((self.start_again(visit), None));
        };
        let failure = match self.complete_in_browser(ctx, step).await {
            Ok((session, cookie)) => {
                visit.cookie = Some(cookie.clone());
                let step = self.proceed(ctx, visit, session).await?;
                return Ok((step, Some(cookie)));
            }
            Err(SeamError::Domain(IdentityError::TooManyAttempts { retry_after_ms })) => {
                Failure::TooManyAttempts { retry_after_ms }
            }
            Err(SeamError::Domain(IdentityError::WrongCode)) => Failure::WrongCode,
            Err(SeamError::Domain(IdentityError::SignInExpired)) => {
                return Ok((self.start_again(visit), None));
            }
            Err(error) => return Err(error),
        };
        Ok((self.ask_for_code(visit, challenge, Some(failure)), None))
    }

    /// The sign-in is over, so the password is asked for again.
    pub(super) fn start_again(&self, visit: Visit) -> Step {
        self.ask_to_sign_in(visit, String::new(), Some(Failure::Stale))
    }

    pub(super) fn ask_for_code(
        &self,
        visit: Visit,
        challenge: SecretToken,
        failure: Option<Failure>,
    ) -> Step {
        let Some(cookie) = &visit.cookie else {
            return self.start_again(visit);
        };
        Step::Code(Box::new(CodePage {
            form_token: self.form_token(cookie, Form::Code, &visit.query),
            client_name: visit.client.wish.name,
            redirect_uri: visit.request.redirect_uri,
            request: visit.query,
            challenge,
            failure,
            takes_passkey: self.relying_party().is_ok(),
        }))
    }
}
