//! Table `sessions`.

use std::time::Duration;

use identity_contract::{EndReason, OauthClientId, SessionId, UserId};
use tenon_access::Scope;
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError, Tx};
use uuid::Uuid;

use crate::domain::factor::Amr;
use crate::store::id_set;

/// A live session as its owner sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) client: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    /// When it ends if it is not used.
    pub(crate) idle_expires_at: Timestamp,
}

/// What a session is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SessionOf {
    /// A person with our API.
    FirstParty,
    /// A person with our pages in a browser.
    Browser,
    /// A program that acts for a person.
    Oauth {
        client_id: OauthClientId,
        scope: Scope,
        /// When the person signed in.
        authenticated_at: Timestamp,
    },
}

/// A session that is to be.
#[derive(Debug)]
pub(crate) struct NewSession<'s> {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) of: &'s SessionOf,
    /// How its owner proved who they are.
    pub(crate) amr: Amr,
    /// When another provider saw its owner, where that is known.
    pub(crate) proved_at: Option<Timestamp>,
    /// What its owner sees in the list.
    pub(crate) label: Option<&'s str>,
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
}

/// What a program was given with its session.
#[derive(Debug, Clone)]
pub(crate) struct OauthSession {
    pub(crate) user_id: UserId,
    pub(crate) client_id: OauthClientId,
    pub(crate) scope: Scope,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) amr: Amr,
    pub(crate) idle_expires_at: Timestamp,
}

/// A live session, whatever it is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LiveSession {
    pub(crate) user: UserId,
    pub(crate) generation: i64,
    /// When the person signed in; before the session began where a program acts for them.
    pub(crate) authenticated_at: Timestamp,
    pub(crate) amr: Amr,
}

type LiveRow = (UserId, i64, Timestamp, String);

impl From<LiveRow> for LiveSession {
    fn from((user, generation, authenticated_at, amr): LiveRow) -> Self {
        Self {
            user,
            generation,
            authenticated_at,
            amr: Amr::from_column(&amr),
        }
    }
}

/// A live session of a browser.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FoundBrowser {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) signed_in_at: Timestamp,
    pub(crate) amr: Amr,
}

