//! The simulator's books: intents, answers by idempotency key, webhooks, and how it misbehaves.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::faults::Faults;
use crate::rates::Rates;
use crate::{ApiMode, Intent, WebhookMode};

/// Everything the simulator knows.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) saved: Saved,
    pub(crate) api: ApiMode,
    pub(crate) webhooks: WebhookMode,
    pub(crate) faults: Faults,
    pub(crate) rates: Rates,
    /// Keys whose first request was lost on purpose.
    pub(crate) swallowed: HashSet<String>,
    /// Webhooks that nobody was sent yet.
    pub(crate) held: VecDeque<Webhook>,
}

/// What survives a restart.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Saved {
    /// By id, which grows with time.
    pub(crate) intents: BTreeMap<String, Intent>,
    /// Answers by idempotency key.
    pub(crate) answers: BTreeMap<String, Answer>,
    /// The last webhook of each intent, for sending it again.
    pub(crate) last_webhook: BTreeMap<String, Webhook>,
}

/// What was answered under a key, and to what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// The request it belongs to: another one under the same key is refused.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A webhook, still without a signature.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) event_id: String,
    pub(crate) body: String,
}

impl Books {
    /// Reads the saved part from a file, if there is one.
    pub(crate) fn open(file: Option<&Path>) -> anyhow::Result<Self> {
        let Some(file) = file.filter(|file| file.exists()) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let saved = serde_json::from_str(&text)
            .with_context(|| format!("cannot understand {}", file.display()))?;
        Ok(Self {
            saved,
            ..Self::default()
        })
    }

    /// Writes the saved part: to a new file first, so that a crash leaves the old one.
    pub(crate) fn save(&self, file: Option<&Path>) {
        let Some(file) = file else { return };
        let new = file.with_extension("new");
        let text = serde_json::to_vec_pretty(&self.saved).expect("books are plain data");
        if let Err(error) = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, file)) {
            tracing::error!(%error, file = %file.display(), "the books could not be saved");
        }
    }

    /// Finds an intent by its id or the merchant's reference.
    pub(crate) fn find(&self, name: &str) -> Option<&Intent> {
        self.saved.intents.get(name).or_else(|| {
            self.saved
                .intents
                .values()
                .find(|intent| intent.reference == name)
        })
    }

    /// Finds an intent in order to change it.
    pub(crate) fn find_mut(&mut self, name: &str) -> Option<&mut Intent> {
        let id = self.find(name)?.id.clone();
        self.saved.intents.get_mut(&id)
    }
}
