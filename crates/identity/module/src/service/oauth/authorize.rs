//! From a request for authorization to a code: signing in and agreeing on our own pages.

use identity_contract::{IdentityError, OauthClientId};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::forms::Form;
use super::{Asked, BrowserSession, ConsentPage, Failure, SignInPage, Step};
use crate::domain::oauth::authorization::{AuthorizationRequest, Prompt};
use crate::domain::oauth::client::Client;
use crate::domain::oauth::error::{OauthCode, OauthRefusal};
use crate::domain::oauth::redirect::{identifies_client, with_parameters};
use crate::domain::secret::SecretToken;
use crate::service::{Service, SignIn, SignedIn};
use crate::store::{factors, oauth_clients, oauth_consents, sessions, users};

/// A request that was understood, and the browser that brought it.
pub(super) struct Visit {
    pub(super) client: Client,
    pub(super) request: AuthorizationRequest,
    pub(super) query: String,
    pub(super) cookie: Option<SecretToken>,
}

impl Service {
    /// Looks what is still missing.
    pub(crate) async fn authorize(
        &self,
        ctx: &CallCtx,
        asked: Asked,
        cookie: Option<SecretToken>,
    ) -> SeamResult<Step, IdentityError> {
        let visit = match self.understand(ctx, asked, cookie).await? {
            Ok(visit) => visit,
            Err(step) => return Ok(step),
        };
        let session = self.browser_session(ctx, visit.cookie.as_ref()).await?;
        let now = self.now();
        let session = session.filter(|session| {
            !visit.request.wants_login() && !visit.request.is_too_old(session.signed_in_at, now)
        });
        match session {
            Some(session) => self.proceed(ctx, visit, session).await,
            None if visit.request.prompt == Prompt::None => Ok(self.refused(
                &visit,
                OauthCode::LoginRequired.because("nobody is signed in"),
            )),
            None => Ok(self.ask_to_sign_in(visit, String::new(), None)),
        }
    }

    /// Takes the form of the sign-in page; also returns the cookie of the session that begins, if no code is needed.
    pub(crate) async fn sign_in_on_page(
        &self,
        ctx: &CallCtx,
        asked: Asked,
        cookie: Option<SecretToken>,
        form_token: &str,
        sign_in: SignIn,
    ) -> SeamResult<(Step, Option<SecretToken>), IdentityError> {
        let mut visit = match self.understand(ctx, asked, cookie).await? {
            Ok(visit) => visit,
            Err(step) => return Ok((step, None)),
        };
        let email = sign_in.email.clone();
        let is_ours = visit
            .cookie
            .as_ref()
            .is_some_and(|cookie| self.is_our_form(cookie, Form::SignIn, &visit.query, form_token));
        if !is_ours {
            return Ok((
                self.ask_to_sign_in(visit, email, Some(Failure::Stale)),
                None,
            ));
        }
        let failure = match self.sign_in_browser(ctx, sign_in).await {
            Ok(SignedIn::Done((session, cookie))) => {
                visit.cookie = Some(cookie.clone());
                let step = self.proceed(ctx, visit, session).await?;
                return Ok((step, Some(cookie)));
            }
            Ok(SignedIn::CodeNeeded(needed)) => {
                return Ok((self.ask_for_code(visit, needed.token, None), None));
            }
            Err(SeamError::Domain(IdentityError::TooManyAttempts { retry_after_ms })) => {
                Failure::TooManyAttempts { retry_after_ms }
            }
            Err(SeamError::Domain(
                IdentityError::InvalidCredentials | IdentityError::InvalidRequest { .. },
            )) => Failure::Refused,
            Err(error) => return Err(error),
        };
        Ok((self.ask_to_sign_in(visit, email, Some(failure)), None))
    }

