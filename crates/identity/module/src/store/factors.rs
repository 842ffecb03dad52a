//! Table `factors`.

use identity_contract::{FactorId, FactorKind, UserId};
use identity_passkeys::Passkey;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use crate::domain::factor::Factor;

/// Spells out a statement over factors.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, kind, name, sealed_secret, last_step, last_used_at, confirmed_at, created_at, challenge,
                    credential_id, credential
               FROM factors ",
            $rest
        )
    };
}

/// A factor with what it proves itself by.
#[derive(Debug, Clone)]
pub(crate) struct KeptFactor {
    pub(crate) factor: Factor,
    pub(crate) owner: UserId,
    /// Of an app: what it makes codes from, sealed.
    pub(crate) sealed_secret: Option<Vec<u8>>,
    /// The step whose code counted last.
    pub(crate) last_step: Option<i64>,
    /// Of a passkey: what its registration has to answer.
    pub(crate) challenge: Option<Vec<u8>>,
    /// Once it is registered.
    pub(crate) passkey: Option<Passkey>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: FactorId,
    user_id: UserId,
    kind: String,
    name: String,
    sealed_secret: Option<Vec<u8>>,
    last_step: Option<i64>,
    last_used_at: Option<Timestamp>,
    confirmed_at: Option<Timestamp>,
    created_at: Timestamp,
    challenge: Option<Vec<u8>>,
    credential_id: Option<Vec<u8>>,
    credential: Option<String>,
}

impl From<Row> for KeptFactor {
    fn from(row: Row) -> Self {
        let credential = row.credential_id.zip(row.credential);
        Self {
            factor: Factor {
                id: row.id,
                kind: kind_of(&row.kind),
                name: row.name,
                confirmed_at: row.confirmed_at,
                last_used_at: row.last_used_at,
                created_at: row.created_at,
            },
            owner: row.user_id,
            sealed_secret: row.sealed_secret,
            last_step: row.last_step,
            challenge: row.challenge,
            passkey: credential.map(|(credential_id, kept)| Passkey {
                credential_id,
                kept,
            }),
        }
    }
}

/// What a factor begins with.
#[derive(Debug)]
pub(crate) enum Beginning {
    /// An app: the secret, sealed.
    App(Vec<u8>),
    /// A passkey: the challenge.
    Passkey([u8; 32]),
}

/// Adds a factor that is pending.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: FactorId,
    user: UserId,
    name: &str,
    beginning: &Beginning,
) -> Result<(), StoreError> {
    let now = tx.now();
    let (kind, sealed_secret, challenge) = match beginning {
        Beginning::App(sealed) => ("totp", Some(sealed.as_slice()), None),
        Beginning::Passkey(challenge) => ("passkey", None, Some(challenge.as_slice())),
    };
    tx.query(
        "INSERT INTO factors (id, user_id, kind, name, sealed_secret, challenge, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(user)
    .bind(kind)
    .bind(name)
    .bind(sealed_secret)
    .bind(challenge)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns the factors of a person, oldest first: those that count, and those that have been pending since `pending_since` or
/// later.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    user: UserId,
    pending_since: Timestamp,
) -> Result<Vec<KeptFactor>, StoreError> {
    let rows = db
        .query(select!(
            "WHERE user_id = $1 AND (confirmed_at IS NOT NULL OR created_at > $2) ORDER BY id LIMIT 100"
        ))
        .bind(user)
        .bind(pending_since)
        .fetch_all::<Row>()
        .await?;
    Ok(rows.into_iter().map(KeptFactor::from).collect())
}

/// Returns the factor with a passkey, whoever has it.
pub(crate) async fn find_by_credential(
    db: &mut dyn Queryable,
    credential_id: &[u8],
) -> Result<Option<KeptFactor>, StoreError> {
    let row = db
        .query(select!("WHERE credential_id = $1"))
        .bind(credential_id)
        .fetch_optional::<Row>()
        .await?;
    Ok(row.map(KeptFactor::from))
}

/// Says whether a person has to show more than a password.
pub(crate) async fn is_guarded(db: &mut dyn Queryable, user: UserId) -> Result<bool, StoreError> {
    let count = db
        .query("SELECT count(*) FROM factors WHERE user_id = $1 AND confirmed_at IS NOT NULL")
        .bind(user)
        .fetch_scalar::<i64>()
        .await?;
    Ok(count.unwrap_or_default() > 0)
}

/// Makes a pending passkey count; `false` if it is gone or counts already, or if anybody has the same.
pub(crate) async fn confirm_passkey(
    tx: &mut Tx<'_>,
    id: FactorId,
    passkey: &Passkey,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let confirmed = tx
        .query(
            "UPDATE factors
                SET confirmed_at = $4, last_used_at = $4, credential_id = $2, credential = $3
              WHERE id = $1 AND kind = 'passkey' AND confirmed_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM factors WHERE credential_id = $2)",
        )
        .bind(id)
        .bind(passkey.credential_id.as_slice())
        .bind(passkey.kept.as_str())
        .bind(now)
        .execute()
        .await?;
    Ok(confirmed == 1)
}

