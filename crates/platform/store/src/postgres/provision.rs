//! Makes a module's role and schema. Safe when several instances start at once.

use std::num::NonZeroU32;
use std::ops::DerefMut;
use std::time::Duration;

use aws_lc_rs::{digest, hmac, pbkdf2};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tenon_kernel::Env;

use crate::StoreError;
use crate::config::ModuleRoles;

/// Key of the advisory lock: "tenon".
const PROVISIONING: i64 = 0x0074_656e_6f6e;
const SCRAM_ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).expect("not zero");

/// How the module logs in.
pub(super) fn login(
    owner: &PgConnectOptions,
    roles: &ModuleRoles,
    module: &str,
) -> PgConnectOptions {
    match roles {
        ModuleRoles::Derived { secret } => owner
            .clone()
            .username(&role_of(module))
            .password(&password_of(module, secret)),
        ModuleRoles::Given => owner.clone(),
    }
}

/// Says what keeps the module from working in its schema, if anything does.
pub(super) async fn missing<C: DerefMut<Target = PgConnection>>(
    login: Result<C, sqlx::Error>,
    module: &str,
) -> Result<Option<&'static str>, StoreError> {
    let mut connection = match login {
        Ok(connection) => connection,
        // No such role, or another password: 28000, 28P01.
        Err(sqlx::Error::Database(error))
            if error.code().is_some_and(|code| code.starts_with("28")) =>
        {
            return Ok(Some("the role cannot log in"));
        }
        Err(error) => return Err(error.into()),
    };
    let usable: Option<bool> = sqlx::query_scalar(
        "SELECT has_schema_privilege(oid, 'USAGE, CREATE') FROM pg_namespace WHERE nspname = $1",
    )
    .bind(module)
    .fetch_optional(&mut *connection)
    .await?;
    Ok(match usable {
        Some(true) => None,
        Some(false) => Some("the schema belongs to somebody else"),
        None => Some("there is no schema"),
    })
}

/// Makes what is missing.
pub(super) async fn provision(
    owner: &PgConnectOptions,
    roles: &ModuleRoles,
    module: &'static str,
    env: &Env,
) -> Result<(), StoreError> {
    // The statements hold a password verifier: the driver must not log them.
    let mut connection = owner.clone().disable_statement_logging().connect().await?;
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(PROVISIONING)
        .execute(&mut connection)
        .await?;
    match roles {
        ModuleRoles::Derived { secret } => {
            let role = role_of(module);
            let verifier = scram_verifier(&password_of(module, secret), env.random());
            make_role(&mut connection, &role, &verifier).await?;
            let schema =
                format!(r#"CREATE SCHEMA IF NOT EXISTS "{module}" AUTHORIZATION "{role}""#);
            run(&mut connection, schema).await?;
        }
        ModuleRoles::Given => {
            let schema = format!(r#"CREATE SCHEMA IF NOT EXISTS "{module}""#);
            run(&mut connection, schema).await?;
        }
    }
    connection.close().await?; // gives the lock back
    Ok(())
}

/// Roles belong to the whole cluster, advisory locks to one database: another database's instance may be
/// making the same role, so a lost race is tried again.
async fn make_role(
    connection: &mut PgConnection,
    role: &str,
    verifier: &str,
) -> Result<(), StoreError> {
    const MOST_TRIES: u32 = 8;
    let mut tried = 0;
    loop {
        tried += 1;
        match try_make_role(connection, role, verifier).await {
            Err(sqlx::Error::Database(error))
                // duplicate_object, unique_violation, "tuple concurrently updated"
                if tried < MOST_TRIES && error.code().is_some_and(|code| matches!(&*code, "42710" | "23505" | "XX000")) =>
            {
                tokio::time::sleep(Duration::from_millis(10 << tried)).await;
            }
            outcome => return Ok(outcome?),
        }
    }
}

async fn try_make_role(
    connection: &mut PgConnection,
    role: &str,
    verifier: &str,
) -> Result<(), sqlx::Error> {
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)")
            .bind(role)
            .fetch_one(&mut *connection)
            .await?;
    let verb = if exists { "ALTER" } else { "CREATE" };
    run(
        connection,
        format!(r#"{verb} ROLE "{role}" LOGIN NOINHERIT PASSWORD '{verifier}'"#),
    )
    .await?;
    // Whoever gives a schema away must be a member of the role that gets it.
    let member: bool = sqlx::query_scalar("SELECT pg_has_role(current_user, $1, 'MEMBER')")
        .bind(role)
        .fetch_one(&mut *connection)
        .await?;
    if !member {
        run(connection, format!(r#"GRANT "{role}" TO CURRENT_USER"#)).await?;
    }
    Ok(())
}

/// Runs a statement whose names cannot be bound. They are made of module names, which hold nothing but `a-z_`.
async fn run(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    connection.execute(AssertSqlSafe(sql)).await.map(|_| ())
}

fn role_of(module: &str) -> String {
    format!("tenon_{module}")
}

fn password_of(module: &str, secret: &SecretString) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, format!("tenon store role\0{module}").as_bytes());
    STANDARD.encode(tag)
}

/// What the server stores of a password (RFC 5803), so that the password itself never travels or lands in its log.
fn scram_verifier(password: &str, salt: [u8; 16]) -> String {
    let mut salted = [0; digest::SHA256_OUTPUT_LEN];
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        SCRAM_ITERATIONS,
        &salt,
        password.as_bytes(),
        &mut salted,
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
    let stored = digest::digest(&digest::SHA256, hmac::sign(&key, b"Client Key").as_ref());
    let server = hmac::sign(&key, b"Server Key");
    format!(
        "SCRAM-SHA-256${SCRAM_ITERATIONS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored),
        STANDARD.encode(server)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ_by_module_and_secret() {
        let secret = SecretString::from("s");
        assert_ne!(
            password_of("orders", &secret),
            password_of("payments", &secret)
        );
        assert_ne!(
            password_of("orders", &secret),
            password_of("orders", &SecretString::from("t"))
        );
        assert_eq!(
            password_of("orders", &secret),
            password_of("orders", &secret)
        );
    }
}
