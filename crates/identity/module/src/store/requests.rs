//! Table `auth_requests`.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};
use uuid::Uuid;

/// What someone who is not signed in asked for.
#[derive(Clone)]
pub(crate) enum AuthRequest {
    /// A new account.
    Register {
        /// What to call the person.
        display_name: Option<String>,
        /// Of the password they chose.
        password_hash: String,
    },
    /// Another mail that proves the address.
    VerifyEmail,
    /// A mail that lets the owner set a new password.
    Recover,
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    kind: String,
    email: String,
    display_name: Option<String>,
    password_hash: Option<String>,
}

/// Keeps a request for its job.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: Uuid,
    email: &str,
    request: &AuthRequest,
) -> Result<(), StoreError> {
    let now = tx.now();
    let (kind, display_name, password_hash) = match request {
        AuthRequest::Register {
            display_name,
            password_hash,
        } => (
            "register",
            display_name.as_deref(),
            Some(password_hash.as_str()),
        ),
        AuthRequest::VerifyEmail => ("verify_email", None, None),
        AuthRequest::Recover => ("recover", None, None),
    };
    tx.query(
        "INSERT INTO auth_requests (id, kind, email, display_name, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(kind)
    .bind(email)
    .bind(display_name)
    .bind(password_hash)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Takes a request out of the table; returns the address with it.
pub(crate) async fn take(
    tx: &mut Tx<'_>,
    id: Uuid,
) -> Result<Option<(String, AuthRequest)>, StoreError> {
    let row = tx
        .query("DELETE FROM auth_requests WHERE id = $1 RETURNING kind, email, display_name, password_hash")
        .bind(id)
        .fetch_optional::<RequestRow>()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let request = match (row.kind.as_str(), row.password_hash) {
        ("register", Some(password_hash)) => AuthRequest::Register {
            display_name: row.display_name,
            password_hash,
        },
        ("verify_email", None) => AuthRequest::VerifyEmail,
        ("recover", None) => AuthRequest::Recover,
        (kind, _) => {
            return Err(StoreError::Inconsistent {
                what: format!("auth_requests.kind {kind} of {id}"),
            });
        }
    };
    Ok(Some((row.email, request)))
}

/// Deletes requests whose job never came, made before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query("DELETE FROM auth_requests WHERE created_at < $1")
        .bind(before)
        .execute()
        .await
}
