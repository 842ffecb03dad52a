//! Signing in on our own page with an account of another provider.

use std::net::IpAddr;
use std::time::Duration;

use identity_contract::IdentityError;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::authorize::Visit;
use super::{Asked, Failure, Step};
use crate::domain::federation::Proof;
use crate::domain::secret::SecretToken;
use crate::service::federation::{Begun, For, Unproved};
use crate::service::{Service, SignedIn};

/// Where the browser goes from the page.
#[derive(Debug)]
pub(crate) enum FromPage {
    Provider(Begun),
    Step(Step),
}

impl Service {
    /// Sends somebody from the page to a provider. A program that wants a sign-in of now gets one of now.
    pub(crate) async fn begin_on_page(
        &self,
        ctx: &CallCtx,
        provider: &str,
        asked: Asked,
        cookie: Option<SecretToken>,
    ) -> SeamResult<FromPage, IdentityError> {
        let visit = match self.understand(ctx, asked, None).await? {
            Ok(visit) => visit,
            Err(step) => return Ok(FromPage::Step(step)),
        };
        let max_age = if visit.request.wants_login() {
            Some(Duration::ZERO)
        } else {
            visit.request.max_age
        };
        let purpose = For::Page(visit.query.clone());
        let begun = match self.provider(provider) {
            Ok(known) => self.send_to(ctx, known, cookie, purpose, max_age).await,
            Err(error) => Err(error),
        };
        match begun {
            Ok(begun) => Ok(FromPage::Provider(begun)),
            Err(error) => Ok(FromPage::Step(self.explain(visit, error)?)),
        }
    }

    /// Goes on with somebody who came back; also returns the cookie of the session that begins, or of the page.
    pub(crate) async fn back_on_page(
        &self,
        ctx: &CallCtx,
        asked: Asked,
        proved: Result<Proof, Unproved>,
        client: Option<String>,
        address: Option<IpAddr>,
    ) -> SeamResult<(Step, Option<SecretToken>), IdentityError> {
        let mut visit = match self.understand(ctx, asked, None).await? {
            Ok(visit) => visit,
            Err(step) => return Ok((step, None)),
        };
        let proof = match proved {
            Ok(proof) => proof,
            Err(unproved) => return Ok((self.ask_again(visit, failure_of(unproved)), None)),
        };
        match self.enter_browser(ctx, &proof, client, address).await {
            Ok(SignedIn::Done((session, cookie))) => {
                visit.cookie = Some(cookie.clone());
                if visit.request.is_too_old(session.signed_in_at, self.now()) {
                    return Ok((self.ask_again(visit, Failure::Stale), Some(cookie)));
                }
                let step = self.proceed(ctx, visit, session).await?;
                Ok((step, Some(cookie)))
            }
            Ok(SignedIn::CodeNeeded(needed)) => {
                // The form is bound to a cookie; nobody is signed in with it yet.
                let cookie = SecretToken::generate(self.db.env());
                visit.cookie = Some(cookie.clone());
                Ok((self.ask_for_code(visit, needed.token, None), Some(cookie)))
            }
            Err(error) => Ok((self.explain(visit, error)?, None)),
        }
    }

    fn ask_again(&self, visit: Visit, failure: Failure) -> Step {
        self.ask_to_sign_in(visit, String::new(), Some(failure))
    }

    /// Says on the page what an API client would be told.
    fn explain(
        &self,
        visit: Visit,
        error: SeamError<IdentityError>,
    ) -> SeamResult<Step, IdentityError> {
        let failure = match error {
            SeamError::Domain(IdentityError::ProviderUnavailable) => Failure::ProviderUnavailable,
            SeamError::Domain(
                IdentityError::ProviderNotFound | IdentityError::FederationFailed,
            ) => Failure::Stale,
            SeamError::Domain(IdentityError::InvalidCredentials) => Failure::ProviderRefused,
            SeamError::Domain(IdentityError::ProviderEmailUnverified) => {
                Failure::ProviderEmailUnverified
            }
            SeamError::Domain(IdentityError::IdentityNotLinked) => Failure::IdentityNotLinked,
            error => return Err(error),
        };
        Ok(self.ask_again(visit, failure))
    }
}

fn failure_of(unproved: Unproved) -> Failure {
    match unproved {
        Unproved::Declined => Failure::ProviderDeclined,
        Unproved::Unavailable => Failure::ProviderUnavailable,
        Unproved::Refused => Failure::ProviderRefused,
    }
}
