//! Table `users`.

use identity_contract::UserId;
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError, Tx};
use uuid::Uuid;

use crate::domain::email::EmailAddress;
use crate::domain::roles::Roles;
use crate::domain::user::Account;
use crate::store::id_set;

/// What every read of a user selects, their roles as one text.
macro_rules! select_user {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.display_name, u.email_verified_at, u.password_hash, u.locked_at, u.lock_reason,
                    u.version, u.last_signed_in_at, u.created_at, u.updated_at,
                    (SELECT string_agg(r.role, ' ') FROM user_roles r WHERE r.user_id = u.id) AS roles
               FROM users u ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct UserRow {
    id: UserId,
    email: String,
    display_name: Option<String>,
    email_verified_at: Option<Timestamp>,
    password_hash: Option<String>,
    locked_at: Option<Timestamp>,
    lock_reason: Option<String>,
    version: i64,
    last_signed_in_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    roles: Option<String>,
}

impl From<UserRow> for Account {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            email: row.email,
            display_name: row.display_name,
            email_verified_at: row.email_verified_at,
            password_hash: row.password_hash,
            locked_at: row.locked_at,
            lock_reason: row.lock_reason,
            roles: Roles::from_column(row.roles.as_deref()),
            version: row.version,
            last_signed_in_at: row.last_signed_in_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Returns a user.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: UserId,
) -> Result<Option<Account>, StoreError> {
    let row = db
        .query(select_user!("WHERE u.id = $1"))
        .bind(id)
        .fetch_optional::<UserRow>()
        .await?;
    Ok(row.map(Account::from))
}

/// Returns a user whom nobody else changes, and who gets nothing else that is counted, until commit.
pub(crate) async fn lock(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Account>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => select_user!("WHERE u.id = $1"),
        Engine::Postgres => select_user!("WHERE u.id = $1 FOR UPDATE OF u"),
    };
    let row = tx.query(sql).bind(id).fetch_optional::<UserRow>().await?;
    Ok(row.map(Account::from))
}

/// Returns the user with an address.
pub(crate) async fn find_by_email(
    db: &mut dyn Queryable,
    email: &EmailAddress,
) -> Result<Option<Account>, StoreError> {
    let row = db
        .query(select_user!("WHERE u.email_key = $1"))
        .bind(email.key())
        .fetch_optional::<UserRow>()
        .await?;
    Ok(row.map(Account::from))
}

/// Returns those of the users that exist, in no order.
pub(crate) async fn find_many(
    db: &mut dyn Queryable,
    ids: &[UserId],
) -> Result<Vec<Account>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => select_user!("WHERE u.id IN (SELECT unhex(value) FROM json_each($1))"),
        Engine::Postgres => {
            select_user!(
                "WHERE u.id IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text($1))"
            )
        }
    };
    let rows = db
        .query(sql)
        .bind(id_set(ids))
        .fetch_all::<UserRow>()
        .await?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// Returns users made before `before`, newest first.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    before: Option<UserId>,
    limit: u32,
) -> Result<Vec<Account>, StoreError> {
    let rows = db
        .query(select_user!("WHERE u.id < $1 ORDER BY u.id DESC LIMIT $2"))
        .bind(before.map_or(Uuid::max(), UserId::uuid))
        .bind(i64::from(limit) + 1)
        .fetch_all::<UserRow>()
        .await?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// Inserts a user with an unproved address; `false` if the address has an account.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: UserId,
    email: &EmailAddress,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO users (id, email, email_key, version, created_at, updated_at)
             VALUES ($1, $2, $3, 1, $4, $4)
             ON CONFLICT (email_key) DO NOTHING",
        )
        .bind(id)
        .bind(email.as_str())
        .bind(email.key())
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Saves the name that whoever made an account gave it.
pub(crate) async fn set_name(
    tx: &mut Tx<'_>,
    id: UserId,
    display_name: &str,
) -> Result<(), StoreError> {
    tx.query("UPDATE users SET display_name = $2 WHERE id = $1")
        .bind(id)
        .bind(display_name)
        .execute()
        .await?;
    Ok(())
}

/// Notes that the address is proved, with the password and name chosen at registration; `false` if it was before.
pub(crate) async fn verify_email(
    tx: &mut Tx<'_>,
    id: UserId,
    password_hash: &str,
    display_name: Option<&str>,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE users
                SET email_verified_at = $2, password_hash = $3, display_name = $4, version = version + 1,
                    updated_at = $2
              WHERE id = $1 AND email_verified_at IS NULL AND locked_at IS NULL",
        )
        .bind(id)
        .bind(now)
        .bind(password_hash)
        .bind(display_name)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Sets a password by recovery, which proves the address too; `false` if the user is locked.
pub(crate) async fn recover(
    tx: &mut Tx<'_>,
    id: UserId,
    password_hash: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE users
                SET password_hash = $2, email_verified_at = COALESCE(email_verified_at, $3), version = version + 1,
                    updated_at = $3
              WHERE id = $1 AND locked_at IS NULL",
        )
        .bind(id)
        .bind(password_hash)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Saves name and password; `false` if the version is not the expected one.
pub(crate) async fn update_profile(
    tx: &mut Tx<'_>,
    id: UserId,
    expected_version: i64,
    display_name: Option<&str>,
    password_hash: Option<&str>,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE users
                SET display_name = $3, password_hash = $4, version = version + 1, updated_at = $5
              WHERE id = $1 AND version = $2 AND locked_at IS NULL",
        )
        .bind(id)
        .bind(expected_version)
        .bind(display_name)
        .bind(password_hash)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Saves the lock (absent: not locked) and counts one more version; `false` if the version is not the expected one.
pub(crate) async fn update_lock(
    tx: &mut Tx<'_>,
    id: UserId,
    expected_version: i64,
    lock: Option<(Timestamp, &str)>,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE users
                SET locked_at = $3, lock_reason = $4, version = version + 1, updated_at = $5
              WHERE id = $1 AND version = $2",
        )
        .bind(id)
        .bind(expected_version)
        .bind(lock.map(|(at, _)| at))
        .bind(lock.map(|(_, reason)| reason))
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Notes a sign-in without a password; `false` if the user is locked, or has not proved their address.
pub(crate) async fn note_sign_in(tx: &mut Tx<'_>, id: UserId) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE users
                SET last_signed_in_at = $2
              WHERE id = $1 AND locked_at IS NULL AND email_verified_at IS NOT NULL",
        )
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Notes a sign-in, if the user is still as they were when the password was checked; keeps the row until commit.
pub(crate) async fn confirm_sign_in(
    tx: &mut Tx<'_>,
    id: UserId,
    checked_hash: &str,
    new_hash: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE users
                SET last_signed_in_at = $3, password_hash = $4
              WHERE id = $1 AND password_hash = $2 AND locked_at IS NULL",
        )
        .bind(id)
        .bind(checked_hash)
        .bind(now)
        .bind(new_hash)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Notes that a provider vouches for the address of an account that nobody has proved to be theirs; it has no password. `false` if
/// somebody did, or it is locked.
pub(crate) async fn vouch_email(
    tx: &mut Tx<'_>,
    id: UserId,
    display_name: Option<&str>,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE users
                SET email_verified_at = $2, display_name = $3, version = version + 1, updated_at = $2
              WHERE id = $1 AND email_verified_at IS NULL AND locked_at IS NULL",
        )
        .bind(id)
        .bind(now)
        .bind(display_name)
        .execute()
        .await?;
    Ok(changed == 1)
}
