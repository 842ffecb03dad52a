//! A key in the answer that shows it, and what is kept of it under an idempotency key.

use identity_contract::{ApiKeyId, IdentityError};
use serde::{Deserialize, Serialize};
use tenon_access::ApiKey;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::StoreError;

use crate::domain::api_key::StoredApiKey;
use crate::key_ring::Place;
use crate::service::Service;
use crate::service::refuse;
use crate::store::api_keys;

/// A key, and its text if this answer is the one that shows it.
#[derive(Debug)]
pub(crate) struct ShownApiKey {
    pub(crate) key: StoredApiKey,
    pub(crate) text: ApiKey,
}

/// What is kept of a command under its idempotency key: the text sealed, for whoever repeats the request.
#[derive(Serialize, Deserialize)]
pub(super) struct Made {
    id: ApiKeyId,
    sealed_text: Vec<u8>,
}

impl Service {
    pub(super) fn made_key(&self, id: ApiKeyId, text: &ApiKey) -> Made {
        let uuid = id.uuid();
        let place = place(uuid.as_bytes());
        let env = self.db.env();
        Made {
            id,
            sealed_text: self.ring.seal(env, place, text.expose().as_bytes()),
        }
    }

    /// Opens what was made. A key that was deleted meanwhile is not there for a repeat either.
    pub(super) async fn show_key(
        &self,
        ctx: &CallCtx,
        made: &Made,
    ) -> SeamResult<ShownApiKey, IdentityError> {
        let uuid = made.id.uuid();
        let plain = self.ring.open(place(uuid.as_bytes()), &made.sealed_text);
        let text = plain
            .ok()
            .and_then(|plain| ApiKey::parse(std::str::from_utf8(&plain).ok()?));
        let Some(text) = text else {
            return Err(StoreError::inconsistent("idempotency: the text of an API key").into());
        };
        match api_keys::find(&mut self.db.read(ctx), made.id).await? {
            Some(key) => Ok(ShownApiKey { key, text }),
            None => refuse(IdentityError::ApiKeyNotFound),
        }
    }
}

fn place(row: &[u8]) -> Place<'_> {
    Place {
        table: "idempotency",
        column: "outcome",
        row,
    }
}
