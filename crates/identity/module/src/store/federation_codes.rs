//! Table `federation_codes`.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use crate::domain::email::EmailAddress;
use crate::domain::federation::Proof;

/// What a provider said, and who may ask for it.
#[derive(Debug, Clone)]
pub(crate) struct KeptProof {
    pub(crate) challenge: String,
    pub(crate) proof: Proof,
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    challenge: String,
    issuer: String,
    subject: String,
    email: Option<String>,
    email_verified: bool,
    name: Option<String>,
    proved_at: Option<Timestamp>,
    says_mfa: bool,
}

impl From<CodeRow> for KeptProof {
    fn from(row: CodeRow) -> Self {
        Self {
            challenge: row.challenge,
            proof: Proof {
                issuer: row.issuer,
                subject: row.subject,
                email: row.email.as_deref().and_then(EmailAddress::parse),
                email_verified: row.email_verified,
                name: row.name,
                authenticated_at: row.proved_at,
                says_mfa: row.says_mfa,
            },
        }
    }
}

/// Keeps what a provider said.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    hash: &[u8],
    kept: &KeptProof,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now();
    let proof = &kept.proof;
    tx.query(
        "INSERT INTO federation_codes
                (hash, challenge, issuer, subject, email, email_verified, name, proved_at, says_mfa, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(hash)
    .bind(kept.challenge.as_str())
    .bind(proof.issuer.as_str())
    .bind(proof.subject.as_str())
    .bind(proof.email.as_ref().map(EmailAddress::as_str))
    .bind(proof.email_verified)
    .bind(proof.name.as_deref())
    .bind(proof.authenticated_at)
    .bind(proof.says_mfa)
    .bind(now)
    .bind(expires_at)
    .execute()
    .await?;
    Ok(())
}

/// Returns what a code stands for, as long as it counts.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<KeptProof>, StoreError> {
    let row = db
        .query(
            "SELECT challenge, issuer, subject, email, email_verified, name, proved_at, says_mfa
               FROM federation_codes
              WHERE hash = $1 AND expires_at > $2",
        )
        .bind(hash)
        .bind(now)
        .fetch_optional::<CodeRow>()
        .await?;
    Ok(row.map(KeptProof::from))
}

/// Uses a code up: what it stood for is forgotten. Of many at once exactly one gets `true`.
pub(crate) async fn take(tx: &mut Tx<'_>, hash: &[u8]) -> Result<bool, StoreError> {
    let taken = tx
        .query("DELETE FROM federation_codes WHERE hash = $1")
        .bind(hash)
        .execute()
        .await?;
    Ok(taken == 1)
}

/// Deletes what expired before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM federation_codes
          WHERE hash IN (SELECT hash FROM federation_codes WHERE expires_at < $1 LIMIT 1000)",
    )
    .bind(before)
    .execute()
    .await
}
