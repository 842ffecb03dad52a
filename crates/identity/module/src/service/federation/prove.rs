//! From what a browser brings back to who the person is at the provider.

use std::time::Duration;

use identity_contract::IdentityError;
use tenon_seam::{SeamError, SeamResult};

use super::callback::Callback;
use super::provider::Provider;
use crate::domain::federation::document::{ProviderDocument, ProviderTokens};
use crate::domain::federation::id_token::{Expected, IdToken};
use crate::domain::federation::{NotBelieved, Proof};
use crate::domain::secret::SecretToken;
use crate::service::Service;
use crate::store::federation_flows::FlowRow;

/// Longest code that is passed on.
const LONGEST_CODE: usize = 8 * 1024;

/// Why nobody is known better now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unproved {
    /// The person, or the provider, did not want to.
    Declined,
    /// The provider does not answer.
    Unavailable,
    /// What came is not believed.
    Refused,
}

impl Service {
    /// Asks the provider for what its code stands for, and checks all of it.
    pub(super) async fn prove_at(
        &self,
        provider: &Provider,
        flow: &FlowRow,
        state: &SecretToken,
        back: &Callback,
    ) -> SeamResult<Result<Proof, Unproved>, IdentityError> {
        match self.asked_there(provider, flow, state, back).await {
            Err(SeamError::Domain(IdentityError::ProviderUnavailable)) => {
                Ok(Err(Unproved::Unavailable))
            }
            other => other,
        }
    }

    async fn asked_there(
        &self,
        provider: &Provider,
        flow: &FlowRow,
        state: &SecretToken,
        back: &Callback,
    ) -> SeamResult<Result<Proof, Unproved>, IdentityError> {
        let env = self.db.env();
        let refused = |why: &str| {
            provider.log("answer", why);
            Ok(Err(Unproved::Refused))
        };
        if flow.issuer != provider.settings.issuer {
            return refused("the settings have another issuer by now");
        }
        let document = provider.document(env).await?;
        // Errors name the provider, too (RFC 9207 §2.4): nothing of an answer is looked at before.
        if !is_from(&document, &flow.issuer, back) {
            return refused("another provider answers");
        }
        if back.error.is_some() {
            return Ok(Err(Unproved::Declined));
        }
        let code = back.code.as_deref().unwrap_or_default();
        if code.is_empty() || code.len() > LONGEST_CODE {
            return refused("there is no code");
        }
        let Some((nonce, verifier)) = self.derived(&flow.key_id, state) else {
            return refused("the key of the state has left the ring");
        };
        let redirect_uri = self.callback_of(provider);
        let tokens = provider.exchange(&document, code, &redirect_uri, verifier.expose());
        let Some(tokens) = tokens.await? else {
            return Ok(Err(Unproved::Refused));
        };
        let max_age = flow.max_age.and_then(|age| u64::try_from(age).ok());
        let checked = self.check_token(provider, &tokens, &nonce, max_age.map(Duration::from_secs));
        let mut proof = match checked.await? {
            Ok(proof) => proof,
            Err(NotBelieved(why)) => return refused(why),
        };
        if let Err(NotBelieved(why)) = add_profile(provider, &document, &tokens, &mut proof).await?
        {
            return refused(why);
        }
        Ok(Ok(proof))
    }

    async fn check_token(
        &self,
        provider: &Provider,
        tokens: &ProviderTokens,
        nonce: &SecretToken,
        max_age: Option<Duration>,
    ) -> SeamResult<Result<Proof, NotBelieved>, IdentityError> {
        let env = self.db.env();
        let token = match IdToken::parse(&tokens.id_token) {
            Ok(token) => token,
            Err(why) => return Ok(Err(why)),
        };
        let keys = provider.keys_for(&token, env).await?;
        let expected = Expected {
            issuer: &provider.settings.issuer,
            client_id: &provider.settings.client_id,
            nonce: nonce.expose(),
            access_token: tokens.access_token.as_ref().map(|token| token.as_str()),
            max_age,
            now: env.now(),
        };
        Ok(token.check(&keys, &expected))
    }
}

/// Where a provider says that it names itself in its answers it must; where it does not say so, it may (RFC 9207 §2.4).
fn is_from(document: &ProviderDocument, issuer: &str, back: &Callback) -> bool {
    match &back.iss {
        Some(iss) => iss == issuer,
        None => !document.names_itself,
    }
}

/// Providers need not write the address into the ID token (OpenID Connect Core §5.4).
async fn add_profile(
    provider: &Provider,
    document: &ProviderDocument,
    tokens: &ProviderTokens,
    proof: &mut Proof,
) -> SeamResult<Result<(), NotBelieved>, IdentityError> {
    match (&document.userinfo_endpoint, &tokens.access_token) {
        (Some(url), Some(token)) if proof.email.is_none() => {
            let body = provider.userinfo(url, token).await?;
            Ok(proof.add_userinfo(&body))
        }
        _ => Ok(Ok(())),
    }
}
