//! What must always be true of identity's data.

use std::sync::Arc;

use async_trait::async_trait;
use identity_contract::{SessionId, UserId};
use tenon_kernel::CallCtx;
use tenon_module::{Invariant, Violation};
use tenon_store::{Db, Queryable as _, StoreError};
use uuid::Uuid;

/// A rule whose breaches one statement finds: which row, and what is wrong with it; at most 100.
struct Rule {
    db: Db,
    name: &'static str,
    description: &'static str,
    expected: &'static str,
    subject: fn(Uuid) -> String,
    sql: &'static str,
}

/// The rules over the store of one installation.
pub(crate) fn all(db: &Db) -> Vec<Arc<dyn Invariant>> {
    let session: fn(Uuid) -> String = |id| SessionId::from_uuid(id).to_string();
    let user: fn(Uuid) -> String = |id| UserId::from_uuid(id).to_string();
    let rules = [
        Rule {
            db: db.clone(),
            name: "identity.sessions_have_users",
            description: "Every live session belongs to a verified user who is not locked.",
            expected: "a verified user who is not locked",
            subject: session,
            sql: "SELECT s.id, COALESCE(u.lock_reason, 'no such user, or not verified')
                    FROM sessions s
                    LEFT JOIN users u ON u.id = s.user_id
                   WHERE s.ended_at IS NULL
                     AND (u.id IS NULL OR u.locked_at IS NOT NULL OR u.email_verified_at IS NULL)
                   LIMIT 100",
        },
        Rule {
            db: db.clone(),
            name: "identity.one_unused_refresh_token",
            description: "Every live session has exactly one unused refresh token, of the newest generation.",
            expected: "1 unused token of the newest generation",
            subject: session,
            sql: "SELECT s.id, CAST(count(t.hash) AS text)
                    FROM sessions s
                    LEFT JOIN refresh_tokens t
                      ON t.session_id = s.id AND t.used_at IS NULL AND t.generation = s.generation
                   WHERE s.ended_at IS NULL
                   GROUP BY s.id
                  HAVING count(t.hash) <> 1
                   LIMIT 100",
        },
        Rule {
            db: db.clone(),
            name: "identity.one_account_for_each_address",
            description: "Every user is found under the lower-case form of their address.",
            expected: "email_key = lower(email)",
            subject: user,
            sql: "SELECT id, 'another key' FROM users WHERE email_key <> lower(email) LIMIT 100",
        },
        Rule {
            db: db.clone(),
            name: "identity.passwords_are_hashed",
            description: "No password stands in the store in plain, whether in use or waiting to be confirmed.",
            expected: "an argon2id hash with the name of its pepper",
            subject: user,
            sql: "SELECT id, problem
                    FROM (SELECT id, 'users.password_hash' AS problem
                            FROM users
                           WHERE password_hash NOT LIKE '$argon2id$v=19$m=%,keyid=%$%$%'
                           UNION ALL
                          SELECT user_id, 'challenges.password_hash'
                            FROM challenges
                           WHERE password_hash NOT LIKE '$argon2id$v=19$m=%,keyid=%$%$%') AS open_passwords
                   LIMIT 100",
        },
        Rule {
            db: db.clone(),
            name: "identity.programs_are_registered",
            description: "Every live session of a program belongs to a client that is registered.",
            expected: "a registered client",
            subject: session,
            sql: "SELECT s.id, 'no such client'
                    FROM sessions s
                    LEFT JOIN oauth_clients c ON c.id = s.client_id
                   WHERE s.kind = 'oauth' AND s.ended_at IS NULL AND c.id IS NULL
                   LIMIT 100",
        },
        Rule {
            db: db.clone(),
            name: "identity.refresh_tokens_are_closed",
            description: "Refresh tokens stand in the store as SHA-256, their successors sealed.",
            expected: "32 bytes; format 1 and at least 73 bytes",
            subject: session,
            sql: "SELECT session_id, 'hash or successor'
                    FROM refresh_tokens
                   WHERE length(hash) <> 32 OR length(successor) < 73
                   LIMIT 100",
        },
        Rule {
            db: db.clone(),
            name: "identity.recovery_codes_have_a_factor",
            description: "Recovery codes belong to people with a second factor that counts.",
            expected: "a confirmed factor",
            subject: user,
            sql: "SELECT DISTINCT r.user_id, 'recovery codes and no factor'
                    FROM recovery_codes r
                   WHERE NOT EXISTS (SELECT 1
                                       FROM factors f
                                      WHERE f.user_id = r.user_id AND f.confirmed_at IS NOT NULL)
                   LIMIT 100",
        },
        Rule {
            db: db.clone(),
            name: "identity.factors_are_sealed",
            description: "Secrets of factors stand in the store sealed, recovery codes as SHA-256.",
            expected: "51 to 58 bytes; 32 bytes",
            subject: user,
            sql: "SELECT user_id, problem
                    FROM (SELECT user_id, 'factors.sealed_secret' AS problem
                            FROM factors
                           WHERE length(sealed_secret) NOT BETWEEN 51 AND 58
                           UNION ALL
                          SELECT user_id, 'recovery_codes.hash'
                            FROM recovery_codes
                           WHERE length(hash) <> 32) AS open_secrets
                   LIMIT 100",
        },
    ];
    rules
        .into_iter()
        .map(|rule| Arc::new(rule) as Arc<dyn Invariant>)
        .collect()
}

#[async_trait]
impl Invariant for Rule {
    fn name(&self) -> &'static str {
        self.name
    }

    fn description(&self) -> &'static str {
        self.description
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let rows = self
            .db
            .read(ctx)
            .query(self.sql)
            .fetch_all::<(Uuid, String)>()
            .await?;
        let violation = |(id, actual)| Violation {
            subject: (self.subject)(id),
            expected: self.expected.to_owned(),
            actual,
        };
        Ok(rows.into_iter().map(violation).collect())
    }
}
