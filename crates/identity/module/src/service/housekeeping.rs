//! Forgetting what is no longer needed, a bounded piece at a time.

use std::time::Duration;

use tenon_store::{StoreError, Tx};

use crate::domain::factor::PENDING_LIFE;
use crate::domain::refresh::REPLAY_WINDOW;
use crate::domain::throttle::FORGET_AFTER;
use crate::service::Service;
use crate::store::{
    api_keys, attempts, bootstrap_tokens, challenges, factors, federation_codes, federation_flows,
    oauth_codes, passkey_challenges, refresh_tokens, requests, sessions, sign_in_challenges,
    signing_keys,
};

/// How long sessions that are over, retired keys and expired API keys stay for people who investigate.
const KEEP_SESSIONS: Duration = Duration::from_hours(30 * 24);
/// How long challenges and unanswered requests stay after their end.
const KEEP_CHALLENGES: Duration = Duration::from_hours(24);

impl Service {
    /// Does one round inside the job's transaction.
    pub(crate) async fn keep_house(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let now = tx.now();
        let wiped = refresh_tokens::wipe_successors(tx, now - REPLAY_WINDOW).await?;
        let gone = api_keys::purge(tx, now - KEEP_SESSIONS).await?
            + attempts::purge(tx, now - FORGET_AFTER).await?
            + bootstrap_tokens::purge(tx).await?
            + challenges::purge(tx, now - KEEP_CHALLENGES).await?
            + factors::purge(tx, now - PENDING_LIFE).await?
            // Both hold nothing that anybody would look into: what a provider said goes as soon as it no longer counts.
            + federation_codes::purge(tx, now).await?
            + federation_flows::purge(tx, now).await?
            // Long enough that a code which comes back still ends what it gave.
            + oauth_codes::purge(tx, now - KEEP_CHALLENGES).await?
            // Of no use to anybody: whose passkey was asked for was never known.
            + passkey_challenges::purge(tx, now).await?
            + requests::purge(tx, now - KEEP_CHALLENGES).await?
            + sessions::purge(tx, now - KEEP_SESSIONS).await?
            + sign_in_challenges::purge(tx, now - KEEP_CHALLENGES).await?
            + signing_keys::purge(tx, now - KEEP_SESSIONS).await?;
        tracing::debug!(wiped, gone, "kept house");
        Ok(())
    }
}