/// Notes a proof of a passkey; `false` if it is gone, or gave another proof meanwhile. Of many at once exactly one gets `true`.
pub(crate) async fn use_passkey(
    tx: &mut Tx<'_>,
    id: FactorId,
    before: &Passkey,
    after: &Passkey,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let used = tx
        .query(
            "UPDATE factors
                SET credential = $3, last_used_at = $4
              WHERE id = $1 AND credential = $2",
        )
        .bind(id)
        .bind(before.kept.as_str())
        .bind(after.kept.as_str())
        .bind(now)
        .execute()
        .await?;
    Ok(used == 1)
}

/// Makes a pending factor count, by the code of a step; `false` if it is gone or counts already.
pub(crate) async fn confirm(tx: &mut Tx<'_>, id: FactorId, step: i64) -> Result<bool, StoreError> {
    let now = tx.now();
    let confirmed = tx
        .query(
            "UPDATE factors
                SET confirmed_at = $3, last_used_at = $3, last_step = $2
              WHERE id = $1 AND confirmed_at IS NULL",
        )
        .bind(id)
        .bind(step)
        .bind(now)
        .execute()
        .await?;
    Ok(confirmed == 1)
}

/// Uses the code of a step up; `false` if it, or a later one, was used meanwhile. Of many at once exactly one gets `true`.
pub(crate) async fn use_step(tx: &mut Tx<'_>, id: FactorId, step: i64) -> Result<bool, StoreError> {
    let now = tx.now();
    let used = tx
        .query(
            "UPDATE factors
                SET last_step = $2, last_used_at = $3
              WHERE id = $1 AND confirmed_at IS NOT NULL AND last_step < $2",
        )
        .bind(id)
        .bind(step)
        .bind(now)
        .execute()
        .await?;
    Ok(used == 1)
}

/// Puts the same secret, sealed with another key.
pub(crate) async fn reseal(
    tx: &mut Tx<'_>,
    id: FactorId,
    sealed_secret: Vec<u8>,
) -> Result<(), StoreError> {
    tx.query("UPDATE factors SET sealed_secret = $2 WHERE id = $1")
        .bind(id)
        .bind(sealed_secret)
        .execute()
        .await?;
    Ok(())
}

/// Deletes a factor.
pub(crate) async fn delete(tx: &mut Tx<'_>, id: FactorId) -> Result<(), StoreError> {
    tx.query("DELETE FROM factors WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Deletes factors that have been pending since before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM factors
          WHERE id IN (SELECT id FROM factors WHERE confirmed_at IS NULL AND created_at <= $1 LIMIT 500)
            AND confirmed_at IS NULL",
    )
    .bind(before)
    .execute()
    .await
}

fn kind_of(name: &str) -> FactorKind {
    match name {
        "totp" => FactorKind::Totp,
        "passkey" => FactorKind::Passkey,
        _ => FactorKind::Unknown,
    }
}