    /// Takes the form of the consent page.
    pub(crate) async fn agree_on_page(
        &self,
        ctx: &CallCtx,
        asked: Asked,
        cookie: Option<SecretToken>,
        form_token: &str,
        agrees: bool,
    ) -> SeamResult<Step, IdentityError> {
        let visit = match self.understand(ctx, asked, cookie).await? {
            Ok(visit) => visit,
            Err(step) => return Ok(step),
        };
        let session = self.browser_session(ctx, visit.cookie.as_ref()).await?;
        let now = self.now();
        let is_ours = visit.cookie.as_ref().is_some_and(|cookie| {
            self.is_our_form(cookie, Form::Consent, &visit.query, form_token)
        });
        // The mark says that this request was shown to who is signed in, after it was asked all it wanted to be.
        let session = session
            .filter(|session| is_ours && !visit.request.is_too_old(session.signed_in_at, now));
        match session {
            None => Ok(self.ask_to_sign_in(visit, String::new(), Some(Failure::Stale))),
            Some(_) if !agrees => Ok(self.refused(
                &visit,
                OauthCode::AccessDenied.because("the person did not agree"),
            )),
            Some(session) => match self.factor_missing(ctx, &visit, &session).await? {
                Some(step) => Ok(step),
                None => self.grant(ctx, &visit, &session, true).await,
            },
        }
    }

    /// Reads the request. Only once client and redirect URI are known to belong together anything is sent there.
    pub(super) async fn understand(
        &self,
        ctx: &CallCtx,
        asked: Asked,
        cookie: Option<SecretToken>,
    ) -> SeamResult<Result<Visit, Step>, IdentityError> {
        if !self.has_pages() {
            return Ok(Err(Step::Stop(
                "This server is reached without TLS, so it cannot keep you signed in safely. Its operator has to set an https address as public_url.",
            )));
        }
        let Asked { parameters, query } = asked;
        let id = parameters.client_id.as_deref();
        let id = id.and_then(|id| id.parse::<OauthClientId>().ok());
        let client = match id {
            Some(id) => oauth_clients::find(&mut self.db.read(ctx), id).await?,
            None => None,
        };
        let Some(client) = client else {
            return Ok(Err(Step::Stop(
                "The program that sent you here is not known to this server.",
            )));
        };
        let Some(redirect_uri) = parameters.trusted_redirect(&client).map(str::to_owned) else {
            return Ok(Err(Step::Stop(
                "The program that sent you here wants the answer at an address that is not registered for it.",
            )));
        };
        let state = parameters.returned_state().map(str::to_owned);
        match parameters.check(&client, redirect_uri.clone()) {
            Ok(request) => Ok(Ok(Visit {
                client,
                request,
                query,
                cookie,
            })),
            Err(refusal) => Ok(Err(self.refusal(&redirect_uri, state.as_deref(), refusal))),
        }
    }

    /// Goes on with somebody who is signed in.
    pub(super) async fn proceed(
        &self,
        ctx: &CallCtx,
        visit: Visit,
        session: BrowserSession,
    ) -> SeamResult<Step, IdentityError> {
        if let Some(step) = self.factor_missing(ctx, &visit, &session).await? {
            return Ok(step);
        }
        let request = &visit.request;
        let agreed =
            oauth_consents::find(&mut self.db.read(ctx), session.account.id, visit.client.id)
                .await?;
        let covers = agreed.is_some_and(|agreed| request.scope.is_within(&agreed));
        if covers && !request.prompt.wants_consent() && identifies_client(&request.redirect_uri) {
            return self.grant(ctx, &visit, &session, false).await;
        }
        if request.prompt == Prompt::None {
            return Ok(self.refused(
                &visit,
                OauthCode::ConsentRequired.because("the person has not agreed"),
            ));
        }
        let Some(cookie) = &visit.cookie else {
            return Ok(self.ask_to_sign_in(visit, String::new(), Some(Failure::Stale)));
        };
        Ok(Step::Consent(Box::new(ConsentPage {
            form_token: self.form_token(cookie, Form::Consent, &visit.query),
            client_name: visit.client.wish.name,
            redirect_uri: visit.request.redirect_uri,
            email: session.account.email,
            scope: visit.request.scope,
            request: visit.query,
        })))
    }

