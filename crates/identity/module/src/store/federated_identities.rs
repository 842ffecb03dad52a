//! Table `federated_identities`.

use identity_contract::{FederatedIdentityId, UserId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use crate::domain::email::EmailAddress;
use crate::domain::federation::{FederatedIdentity, Proof};

#[derive(sqlx::FromRow)]
struct IdentityRow {
    id: FederatedIdentityId,
    issuer: String,
    email: Option<String>,
    last_used_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<IdentityRow> for FederatedIdentity {
    fn from(row: IdentityRow) -> Self {
        Self {
            id: row.id,
            issuer: row.issuer,
            email: row.email,
            last_used_at: row.last_used_at,
            created_at: row.created_at,
        }
    }
}

/// Returns whom a provider's account signs in, and by which link.
pub(crate) async fn find_owner(
    db: &mut dyn Queryable,
    issuer: &str,
    subject: &str,
) -> Result<Option<(FederatedIdentityId, UserId)>, StoreError> {
    db.query("SELECT id, user_id FROM federated_identities WHERE issuer = $1 AND subject = $2")
        .bind(issuer)
        .bind(subject)
        .fetch_optional()
        .await
}

/// Returns what a person has linked, oldest first.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    user: UserId,
) -> Result<Vec<FederatedIdentity>, StoreError> {
    let rows = db
        .query(
            "SELECT id, issuer, email, last_used_at, created_at
               FROM federated_identities
              WHERE user_id = $1
              ORDER BY id",
        )
        .bind(user)
        .fetch_all::<IdentityRow>()
        .await?;
    Ok(rows.into_iter().map(FederatedIdentity::from).collect())
}

/// Links a provider's account; `false` if it is linked already, to whomever.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: FederatedIdentityId,
    user: UserId,
    proof: &Proof,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO federated_identities (id, user_id, issuer, subject, email, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (issuer, subject) DO NOTHING",
        )
        .bind(id)
        .bind(user)
        .bind(proof.issuer.as_str())
        .bind(proof.subject.as_str())
        .bind(proof.email.as_ref().map(EmailAddress::as_str))
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Notes a sign-in, with the address as the provider tells it now; `false` if the link is gone.
pub(crate) async fn mark_used(
    tx: &mut Tx<'_>,
    id: FederatedIdentityId,
    proof: &Proof,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query("UPDATE federated_identities SET last_used_at = $2, email = COALESCE($3, email) WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(proof.email.as_ref().map(EmailAddress::as_str))
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Removes a link; a sign-in by it that waits for a code goes, too.
pub(crate) async fn delete(tx: &mut Tx<'_>, id: FederatedIdentityId) -> Result<(), StoreError> {
    tx.query("DELETE FROM sign_in_challenges WHERE identity_id = $1")
        .bind(id)
        .execute()
        .await?;
    tx.query("DELETE FROM federated_identities WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}
