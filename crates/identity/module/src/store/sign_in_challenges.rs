//! Table `sign_in_challenges`.

use identity_contract::{FederatedIdentityId, UserId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use crate::domain::factor::MAX_GUESSES;

/// What comes of a sign-in once its code is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A session with our API.
    FirstParty,
    /// A session of a browser with our pages.
    Browser,
}

/// A sign-in that waits for its second step: it began with a right password, or at another provider.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Waiting {
    pub(crate) user_id: UserId,
    pub(crate) password_mark: Vec<u8>,
    pub(crate) password_bucket: Vec<u8>,
    pub(crate) code_bucket: Vec<u8>,
    pub(crate) known_device: bool,
    /// The account of a provider that stood in for the password.
    pub(crate) identity_id: Option<FederatedIdentityId>,
    /// Codes that were tried, this one among them.
    pub(crate) guesses: i64,
}

/// Adds a sign-in that waits.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    hash: &[u8],
    purpose: Purpose,
    waiting: &Waiting,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO sign_in_challenges
                (hash, user_id, purpose, password_mark, password_bucket, code_bucket, known_device, guesses,
                 created_at, expires_at, identity_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)",
    )
    .bind(hash)
    .bind(waiting.user_id)
    .bind(purpose_name(purpose))
    .bind(waiting.password_mark.as_slice())
    .bind(waiting.password_bucket.as_slice())
    .bind(waiting.code_bucket.as_slice())
    .bind(waiting.known_device)
    .bind(now)
    .bind(expires_at)
    .bind(waiting.identity_id)
    .execute()
    .await?;
    Ok(())
}

/// Finds whose sign-in waits; nothing if it is over or for something else, or no guess is left.
pub(crate) async fn find_waiting(
    db: &mut dyn Queryable,
    hash: &[u8],
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    db.query(
        "SELECT user_id
           FROM sign_in_challenges
          WHERE hash = $1 AND purpose = $2 AND guesses < $3 AND completed_at IS NULL AND expires_at > $4",
    )
    .bind(hash)
    .bind(purpose_name(purpose))
    .bind(MAX_GUESSES)
    .bind(now)
    .fetch_scalar::<UserId>()
    .await
}

/// Counts a guess before it is made, so that parallel ones cannot slip through together; nothing if none is left, or the
/// sign-in is over or for something else.
pub(crate) async fn take_guess(
    tx: &mut Tx<'_>,
    hash: &[u8],
    purpose: Purpose,
) -> Result<Option<Waiting>, StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE sign_in_challenges
            SET guesses = guesses + 1
          WHERE hash = $1 AND purpose = $2 AND guesses < $3 AND completed_at IS NULL AND expires_at > $4
      RETURNING user_id, password_mark, password_bucket, code_bucket, known_device, identity_id, guesses",
    )
    .bind(hash)
    .bind(purpose_name(purpose))
    .bind(MAX_GUESSES)
    .bind(now)
    .fetch_optional::<Waiting>()
    .await
}

/// Notes on a sign-in that its owner is told of the guesses; `false` if they were told since then of any. Of several of a locked
/// person exactly one gets `true`.
pub(crate) async fn mark_told(
    tx: &mut Tx<'_>,
    hash: &[u8],
    user: UserId,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let told = tx
        .query(
            "UPDATE sign_in_challenges
                SET told_at = $4
              WHERE hash = $1
                AND NOT EXISTS (SELECT 1
                                  FROM sign_in_challenges
                                 WHERE user_id = $2 AND told_at > $3)",
        )
        .bind(hash)
        .bind(user)
        .bind(since)
        .bind(now)
        .execute()
        .await?;
    Ok(told == 1)
}

/// Completes a sign-in; `false` if it was completed before. Of many at once exactly one gets `true`.
pub(crate) async fn complete(tx: &mut Tx<'_>, hash: &[u8]) -> Result<bool, StoreError> {
    let now = tx.now();
    let completed = tx
        .query(
            "UPDATE sign_in_challenges
                SET completed_at = $2
              WHERE hash = $1 AND completed_at IS NULL AND expires_at > $2",
        )
        .bind(hash)
        .bind(now)
        .execute()
        .await?;
    Ok(completed == 1)
}

/// Deletes what expired before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM sign_in_challenges
          WHERE hash IN (SELECT hash FROM sign_in_challenges WHERE expires_at < $1 LIMIT 1000)",
    )
    .bind(before)
    .execute()
    .await
}

pub(crate) fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::FirstParty => "first_party",
        Purpose::Browser => "browser",
    }
}
