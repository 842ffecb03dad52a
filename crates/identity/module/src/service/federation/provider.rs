//! One provider: its documents, kept for a while.

mod calls;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use identity_contract::IdentityError;
use tenon_kernel::{Env, Timestamp};
use tenon_outbound::Egress;
use tenon_seam::SeamResult;
use tokio::sync::{Mutex, MutexGuard};

use crate::domain::federation::document::ProviderDocument;
use crate::domain::federation::id_token::IdToken;
use crate::domain::federation::jwk::ProviderKey;
use crate::domain::federation::{FAILURE_PAUSE, NotBelieved};
use crate::service::refuse;
use crate::settings::ProviderSettings;

/// How long a discovery document counts.
const DOCUMENT_LIFE: Duration = Duration::from_hours(1);
/// How long keys count: a key that the provider withdrew is believed no longer than that.
const KEYS_LIFE: Duration = Duration::from_mins(15);
/// A token that names an unknown key has keys asked for again, no more often than that: anybody can make such tokens.
const KEYS_PAUSE: Duration = Duration::from_mins(1);

/// A provider, and what is known of it.
pub(in crate::service) struct Provider {
    pub(super) name: String,
    pub(super) settings: ProviderSettings,
    egress: Arc<Egress>,
    /// Held while it is asked: those who come meanwhile wait for one answer.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    document: Option<(Arc<ProviderDocument>, Timestamp)>,
    keys: Option<(Arc<Vec<ProviderKey>>, Timestamp)>,
    failed_at: Option<Timestamp>,
}

/// Why there is no answer that counts.
enum Fault {
    Silent,
    NotBelieved,
}

impl Provider {
    pub(super) fn new(name: &str, settings: ProviderSettings, egress: Arc<Egress>) -> Self {
        Self {
            name: name.to_owned(),
            settings,
            egress,
            known: Mutex::default(),
        }
    }

    pub(super) fn display_name(&self) -> &str {
        let said = self.settings.display_name.trim();
        if said.is_empty() { &self.name } else { said }
    }

    /// What the provider says about itself.
    pub(super) async fn document(
        &self,
        env: &Env,
    ) -> SeamResult<Arc<ProviderDocument>, IdentityError> {
        let mut known = self.known.lock().await;
        self.document_of(&mut known, env).await
    }

    /// Its keys, one of which the token must be by: where none is they are asked for again.
    pub(super) async fn keys_for(
        &self,
        token: &IdToken<'_>,
        env: &Env,
    ) -> SeamResult<Arc<Vec<ProviderKey>>, IdentityError> {
        let mut known = self.known.lock().await;
        let now = env.now();
        if let Some((keys, since)) = &known.keys {
            let age = now.since(*since);
            if age < KEYS_LIFE && (token.is_by_one_of(keys) || age < KEYS_PAUSE) {
                return Ok(Arc::clone(keys));
            }
        }
        let document = self.document_of(&mut known, env).await?;
        let keys = self.asked(&mut known, env, "keys", &document.jwks_uri, |body| {
            ProviderKey::read_set(body)
        });
        let keys = Arc::new(keys.await?);
        known.keys = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    async fn document_of(
        &self,
        known: &mut MutexGuard<'_, Known>,
        env: &Env,
    ) -> SeamResult<Arc<ProviderDocument>, IdentityError> {
        let now = env.now();
        if let Some((document, since)) = &known.document
            && now.since(*since) < DOCUMENT_LIFE
        {
            return Ok(Arc::clone(document));
        }
        let issuer = self.settings.issuer.as_str();
        let url = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let read = |body: &[u8]| {
            let document = ProviderDocument::read(body, issuer)?;
            // Browsers are sent there, and we go there ourselves: no door of ours may be behind it.
            let is_open = document.urls().all(|url| self.egress.check(url).is_ok());
            is_open.then_some(document).ok_or(NotBelieved(
                "an endpoint of the provider may not be reached",
            ))
        };
        let document = Arc::new(self.asked(known, env, "document", &url, read).await?);
        known.document = Some((Arc::clone(&document), now));
        Ok(document)
    }

    /// Asks for a document; once that failed nobody does for a moment.
    async fn asked<T>(
        &self,
        known: &mut MutexGuard<'_, Known>,
        env: &Env,
        what: &'static str,
        url: &str,
        read: impl FnOnce(&[u8]) -> Result<T, NotBelieved>,
    ) -> SeamResult<T, IdentityError> {
        let now = env.now();
        let is_pausing = known
            .failed_at
            .is_some_and(|failed_at| now.since(failed_at) < FAILURE_PAUSE);
        if is_pausing {
            return refuse(IdentityError::ProviderUnavailable);
        }
        let got = self.get(what, url, HeaderMap::new()).await;
        let read = got.and_then(|body| self.believed(what, read(&body)));
        if let Ok(read) = read {
            known.failed_at = None;
            return Ok(read);
        }
        known.failed_at = Some(env.now());
        refuse(IdentityError::ProviderUnavailable)
    }

    fn believed<T>(&self, what: &'static str, read: Result<T, NotBelieved>) -> Result<T, Fault> {
        read.map_err(|NotBelieved(why)| {
            self.log(what, why);
            Fault::NotBelieved
        })
    }

    /// Says why, in words of ours: those of the other side may hold anything.
    pub(super) fn log(&self, what: &'static str, why: &str) {
        tracing::warn!(
            provider = self.name,
            what,
            why,
            "a provider is not believed"
        );
    }
}
