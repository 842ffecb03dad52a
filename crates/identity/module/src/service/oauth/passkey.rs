//! Signing in with a passkey on our own pages: instead of the password, or as the second step.

use identity_contract::IdentityError;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::forms::Form;
use super::{Asked, Failure, Step};
use crate::domain::secret::SecretToken;
use crate::service::passkeys::{After, PasskeyChallenge, PasskeyStep};
use crate::service::{Service, refuse};

impl Service {
    /// Makes a challenge for a form of ours; of the page to sign in on, or of the one for the second step.
    ///
    /// # Errors
    ///
    /// [`IdentityError::SignInExpired`], also where the form is not ours; [`IdentityError::PasskeysUnavailable`].
    pub(crate) async fn challenge_on_page(
        &self,
        ctx: &CallCtx,
        request: &str,
        cookie: Option<SecretToken>,
        form_token: &str,
        after: After,
    ) -> SeamResult<PasskeyChallenge, IdentityError> {
        let form = form_of(&after);
        if !cookie.is_some_and(|cookie| self.is_our_form(&cookie, form, request, form_token)) {
            return refuse(IdentityError::SignInExpired);
        }
        self.begin_passkey_on_page(ctx, form_token, after).await
    }

    /// Takes the form with the answer of a passkey; also returns the cookie of the session that begins.
    pub(crate) async fn passkey_on_page(
        &self,
        ctx: &CallCtx,
        asked: Asked,
        cookie: Option<SecretToken>,
        form_token: &str,
        after: After,
        step: PasskeyStep,
    ) -> SeamResult<(Step, Option<SecretToken>), IdentityError> {
        let mut visit = match self.understand(ctx, asked, cookie).await? {
            Ok(visit) => visit,
            Err(step) => return Ok((step, None)),
        };
        let form = form_of(&after);
        let is_ours = visit
            .cookie
            .as_ref()
            .is_some_and(|cookie| self.is_our_form(cookie, form, &visit.query, form_token));
        if !is_ours {
            return Ok((self.start_again(visit), None));
        }
        match self.passkey_in_browser(ctx, step, form_token).await {
            Ok((session, cookie)) => {
                visit.cookie = Some(cookie.clone());
                let step = self.proceed(ctx, visit, session).await?;
                return Ok((step, Some(cookie)));
            }
            Err(SeamError::Domain(
                IdentityError::PasskeyRefused | IdentityError::PasskeysUnavailable,
            )) => {}
            Err(SeamError::Domain(IdentityError::SignInExpired)) => {
                return Ok((self.start_again(visit), None));
            }
            Err(error) => return Err(error),
        }
        let failure = Some(Failure::PasskeyRefused);
        let step = match after {
            After::FirstStep(Some(challenge)) => self.ask_for_code(visit, challenge, failure),
            _ => self.ask_to_sign_in(visit, String::new(), failure),
        };
        Ok((step, None))
    }
}

/// The page that has a first step behind it marks its form otherwise.
fn form_of(after: &After) -> Form {
    match after {
        After::Nothing => Form::SignIn,
        After::FirstStep(_) => Form::Code,
    }
}
