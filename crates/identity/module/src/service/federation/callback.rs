//! A browser that comes back from a provider.

use identity_contract::IdentityError;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::prove::Unproved;
use super::provider::Provider;
use crate::domain::federation::{CODE_LIFE, Proof};
use crate::domain::oauth::redirect::with_parameters;
use crate::domain::secret::SecretToken;
use crate::metrics::FEDERATION;
use crate::service::Service;
use crate::store::federation_codes::{self, KeptProof};
use crate::store::federation_flows::{self, FlowRow};

/// What it brings.
#[derive(Debug, Default)]
pub(crate) struct Callback {
    pub(crate) state: Option<SecretToken>,
    pub(crate) code: Option<String>,
    pub(crate) error: Option<String>,
    /// Who says that they answer (RFC 9207).
    pub(crate) iss: Option<String>,
}

/// What it gets.
#[derive(Debug)]
pub(crate) enum CameBack {
    /// A page that says what is wrong: who waits for an answer is not known.
    Stop(&'static str),
    /// Back to the API client that sent it.
    Client(String),
    /// On with the request that a page of ours was shown for.
    Page {
        request: String,
        proved: Result<Proof, Unproved>,
    },
}

impl Service {
    /// Takes what a provider answers, once.
    pub(crate) async fn came_back(
        &self,
        ctx: &CallCtx,
        provider: &str,
        cookie: Option<SecretToken>,
        back: Callback,
    ) -> SeamResult<CameBack, IdentityError> {
        let provider = match self.provider(provider) {
            Ok(provider) => provider,
            Err(SeamError::Domain(_)) => {
                return Ok(CameBack::Stop("This server does not know this provider."));
            }
            Err(error) => return Err(error),
        };
        let (Some(state), Some(cookie)) = (&back.state, cookie) else {
            return Ok(CameBack::Stop(NOT_BEGUN));
        };
        let Some(flow) = self.take_flow(ctx, provider, state, &cookie).await? else {
            return Ok(CameBack::Stop(NOT_BEGUN));
        };
        let proved = self.prove_at(provider, &flow, state, &back).await?;
        let outcome = match &proved {
            Ok(_) => "proved",
            Err(Unproved::Declined) => "declined",
            Err(Unproved::Unavailable) => "unavailable",
            Err(Unproved::Refused) => "refused",
        };
        FEDERATION
            .with_label_values(&[provider.name.as_str(), outcome])
            .inc();
        let FlowRow {
            return_url,
            client_state,
            challenge,
            request,
            ..
        } = flow;
        match (return_url, challenge, request) {
            (Some(return_url), Some(challenge), _) => {
                let said = match proved {
                    Ok(proof) => {
                        let code = self.keep_proof(ctx, KeptProof { challenge, proof }).await?;
                        ("code", code.expose().to_owned())
                    }
                    Err(unproved) => ("error", error_of(unproved).to_owned()),
                };
                let mut parameters = vec![(said.0, said.1.as_str())];
                parameters.extend(client_state.as_deref().map(|state| ("state", state)));
                Ok(CameBack::Client(with_parameters(&return_url, &parameters)))
            }
            (_, _, request) => Ok(CameBack::Page {
                request: request.unwrap_or_default(),
                proved,
            }),
        }
    }

    async fn take_flow(
        &self,
        ctx: &CallCtx,
        provider: &Provider,
        state: &SecretToken,
        cookie: &SecretToken,
    ) -> SeamResult<Option<FlowRow>, IdentityError> {
        let (state, browser) = (state.hash(), cookie.hash());
        let taken = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.take_federation").await?;
            let flow = federation_flows::take(&mut tx, &state, &browser, &provider.name).await?;
            tx.commit().await?;
            Ok::<_, tenon_store::StoreError>(flow)
        });
        Ok(taken.await?)
    }

    /// Keeps what was proved for whoever shows the verifier, a minute long.
    async fn keep_proof(
        &self,
        ctx: &CallCtx,
        kept: KeptProof,
    ) -> SeamResult<SecretToken, IdentityError> {
        let code = SecretToken::generate(self.db.env());
        let hash = code.hash();
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.keep_federation").await?;
            let expires_at = tx.now() + CODE_LIFE;
            federation_codes::insert(&mut tx, &hash, &kept, expires_at).await?;
            tx.commit().await
        })
        .await?;
        Ok(code)
    }
}

const NOT_BEGUN: &str = "This sign-in was not begun in this browser, took too long, or is over already. Please go back and begin again.";

/// As an authorization server says it (RFC 6749 §4.1.2.1): clients know these words.
fn error_of(unproved: Unproved) -> &'static str {
    match unproved {
        Unproved::Declined => "access_denied",
        Unproved::Unavailable => "temporarily_unavailable",
        Unproved::Refused => "server_error",
    }
}