    /// Stops somebody who has to add a second factor: no program acts for them until then.
    async fn factor_missing(
        &self,
        ctx: &CallCtx,
        visit: &Visit,
        session: &BrowserSession,
    ) -> SeamResult<Option<Step>, IdentityError> {
        let mut db = self.db.read(ctx);
        if !self
            .is_enrolling(&mut db, &session.account, session.amr)
            .await?
        {
            return Ok(None);
        }
        if visit.request.prompt == Prompt::None {
            let why = "the person has to add a second factor";
            return Ok(Some(
                self.refused(visit, OauthCode::InteractionRequired.because(why)),
            ));
        }
        Ok(Some(Step::Stop(
            "Your account has to have a second factor before a program may act for you. Sign in where you manage your account, add an authenticator app or a passkey there, and come back to the program.",
        )))
    }

    /// Finds the session that a cookie stands for, with its owner as they are now.
    async fn browser_session(
        &self,
        ctx: &CallCtx,
        cookie: Option<&SecretToken>,
    ) -> SeamResult<Option<BrowserSession>, IdentityError> {
        let Some(cookie) = cookie else {
            return Ok(None);
        };
        let now = self.now();
        let mut db = self.db.read(ctx);
        let Some(found) = sessions::find_browser(&mut db, &cookie.hash(), now).await? else {
            return Ok(None);
        };
        // It began before there was a second factor: it has to be shown now.
        if !found.amr.is_multi_factor() && factors::is_guarded(&mut db, found.user).await? {
            return Ok(None);
        }
        let account = users::find(&mut db, found.user).await?;
        Ok(account
            .filter(|account| !account.is_locked())
            .map(|account| BrowserSession {
                id: found.id,
                account,
                signed_in_at: found.signed_in_at,
                amr: found.amr,
            }))
    }

    pub(super) fn ask_to_sign_in(
        &self,
        visit: Visit,
        email: String,
        failure: Option<Failure>,
    ) -> Step {
        let new_cookie = match visit.cookie {
            Some(_) => None,
            None => Some(SecretToken::generate(self.db.env())),
        };
        let form_token = visit
            .cookie
            .as_ref()
            .or(new_cookie.as_ref())
            .map(|cookie| self.form_token(cookie, Form::SignIn, &visit.query))
            .unwrap_or_default();
        let email = if email.is_empty() {
            visit.request.login_hint.unwrap_or_default()
        } else {
            email
        };
        Step::SignIn(Box::new(SignInPage {
            client_name: visit.client.wish.name,
            redirect_uri: visit.request.redirect_uri,
            request: visit.query,
            form_token,
            new_cookie,
            email,
            failure,
            takes_passkey: self.relying_party().is_ok(),
            providers: self.list_providers(),
        }))
    }

    fn refused(&self, visit: &Visit, refusal: OauthRefusal) -> Step {
        self.refusal(
            &visit.request.redirect_uri,
            visit.request.state.as_deref(),
            refusal,
        )
    }

    fn refusal(&self, redirect_uri: &str, state: Option<&str>, refusal: OauthRefusal) -> Step {
        let said = [
            ("error", refusal.code.as_str()),
            ("error_description", refusal.description),
        ];
        self.answer(redirect_uri, state, &said)
    }

    /// Sends the browser back; `iss` says who answers, so that a client which talks to several servers cannot be made to
    /// mix them up (RFC 9207).
    pub(super) fn answer(
        &self,
        redirect_uri: &str,
        state: Option<&str>,
        said: &[(&str, &str)],
    ) -> Step {
        let mut parameters = said.to_vec();
        parameters.extend(state.map(|state| ("state", state)));
        parameters.push(("iss", &self.settings.issuer));
        Step::Redirect(with_parameters(redirect_uri, &parameters))
    }
}