/// Starts a session at generation 1.
pub(crate) async fn insert(tx: &mut Tx<'_>, new: &NewSession<'_>) -> Result<(), StoreError> {
    let now = tx.now();
    let (kind, client_id, scope, authenticated_at) = match new.of {
        SessionOf::FirstParty => ("first_party", None, None, None),
        SessionOf::Browser => ("browser", None, None, None),
        SessionOf::Oauth {
            client_id,
            scope,
            authenticated_at,
        } => (
            "oauth",
            Some(*client_id),
            Some(scope.to_string()),
            Some(*authenticated_at),
        ),
    };
    tx.query(
        "INSERT INTO sessions
                (id, user_id, generation, client, created_at, last_used_at, idle_expires_at, expires_at, kind,
                 client_id, scope, authenticated_at, amr, proved_at)
         VALUES ($1, $2, 1, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(new.id)
    .bind(new.user)
    .bind(new.label)
    .bind(now)
    .bind(now + new.idle.min(new.absolute))
    .bind(now + new.absolute)
    .bind(kind)
    .bind(client_id)
    .bind(scope)
    .bind(authenticated_at)
    .bind(new.amr.as_column())
    .bind(new.proved_at)
    .execute()
    .await?;
    Ok(())
}

/// Returns the live session of a browser by the hash of its cookie.
pub(crate) async fn find_browser(
    db: &mut dyn Queryable,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<FoundBrowser>, StoreError> {
    let row = db
        .query(
            "SELECT s.id, s.user_id, COALESCE(s.proved_at, s.created_at), s.amr
           FROM refresh_tokens t
           JOIN sessions s ON s.id = t.session_id
          WHERE t.hash = $1 AND t.used_at IS NULL AND s.kind = 'browser'
            AND s.ended_at IS NULL AND s.idle_expires_at > $2",
        )
        .bind(hash)
        .bind(now)
        .fetch_optional::<(SessionId, UserId, Timestamp, String)>()
        .await?;
    Ok(row.map(|(id, user, signed_in_at, amr)| FoundBrowser {
        id,
        user,
        signed_in_at,
        amr: Amr::from_column(&amr),
    }))
}

/// Returns what a program was given with a live session.
pub(crate) async fn find_oauth(
    db: &mut dyn Queryable,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<OauthSession>, StoreError> {
    let row = db
        .query(
            "SELECT user_id, client_id, scope, authenticated_at, idle_expires_at, amr
               FROM sessions
              WHERE id = $1 AND kind = 'oauth' AND ended_at IS NULL AND idle_expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .fetch_optional::<(UserId, OauthClientId, String, Timestamp, Timestamp, String)>()
        .await?;
    row.map(
        |(user_id, client_id, scope, authenticated_at, idle_expires_at, amr)| {
            let inconsistent = || StoreError::inconsistent("sessions.scope: not a scope");
            Ok(OauthSession {
                user_id,
                client_id,
                scope: Scope::parse(&scope).ok_or_else(inconsistent)?,
                authenticated_at,
                amr: Amr::from_column(&amr),
                idle_expires_at,
            })
        },
    )
    .transpose()
}

/// Ends the sessions of a program, of one person or of all; returns those that ended now, with their owners.
pub(crate) async fn end_of_client(
    tx: &mut Tx<'_>,
    client: OauthClientId,
    user: Option<UserId>,
    reason: EndReason,
) -> Result<Vec<(SessionId, UserId)>, StoreError> {
    let now = tx.now();
    let sql = match user {
        Some(_) => {
            "UPDATE sessions
                SET ended_at = $2, end_reason = $3
              WHERE client_id = $1 AND ended_at IS NULL AND user_id = $4
          RETURNING id, user_id"
        }
        None => {
            "UPDATE sessions
                SET ended_at = $2, end_reason = $3
              WHERE client_id = $1 AND ended_at IS NULL
          RETURNING id, user_id"
        }
    };
    let ending = tx
        .query(sql)
        .bind(client)
        .bind(now)
        .bind(reason_name(reason));
    match user {
        Some(user) => ending.bind(user).fetch_all().await,
        None => ending.fetch_all().await,
    }
}

/// Moves a live session from `generation` to the next and prolongs it; returns it, or nothing if it is over.
pub(crate) async fn advance(
    tx: &mut Tx<'_>,
    id: SessionId,
    generation: i64,
    idle: Duration,
) -> Result<Option<LiveSession>, StoreError> {
    let now = tx.now();
    let advanced = tx
        .query(
            "UPDATE sessions
            SET generation = generation + 1, last_used_at = $3,
                idle_expires_at = CASE WHEN $4 < expires_at THEN $4 ELSE expires_at END
          WHERE id = $1 AND generation = $2 AND ended_at IS NULL AND idle_expires_at > $3
      RETURNING user_id, generation, COALESCE(authenticated_at, proved_at, created_at), amr",
        )
        .bind(id)
        .bind(generation)
        .bind(now)
        .bind(now + idle)
        .fetch_optional::<LiveRow>()
        .await?;
    Ok(advanced.map(LiveSession::from))
}

/// Returns a live session.
pub(crate) async fn find_live(
    db: &mut dyn Queryable,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<LiveSession>, StoreError> {
    let found = db
        .query(
            "SELECT user_id, generation, COALESCE(authenticated_at, proved_at, created_at), amr
           FROM sessions
          WHERE id = $1 AND ended_at IS NULL AND idle_expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .fetch_optional::<LiveRow>()
        .await?;
    Ok(found.map(LiveSession::from))
}

/// Returns when, and how, the person of a live session of our own API proved who they are.
pub(crate) async fn find_sign_in(
    db: &mut dyn Queryable,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<(Timestamp, Amr)>, StoreError> {
    let row = db
        .query(
            "SELECT COALESCE(proved_at, created_at), amr
           FROM sessions
          WHERE id = $1 AND kind = 'first_party' AND ended_at IS NULL AND idle_expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .fetch_optional::<(Timestamp, String)>()
        .await?;
    Ok(row.map(|(at, amr)| (at, Amr::from_column(&amr))))
}

/// Notes that the person of a session has shown a second factor since.
pub(crate) async fn strengthen(tx: &mut Tx<'_>, id: SessionId, amr: Amr) -> Result<(), StoreError> {
    tx.query("UPDATE sessions SET amr = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(id)
        .bind(amr.as_column())
        .execute()
        .await?;
    Ok(())
}

/// Returns those of the sessions that live.
pub(crate) async fn find_live_among(
    db: &mut dyn Queryable,
    ids: &[SessionId],
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    if let [id] = ids {
        return Ok(find_live(db, *id, now)
            .await?
            .map(|_| *id)
            .into_iter()
            .collect());
    }
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT id
               FROM sessions
              WHERE id IN (SELECT unhex(value) FROM json_each($1)) AND ended_at IS NULL AND idle_expires_at > $2"
        }
        Engine::Postgres => {
            "SELECT id
               FROM sessions
              WHERE id IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text($1))
                AND ended_at IS NULL AND idle_expires_at > $2"
        }
    };
    let rows = db
        .query(sql)
        .bind(id_set(ids))
        .bind(now)
        .fetch_all::<(SessionId,)>()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Returns the live sessions of a user that were made before `before`, newest first.
pub(crate) async fn list_live(
    db: &mut dyn Queryable,
    user: UserId,
    before: Option<SessionId>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<SessionRow>, StoreError> {
    db.query(
        "SELECT id, client, created_at, last_used_at, idle_expires_at
           FROM sessions
          WHERE user_id = $1 AND id < $2 AND ended_at IS NULL AND idle_expires_at > $3
          ORDER BY id DESC
          LIMIT $4",
    )
    .bind(user)
    .bind(before.map_or(Uuid::max(), SessionId::uuid))
    .bind(now)
    .bind(i64::from(limit) + 1)
    .fetch_all::<SessionRow>()
    .await
}

/// Ends a session of a user; `false` if they have no such session, or it is over.
pub(crate) async fn end(
    tx: &mut Tx<'_>,
    id: SessionId,
    user: UserId,
    reason: EndReason,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let ended = tx
        .query(
            "UPDATE sessions
                SET ended_at = $3, end_reason = $4
              WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
        )
        .bind(id)
        .bind(user)
        .bind(now)
        .bind(reason_name(reason))
        .execute()
        .await?;
    Ok(ended == 1)
}

/// Ends all sessions of a user but one; returns those that ended now.
pub(crate) async fn end_all(
    tx: &mut Tx<'_>,
    user: UserId,
    except: Option<SessionId>,
    reason: EndReason,
) -> Result<Vec<SessionId>, StoreError> {
    let now = tx.now();
    let rows = tx
        .query(
            "UPDATE sessions
                SET ended_at = $3, end_reason = $4
              WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL
          RETURNING id",
        )
        .bind(user)
        .bind(except.map_or(Uuid::nil(), SessionId::uuid))
        .bind(now)
        .bind(reason_name(reason))
        .fetch_all::<(SessionId,)>()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Ends the oldest sessions of a user beyond the newest `keep`; returns them.
pub(crate) async fn end_oldest(
    tx: &mut Tx<'_>,
    user: UserId,
    keep: u32,
    reason: EndReason,
) -> Result<Vec<SessionId>, StoreError> {
    let now = tx.now();
    let rows = tx
        .query(
            "UPDATE sessions
                SET ended_at = $3, end_reason = $4
              WHERE user_id = $1 AND ended_at IS NULL
                AND id <= (SELECT id
                             FROM sessions
                            WHERE user_id = $1 AND ended_at IS NULL
                            ORDER BY id DESC
                            LIMIT 1 OFFSET $2)
          RETURNING id",
        )
        .bind(user)
        .bind(i64::from(keep))
        .bind(now)
        .bind(reason_name(reason))
        .fetch_all::<(SessionId,)>()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Deletes sessions that were over before `before`, with their refresh tokens.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    let ended = tx
        .query(
            "DELETE FROM sessions
              WHERE id IN (SELECT id FROM sessions WHERE ended_at < $1 LIMIT 500)",
        )
        .bind(before)
        .execute()
        .await?;
    let expired = tx
        .query(
            "DELETE FROM sessions
              WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT 500)",
        )
        .bind(before)
        .execute()
        .await?;
    Ok(ended + expired)
}

/// The stored name of a reason: for people who look at the table.
fn reason_name(reason: EndReason) -> &'static str {
    match reason {
        EndReason::SignedOut => "signed_out",
        EndReason::EndedByUser => "ended_by_user",
        EndReason::PasswordChanged => "password_changed",
        EndReason::Recovered => "recovered",
        EndReason::FactorAdded => "factor_added",
        EndReason::UserLocked => "user_locked",
        EndReason::RoleRemoved => "role_removed",
        EndReason::TooManySessions => "too_many_sessions",
        EndReason::Compromised => "compromised",
        EndReason::AccountErased => "account_erased",
        _ => "unknown",
    }
}
