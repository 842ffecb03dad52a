//! Sending a browser to a provider.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity_contract::IdentityError;
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::provider::Provider;
use crate::domain::federation::FLOW_LIFE;
use crate::domain::oauth::pkce::Challenge;
use crate::domain::oauth::redirect::with_parameters;
use crate::domain::secret::SecretToken;
use crate::key_ring::Purpose;
use crate::service::{Service, invalid};
use crate::store::federation_flows::{self, FlowRow};

/// Longest `state` of a client: it comes back, and stands in our store.
const MAX_STATE: usize = 1_000;
/// Oldest sign-in that a client can ask for.
const LONGEST_AGE: u32 = 86_400;

/// What an API client sends a browser here with.
#[derive(Debug)]
pub(crate) struct FromClient {
    pub(crate) return_url: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) code_challenge_method: Option<String>,
    pub(crate) max_age: Option<u32>,
}

/// Where the browser goes next.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) location: String,
    /// What the answer of the provider is bound to.
    pub(crate) cookie: SecretToken,
}

/// For whom a browser goes to a provider.
pub(in crate::service) enum For {
    Client {
        return_url: String,
        state: Option<String>,
        challenge: Challenge,
    },
    /// A page, and the request it was shown for.
    Page(String),
}

impl Service {
    /// Begins a sign-in, or a link, for an API client.
    ///
    /// # Errors
    ///
    /// [`IdentityError::ProviderNotFound`], [`IdentityError::ProviderUnavailable`], [`IdentityError::InvalidRequest`].
    pub(crate) async fn begin_for_client(
        &self,
        ctx: &CallCtx,
        provider: &str,
        cookie: Option<SecretToken>,
        req: FromClient,
    ) -> SeamResult<Begun, IdentityError> {
        let provider = self.provider(provider)?;
        let mut errors = Vec::new();
        let allowed = &self.settings.federation.return_urls;
        let return_url = req.return_url.filter(|url| allowed.contains(url));
        if return_url.is_none() {
            errors.push(FieldError::new(
                "?return_url",
                "not_allowed",
                "Expected one of the URLs that the settings of this installation allow.",
            ));
        }
        let challenge = req.code_challenge.as_deref().and_then(Challenge::parse);
        if challenge.is_none() {
            let detail = "Expected SHA-256 of the code verifier, in base64url without padding.";
            errors.push(FieldError::new("?code_challenge", "malformed", detail));
        }
        if req.code_challenge_method.as_deref() != Some("S256") {
            errors.push(FieldError::new(
                "?code_challenge_method",
                "unknown",
                "Expected S256.",
            ));
        }
        if req
            .state
            .as_ref()
            .is_some_and(|state| state.len() > MAX_STATE)
        {
            let detail = "A state has up to 1,000 bytes.";
            errors.push(FieldError::new("?state", "too_long", detail));
        }
        if req.max_age.is_some_and(|seconds| seconds > LONGEST_AGE) {
            let detail = "Expected 0 to 86,400 seconds.";
            errors.push(FieldError::new("?max_age", "out_of_range", detail));
        }
        match (return_url, challenge) {
            (Some(return_url), Some(challenge)) if errors.is_empty() => {
                let max_age = req.max_age.map(|age| Duration::from_secs(age.into()));
                let purpose = For::Client {
                    return_url,
                    state: req.state,
                    challenge,
                };
                self.send_to(ctx, provider, cookie, purpose, max_age).await
            }
            _ => Err(invalid(errors)),
        }
    }

    /// Writes down who goes there, and makes the request (OpenID Connect Core §3.1.2.1).
    pub(in crate::service) async fn send_to(
        &self,
        ctx: &CallCtx,
        provider: &Provider,
        cookie: Option<SecretToken>,
        purpose: For,
        max_age: Option<Duration>,
    ) -> SeamResult<Begun, IdentityError> {
        let env = self.db.env();
        let document = provider.document(env).await?;
        let cookie = cookie.unwrap_or_else(|| SecretToken::generate(env));
        let state = SecretToken::generate(env);
        let key_id = self.ring.current_id().to_owned();
        let (nonce, verifier) = self
            .derived(&key_id, &state)
            .expect("the current key is in the ring");
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.expose().as_bytes()));
        let settings = &provider.settings;
        let scope = settings.scopes.join(" ");
        let redirect_uri = self.callback_of(provider);
        let seconds = max_age.map(|age| age.as_secs().to_string());
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", settings.client_id.as_str()),
            ("redirect_uri", redirect_uri.as_str()),
            ("scope", scope.as_str()),
            ("state", state.expose()),
            ("nonce", nonce.expose()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        if let Some(seconds) = &seconds {
            parameters.push(("max_age", seconds));
            if seconds == "0" {
                parameters.push(("prompt", "login"));
            }
        }
        let location = with_parameters(&document.authorization_endpoint, &parameters);
        let flow = flow_of(provider, key_id, purpose, max_age);
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.begin_federation").await?;
            let expires_at = tx.now() + FLOW_LIFE;
            let (state, browser) = (state.hash(), cookie.hash());
            federation_flows::insert(&mut tx, &state, &browser, &flow, expires_at).await?;
            tx.commit().await
        })
        .await?;
        Ok(Begun { location, cookie })
    }

    /// Where the provider sends browsers back to; each has a place of its own (RFC 9700 §4.4.2.2).
    pub(super) fn callback_of(&self, provider: &Provider) -> String {
        let path = format!("/v1/auth/federation/{}/callback", provider.name);
        self.settings.address_of(&path)
    }

    /// Nonce and code verifier of a state; nothing if the key has left the ring.
    pub(super) fn derived(
        &self,
        key_id: &str,
        state: &SecretToken,
    ) -> Option<(SecretToken, SecretToken)> {
        let derive = |part: &[u8]| {
            let parts = [part, state.expose().as_bytes()];
            let mac = self.ring.mac(key_id, Purpose::Federation, &parts)?;
            Some(SecretToken::from_bytes(&mac))
        };
        Some((derive(b"nonce")?, derive(b"verifier")?))
    }
}

fn flow_of(
    provider: &Provider,
    key_id: String,
    purpose: For,
    max_age: Option<Duration>,
) -> FlowRow {
    let (return_url, client_state, challenge, request) = match purpose {
        For::Client {
            return_url,
            state,
            challenge,
        } => (
            Some(return_url),
            state,
            Some(challenge.as_str().to_owned()),
            None,
        ),
        For::Page(request) => (None, None, None, Some(request)),
    };
    FlowRow {
        provider: provider.name.clone(),
        issuer: provider.settings.issuer.clone(),
        key_id,
        max_age: max_age.and_then(|age| i64::try_from(age.as_secs()).ok()),
        return_url,
        client_state,
        challenge,
        request,
    }
}
