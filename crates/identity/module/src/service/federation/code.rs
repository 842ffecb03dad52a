//! The code that a browser brings to its API client.

use identity_contract::IdentityError;
use tenon_seam::SeamResult;
use tenon_store::Queryable;
use zeroize::Zeroizing;

use crate::domain::federation::Proof;
use crate::domain::oauth::pkce::Challenge;
use crate::domain::secret::SecretToken;
use crate::service::{Service, refuse};
use crate::store::federation_codes;

/// What a client shows for what a provider said.
#[derive(Debug)]
pub(crate) struct CodeOfBrowser {
    pub(crate) code: Option<SecretToken>,
    /// What its challenge was made from: whoever only sees the browser go by has it not.
    pub(crate) verifier: Zeroizing<String>,
}

impl CodeOfBrowser {
    pub(super) fn hash(&self) -> Vec<u8> {
        self.code
            .as_ref()
            .map(SecretToken::hash)
            .unwrap_or_default()
    }
}

impl Service {
    /// Looks what a code stands for. It counts until somebody takes it.
    pub(super) async fn look_up(
        &self,
        db: &mut dyn Queryable,
        code: &CodeOfBrowser,
    ) -> SeamResult<Proof, IdentityError> {
        let now = self.now();
        let kept = federation_codes::find(db, &code.hash(), now).await?;
        let kept = kept.filter(|kept| {
            let challenge = Challenge::parse(&kept.challenge);
            challenge.is_some_and(|challenge| challenge.is_met_by(&code.verifier))
        });
        match kept {
            Some(kept) if self.providers.find_issuer(&kept.proof.issuer).is_some() => {
                Ok(kept.proof)
            }
            _ => refuse(IdentityError::FederationFailed),
        }
    }
}
