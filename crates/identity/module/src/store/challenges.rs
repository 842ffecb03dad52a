//! Table `challenges`.

use identity_contract::{ChallengeId, ChallengePurpose, UserId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

/// A one-time question to a person.
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    pub(crate) id: ChallengeId,
    pub(crate) user_id: UserId,
    pub(crate) purpose: ChallengePurpose,
    /// Which key of the ring derives its token.
    pub(crate) key_id: String,
    /// Name chosen at the registration that it confirms, or by who made the account.
    pub(crate) display_name: Option<String>,
    /// Password chosen at the registration that it confirms.
    pub(crate) password_hash: Option<String>,
    pub(crate) expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ChallengeRow {
    id: ChallengeId,
    user_id: UserId,
    purpose: String,
    key_id: String,
    display_name: Option<String>,
    password_hash: Option<String>,
    expires_at: Timestamp,
}

impl From<ChallengeRow> for Challenge {
    fn from(row: ChallengeRow) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            purpose: purpose_of(&row.purpose),
            key_id: row.key_id,
            display_name: row.display_name,
            password_hash: row.password_hash,
            expires_at: row.expires_at,
        }
    }
}

/// Opens a challenge.
pub(crate) async fn insert(tx: &mut Tx<'_>, challenge: &Challenge) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO challenges
                (id, user_id, purpose, key_id, display_name, password_hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(challenge.id)
    .bind(challenge.user_id)
    .bind(purpose_name(challenge.purpose))
    .bind(challenge.key_id.as_str())
    .bind(challenge.display_name.as_deref())
    .bind(challenge.password_hash.as_deref())
    .bind(now)
    .bind(challenge.expires_at)
    .execute()
    .await?;
    Ok(())
}

/// Returns a challenge that can be answered.
pub(crate) async fn find_open(
    db: &mut dyn Queryable,
    id: ChallengeId,
    now: Timestamp,
) -> Result<Option<Challenge>, StoreError> {
    let row = db
        .query(
            "SELECT id, user_id, purpose, key_id, display_name, password_hash, expires_at
               FROM challenges
              WHERE id = $1 AND answered_at IS NULL AND expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .fetch_optional::<ChallengeRow>()
        .await?;
    Ok(row.map(Challenge::from))
}

/// Counts the challenges that a user was sent since then.
pub(crate) async fn count_since(
    db: &mut dyn Queryable,
    user: UserId,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let count = db
        .query("SELECT count(*) FROM challenges WHERE user_id = $1 AND created_at > $2")
        .bind(user)
        .bind(since)
        .fetch_scalar::<i64>()
        .await?;
    Ok(count.unwrap_or(0))
}

/// Marks a challenge as answered; `false` if it was, or has expired. Of many at once exactly one gets `true`.
pub(crate) async fn mark_answered(tx: &mut Tx<'_>, id: ChallengeId) -> Result<bool, StoreError> {
    let now = tx.now();
    let answered = tx
        .query(
            "UPDATE challenges
                SET answered_at = $2
              WHERE id = $1 AND answered_at IS NULL AND expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(answered == 1)
}

/// Closes all open challenges of a user: what they could still do has been done, or must not be.
pub(crate) async fn close_open(tx: &mut Tx<'_>, user: UserId) -> Result<u64, StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE challenges
            SET answered_at = $2
          WHERE user_id = $1 AND answered_at IS NULL AND expires_at > $2",
    )
    .bind(user)
    .bind(now)
    .execute()
    .await
}

/// Deletes challenges that expired before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query("DELETE FROM challenges WHERE id IN (SELECT id FROM challenges WHERE expires_at < $1 LIMIT 1000)")
        .bind(before)
        .execute()
        .await
}

/// The stored name of a purpose; it is also bound into the token.
pub(crate) fn purpose_name(purpose: ChallengePurpose) -> &'static str {
    match purpose {
        ChallengePurpose::VerifyEmail => "verify_email",
        ChallengePurpose::Recover => "recover",
        ChallengePurpose::AlreadyRegistered => "already_registered",
        ChallengePurpose::Invite => "invite",
        _ => "unknown",
    }
}

fn purpose_of(name: &str) -> ChallengePurpose {
    match name {
        "verify_email" => ChallengePurpose::VerifyEmail,
        "recover" => ChallengePurpose::Recover,
        "already_registered" => ChallengePurpose::AlreadyRegistered,
        "invite" => ChallengePurpose::Invite,
        _ => ChallengePurpose::Unknown,
    }
}
