//! Telephones and devices of people.

use notifications_contract::{ContactPointId, UserRef};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::{from_word, word};
use crate::domain::{CODE_NONCE, ContactKind, ContactPoint, SentCode};

#[derive(sqlx::FromRow)]
struct Row {
    id: ContactPointId,
    user_id: UserRef,
    kind: String,
    platform: Option<String>,
    address: Vec<u8>,
    status: String,
    code_nonce: Option<Vec<u8>>,
    code_expires_at: Option<Timestamp>,
    code_tries: i64,
    version: i64,
    created_at: Timestamp,
    verified_at: Option<Timestamp>,
}

/// Spells out a statement over whole rows.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, kind, platform, address, status, code_nonce, code_expires_at, code_tries, version,
                    created_at, verified_at
               FROM contact_points ",
            $rest
        )
    };
}

/// Adds one; `false` if the person has it already.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    point: &ContactPoint,
    address_hash: &str,
) -> Result<bool, StoreError> {
    let inserted = tx
        .query(
            "INSERT INTO contact_points (id, user_id, kind, platform, address, address_hash, status, code_tries,
                                         codes_sent, version, created_at, verified_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 1, $8, $9)
             ON CONFLICT (user_id, kind, address_hash) DO NOTHING",
        )
        .bind(point.id)
        .bind(point.user)
        .bind(word(point.kind))
        .bind(point.platform.map(word))
        .bind(point.address.clone())
        .bind(address_hash)
        .bind(word(point.status))
        .bind(point.created_at)
        .bind(point.verified_at)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Finds the one with this number or token.
pub(crate) async fn find_by_hash(
    db: &mut dyn Queryable,
    user: UserRef,
    kind: ContactKind,
    address_hash: &str,
) -> Result<Option<ContactPoint>, StoreError> {
    let row = db
        .query(select!(
            "WHERE user_id = $1 AND kind = $2 AND address_hash = $3"
        ))
        .bind(user)
        .bind(word(kind))
        .bind(address_hash)
        .fetch_optional::<Row>()
        .await?;
    row.map(ContactPoint::try_from).transpose()
}

/// Finds one of a person's.
pub(crate) async fn find_of(
    db: &mut dyn Queryable,
    user: UserRef,
    id: ContactPointId,
) -> Result<Option<ContactPoint>, StoreError> {
    Ok(find(db, id).await?.filter(|point| point.user == user))
}

/// Finds one.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: ContactPointId,
) -> Result<Option<ContactPoint>, StoreError> {
    let row = db
        .query(select!("WHERE id = $1"))
        .bind(id)
        .fetch_optional::<Row>()
        .await?;
    row.map(ContactPoint::try_from).transpose()
}

/// Lists a person's, oldest first.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    user: UserRef,
) -> Result<Vec<ContactPoint>, StoreError> {
    let rows = db
        .query(select!("WHERE user_id = $1 ORDER BY id"))
        .bind(user)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(ContactPoint::try_from).collect()
}

/// Puts a new code in the place of the one before, if the version is still the one that was read.
pub(crate) async fn put_code(
    tx: &mut Tx<'_>,
    point: &ContactPoint,
    code: SentCode,
) -> Result<bool, StoreError> {
    let changed = tx
        .query(
            "UPDATE contact_points
                SET code_nonce = $3, code_expires_at = $4, code_tries = 0, codes_sent = codes_sent + 1,
                    version = version + 1
              WHERE id = $1 AND version = $2 AND status = 'unverified'",
        )
        .bind(point.id)
        .bind(point.version)
        .bind(code.nonce.to_vec())
        .bind(code.expires_at)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Counts a guess before it is looked at; `false` if the version has changed.
pub(crate) async fn count_try(tx: &mut Tx<'_>, point: &ContactPoint) -> Result<bool, StoreError> {
    let changed = tx
        .query(
            "UPDATE contact_points
                SET code_tries = code_tries + 1, version = version + 1
              WHERE id = $1 AND version = $2 AND status = 'unverified'",
        )
        .bind(point.id)
        .bind(point.version)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Says that its owner holds it; the code is used up. `false` if the version has changed.
pub(crate) async fn verify(tx: &mut Tx<'_>, point: &ContactPoint) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE contact_points
                SET status = 'verified', verified_at = $3, code_nonce = NULL, code_expires_at = NULL, code_tries = 0,
                    version = version + 1
              WHERE id = $1 AND version = $2 AND status = 'unverified'",
        )
        .bind(point.id)
        .bind(point.version)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Removes one; `false` if it has changed or is gone.
pub(crate) async fn delete(tx: &mut Tx<'_>, point: &ContactPoint) -> Result<bool, StoreError> {
    let deleted = tx
        .query("DELETE FROM contact_points WHERE id = $1 AND version = $2")
        .bind(point.id)
        .bind(point.version)
        .execute()
        .await?;
    Ok(deleted == 1)
}

impl TryFrom<Row> for ContactPoint {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let code = match (row.code_nonce, row.code_expires_at) {
            (Some(nonce), Some(expires_at)) => {
                let nonce: [u8; CODE_NONCE] = nonce.try_into().map_err(|_| {
                    StoreError::inconsistent(format!("contact_points.code_nonce of {}", row.id))
                })?;
                Some(SentCode { nonce, expires_at })
            }
            _ => None,
        };
        Ok(Self {
            id: row.id,
            user: row.user_id,
            kind: from_word(row.kind, "contact_points.kind")?,
            platform: row
                .platform
                .map(|platform| from_word(platform, "contact_points.platform"))
                .transpose()?,
            address: row.address,
            status: from_word(row.status, "contact_points.status")?,
            code,
            code_tries: row.code_tries,
            version: row.version,
            created_at: row.created_at,
            verified_at: row.verified_at,
        })
    }
}
