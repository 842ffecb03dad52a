//! Table `federation_flows`.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable as _, StoreError, Tx};

/// A person who is at a provider.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct FlowRow {
    pub(crate) provider: String,
    pub(crate) issuer: String,
    pub(crate) key_id: String,
    pub(crate) max_age: Option<i64>,
    pub(crate) return_url: Option<String>,
    pub(crate) client_state: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) request: Option<String>,
}

/// Adds one.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    state_hash: &[u8],
    browser_hash: &[u8],
    flow: &FlowRow,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO federation_flows
                (state_hash, browser_hash, provider, issuer, key_id, max_age, return_url, client_state, challenge, request,
                 created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(state_hash)
    .bind(browser_hash)
    .bind(flow.provider.as_str())
    .bind(flow.issuer.as_str())
    .bind(flow.key_id.as_str())
    .bind(flow.max_age)
    .bind(flow.return_url.as_deref())
    .bind(flow.client_state.as_deref())
    .bind(flow.challenge.as_deref())
    .bind(flow.request.as_deref())
    .bind(now)
    .bind(expires_at)
    .execute()
    .await?;
    Ok(())
}

/// Uses a state up; nothing if it was used before, is too old, or was not begun in this browser and at this provider. Of many at
/// once exactly one gets it.
pub(crate) async fn take(
    tx: &mut Tx<'_>,
    state_hash: &[u8],
    browser_hash: &[u8],
    provider: &str,
) -> Result<Option<FlowRow>, StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE federation_flows
            SET used_at = $4
          WHERE state_hash = $1 AND browser_hash = $2 AND provider = $3 AND used_at IS NULL AND expires_at > $4
      RETURNING provider, issuer, key_id, max_age, return_url, client_state, challenge, request",
    )
    .bind(state_hash)
    .bind(browser_hash)
    .bind(provider)
    .bind(now)
    .fetch_optional::<FlowRow>()
    .await
}

/// Deletes what expired before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM federation_flows
          WHERE state_hash IN (SELECT state_hash FROM federation_flows WHERE expires_at < $1 LIMIT 1000)",
    )
    .bind(before)
    .execute()
    .await
}
