//! The statements behind idempotency records.

/// The single writer has queued before: a row that is there is committed.
pub(super) const CLAIM_SQLITE: &str = "
    INSERT INTO idempotency_keys (subject, operation, key, fingerprint, state, created_at, expires_at)
    VALUES ($1, $2, $3, $4, 'running', $5, $6)
    ON CONFLICT (subject, operation, key) DO NOTHING";

/// Waits for a concurrent copy of the request to commit or roll back, but no longer than a second.
/// `set_config` runs before the row is inserted, and again after it; so the patience holds for this
/// statement alone, without a round trip of its own.
pub(super) const CLAIM_POSTGRES: &str = "
    INSERT INTO idempotency_keys (subject, operation, key, fingerprint, state, created_at, expires_at)
    SELECT $1, $2, $3, $4, 'running', $5, $6
      FROM (SELECT set_config('lock_timeout', '1000', true)) AS patience
    ON CONFLICT (subject, operation, key) DO NOTHING
    RETURNING set_config('lock_timeout', '5000', true)";

pub(super) const FIND: &str = "
    SELECT fingerprint, state, outcome
      FROM idempotency_keys
     WHERE subject = $1 AND operation = $2 AND key = $3";

pub(super) const FATE: &str = "
    SELECT fingerprint, state, resource
      FROM idempotency_keys
     WHERE subject = $1 AND operation = $2 AND key = $3";

pub(super) const RECORD: &str = "
    SELECT state, outcome, resource, created_at, expires_at
      FROM idempotency_keys
     WHERE subject = $1 AND operation = $2 AND key = $3";

pub(super) const COMPLETE: &str = "
    UPDATE idempotency_keys
       SET state = 'done', outcome = $4, resource = COALESCE($5, resource)
     WHERE subject = $1 AND operation = $2 AND key = $3 AND state = 'running'";

pub(super) const COMPLETE_BY_RESOURCE: &str = "
    UPDATE idempotency_keys
       SET state = 'done', outcome = $3
     WHERE resource = $2 AND operation = $1 AND state = 'running'";

pub(super) const HOLD: &str = "
    UPDATE idempotency_keys
       SET resource = $4
     WHERE subject = $1 AND operation = $2 AND key = $3 AND state = 'running'";

pub(super) const REFUSE: &str = "
    INSERT INTO idempotency_keys (subject, operation, key, fingerprint, state, outcome, created_at, expires_at)
    VALUES ($1, $2, $3, $4, 'done', $5, $6, $7)
    ON CONFLICT (subject, operation, key) DO NOTHING";

pub(super) const PURGE: &str = "
    DELETE FROM idempotency_keys
     WHERE (subject, operation, key) IN (
           SELECT subject, operation, key
             FROM idempotency_keys
            WHERE expires_at <= $1
            ORDER BY expires_at
            LIMIT $2)";

pub(super) const FORGET: &str = "
    DELETE FROM idempotency_keys
     WHERE subject = $1 AND state = 'done'";
