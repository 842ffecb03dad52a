//! A request for authorization: what a browser brings to `/oauth/authorize`.

use std::time::Duration;

use tenon_access::Scope;
use tenon_kernel::Timestamp;

use super::client::{Client, Grant};
use super::error::{OauthCode, OauthRefusal};
use super::pkce::Challenge;

/// Longest `state` and `nonce`: they come back, and stand in our store.
const MAX_OPAQUE: usize = 1_000;

/// The parameters; those sent without a value are left out (RFC 6749 §3.1).
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters {
    pub(crate) response_type: Option<String>,
    pub(crate) response_mode: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) code_challenge_method: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) max_age: Option<String>,
    pub(crate) login_hint: Option<String>,
    pub(crate) request: Option<String>,
    pub(crate) request_uri: Option<String>,
}

/// A request that can be granted, by a client that exists, to be answered where that client is.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizationRequest {
    pub(crate) redirect_uri: String,
    pub(crate) scope: Scope,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Challenge,
    pub(crate) prompt: Prompt,
    pub(crate) max_age: Option<Duration>,
    pub(crate) login_hint: Option<String>,
}

/// What people are to be asked, whatever is known (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// What is not known yet.
    Default,
    /// Nothing: refuse instead.
    None,
    /// To sign in; then what is not known yet.
    Login,
    /// To agree.
    Consent,
    /// Both.
    LoginAndConsent,
}

impl Prompt {
    pub(crate) fn wants_login(self) -> bool {
        matches!(self, Self::Login | Self::LoginAndConsent)
    }

    pub(crate) fn wants_consent(self) -> bool {
        matches!(self, Self::Consent | Self::LoginAndConsent)
    }

    fn read(text: &str) -> Result<Self, OauthRefusal> {
        let mut prompt = (false, false, false);
        for value in text.split(' ').filter(|value| !value.is_empty()) {
            match value {
                "none" => prompt.0 = true,
                // There is one account in a session, so to choose is to sign in.
                "login" | "select_account" => prompt.1 = true,
                "consent" => prompt.2 = true,
                _ => return Err(OauthCode::InvalidRequest.because("prompt has an unknown value")),
            }
        }
        match prompt {
            (true, false, false) => Ok(Self::None),
            (true, ..) => Err(OauthCode::InvalidRequest.because("prompt=none stands alone")),
            (_, true, true) => Ok(Self::LoginAndConsent),
            (_, true, false) => Ok(Self::Login),
            (_, false, true) => Ok(Self::Consent),
            (_, false, false) => Ok(Self::Default),
        }
    }
}

impl Parameters {
    /// Says where the answer goes: only to a URI that this very client has registered, character by character.
    pub(crate) fn trusted_redirect<'p>(&'p self, client: &Client) -> Option<&'p str> {
        let uri = self.redirect_uri.as_deref()?;
        let is_known = client.wish.redirect_uris.iter().any(|known| known == uri);
        is_known.then_some(uri)
    }

    /// `state` as it may be sent back.
    pub(crate) fn returned_state(&self) -> Option<&str> {
        self.state
            .as_deref()
            .filter(|state| state.len() <= MAX_OPAQUE)
    }

    /// Checks everything that the client may be told.
    pub(crate) fn check(
        self,
        client: &Client,
        redirect_uri: String,
    ) -> Result<AuthorizationRequest, OauthRefusal> {
        use OauthCode::{InvalidRequest, InvalidScope};
        if self.request.is_some() {
            return Err(OauthCode::RequestNotSupported.because("request objects are not taken"));
        }
        if self.request_uri.is_some() {
            return Err(OauthCode::RequestUriNotSupported.because("request_uri is not taken"));
        }
        match self.response_type.as_deref() {
            None => return Err(InvalidRequest.because("response_type is missing")),
            Some("code") => {}
            // No implicit grant, no hybrid flow: tokens never travel through the browser (RFC 9700 §2.1.2).
            Some(_) => {
                return Err(OauthCode::UnsupportedResponseType.because("only response_type=code"));
            }
        }
        if self.response_mode.is_some_and(|mode| mode != "query") {
            return Err(InvalidRequest.because("only response_mode=query"));
        }
        if !client.wish.grants.contains(&Grant::AuthorizationCode) {
            return Err(
                OauthCode::UnauthorizedClient.because("the client may not use authorization_code")
            );
        }
        if [&self.state, &self.nonce]
            .into_iter()
            .flatten()
            .any(|text| text.len() > MAX_OPAQUE)
        {
            return Err(InvalidRequest.because("state and nonce have at most 1000 characters"));
        }
        // Absent means `plain` (RFC 7636 §4.3), which is refused as when it is said.
        if self.code_challenge_method.as_deref() != Some("S256") {
            return Err(InvalidRequest.because("code_challenge_method must be S256"));
        }
        let challenge = self.code_challenge.as_deref().and_then(Challenge::parse);
        let Some(challenge) = challenge else {
            return Err(InvalidRequest
                .because("code_challenge must be the SHA-256 of a verifier in base64url"));
        };
        let scope = Scope::parse(self.scope.as_deref().unwrap_or_default());
        let Some(scope) =
            scope.filter(|scope| !scope.is_empty() && scope.is_within(&client.wish.scope))
        else {
            return Err(InvalidScope.because("name scopes that the client is registered for"));
        };
        let max_age = self
            .max_age
            .map(|seconds| seconds.parse::<u32>())
            .transpose();
        let Ok(max_age) = max_age else {
            return Err(InvalidRequest.because("max_age is a number of seconds"));
        };
        Ok(AuthorizationRequest {
            redirect_uri,
            scope,
            state: self.state,
            nonce: self.nonce,
            challenge,
            prompt: Prompt::read(self.prompt.as_deref().unwrap_or_default())?,
            max_age: max_age.map(|seconds| Duration::from_secs(u64::from(seconds))),
            login_hint: self.login_hint,
        })
    }
}

impl AuthorizationRequest {
    /// Says whether whoever signed in at that time has to sign in again before anything is granted. An age of 0 is a wish
    /// to sign in now, which is over once that is done.
    pub(crate) fn is_too_old(&self, signed_in_at: Timestamp, now: Timestamp) -> bool {
        self.max_age
            .is_some_and(|most| !most.is_zero() && now.since(signed_in_at) > most)
    }

    /// Says whether the request wants people to sign in, even those who just have.
    pub(crate) fn wants_login(&self) -> bool {
        self.prompt.wants_login() || self.max_age == Some(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_read_as_a_set() {
        let code = |text| Prompt::read(text).map_err(|refusal| refusal.code);
        assert_eq!(code(""), Ok(Prompt::Default));
        assert_eq!(code("none"), Ok(Prompt::None));
        assert_eq!(code("consent login"), Ok(Prompt::LoginAndConsent));
        assert_eq!(code("select_account"), Ok(Prompt::Login));
        for bad in ["none login", "none consent", "Login", "create"] {
            assert_eq!(code(bad), Err(OauthCode::InvalidRequest), "{bad}");
        }
    }
}
