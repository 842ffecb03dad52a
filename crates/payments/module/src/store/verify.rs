//! Questions of the oracle: rows that contradict each other.

use payments_contract::PaymentId;
use tenon_module::IdRange;
use tenon_store::{Queryable, StoreError};

/// Where a stretch of payments behind `$1` ends.
pub(crate) const STRETCH: &str =
    "SELECT id FROM payments WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 999";

/// A payment whose sums differ from the parts they are made of.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Drift {
    pub(crate) payment_id: PaymentId,
    /// As the payment says.
    pub(crate) said: i64,
    /// As its parts add up.
    pub(crate) added: i64,
}

/// Payments whose `captured` is not the sum of their captures.
pub(crate) async fn capture_drift(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Drift>, StoreError> {
    db.query(
        "SELECT p.id AS payment_id, p.captured AS said, CAST(COALESCE(SUM(c.amount), 0) AS bigint) AS added
           FROM payments p
           LEFT JOIN captures c ON c.payment_id = p.id AND c.attempt_id = p.winner_id AND c.status = 'succeeded'
          WHERE p.id > $1 AND p.id <= $2
          GROUP BY p.id, p.captured
         HAVING p.captured <> COALESCE(SUM(c.amount), 0)
          ORDER BY p.id LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// Payments whose `refunded` is not the sum of their refunds.
pub(crate) async fn refund_drift(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Drift>, StoreError> {
    db.query(
        "SELECT p.id AS payment_id, p.refunded AS said, CAST(COALESCE(SUM(r.amount), 0) AS bigint) AS added
           FROM payments p
           LEFT JOIN refunds r ON r.payment_id = p.id AND r.attempt_id = p.winner_id AND r.status = 'succeeded'
          WHERE p.id > $1 AND p.id <= $2
          GROUP BY p.id, p.refunded
         HAVING p.refunded <> COALESCE(SUM(r.amount), 0)
          ORDER BY p.id LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// Payments of which more goes back, or would if all that waits were approved, than was captured.
pub(crate) async fn overdrawn(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Drift>, StoreError> {
    db.query(
        "SELECT p.id AS payment_id, p.captured AS said, CAST(SUM(r.amount) AS bigint) AS added
           FROM payments p
           JOIN refunds r ON r.payment_id = p.id AND r.attempt_id = p.winner_id AND r.status <> 'failed'
          WHERE p.id > $1 AND p.id <= $2
          GROUP BY p.id, p.captured
         HAVING SUM(r.amount) > p.captured
          ORDER BY p.id LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// Payments for which the ledger's receivable is not what was captured and not refunded, over all attempts.
pub(crate) async fn ledger_drift(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Drift>, StoreError> {
    db.query(
        "SELECT p.id AS payment_id,
                CAST((SELECT COALESCE(SUM(c.amount), 0) FROM captures c
                       WHERE c.payment_id = p.id AND c.status = 'succeeded')
                   - (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r
                       WHERE r.payment_id = p.id AND r.status = 'succeeded') AS bigint) AS said,
                CAST((SELECT COALESCE(SUM(CASE WHEN t.debit_account LIKE 'psp_receivable/%' THEN t.amount
                                               WHEN t.credit_account LIKE 'psp_receivable/%' THEN -t.amount
                                               ELSE 0 END), 0)
                        FROM ledger_transfers t WHERE t.payment_id = p.id) AS bigint) AS added
           FROM payments p
          WHERE p.id > $1 AND p.id <= $2
            AND (SELECT COALESCE(SUM(c.amount), 0) FROM captures c
                  WHERE c.payment_id = p.id AND c.status = 'succeeded')
              - (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r
                  WHERE r.payment_id = p.id AND r.status = 'succeeded')
             <> (SELECT COALESCE(SUM(CASE WHEN t.debit_account LIKE 'psp_receivable/%' THEN t.amount
                                          WHEN t.credit_account LIKE 'psp_receivable/%' THEN -t.amount
                                          ELSE 0 END), 0)
                   FROM ledger_transfers t WHERE t.payment_id = p.id)
          ORDER BY p.id LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// Payments that count money without the attempt that holds it, and attempts that hold money nobody counts.
pub(crate) async fn winner_drift(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Drift>, StoreError> {
    db.query(
        "SELECT p.id AS payment_id, CAST(CASE WHEN p.authorized > 0 THEN 1 ELSE 0 END AS bigint) AS said,
                CAST(COUNT(a.id) AS bigint) AS added
           FROM payments p
           LEFT JOIN attempts a ON a.payment_id = p.id
                AND (a.state = 'authorized' OR (a.state = 'releasing' AND a.id = p.winner_id))
          WHERE p.id > $1 AND p.id <= $2
          GROUP BY p.id, p.authorized
         HAVING COUNT(a.id) <> CASE WHEN p.authorized > 0 THEN 1 ELSE 0 END
          ORDER BY p.id LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}
