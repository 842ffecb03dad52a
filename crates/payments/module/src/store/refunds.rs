//! Refunds.

use payments_contract::{AttemptId, PaymentId, RefundId, UserRef};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::progress::{self, ProgressColumns};
use super::{expect_one, inconsistent, money};
use crate::domain::approval::{Approval, ApprovalState};
use crate::domain::operation::Refund;

macro_rules! select {
    ($($rest:literal),+) => {
        concat!(
            "SELECT id, payment_id, attempt_id, amount, currency, reason, status, failure, tries, next_try_at,
                    requested_by, approval, approval_expires_at, decided_by, decided_at, decision_note, created_at
               FROM refunds ",
            $($rest),+
        )
    };
}

pub(super) use select;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: RefundId,
    payment_id: PaymentId,
    attempt_id: AttemptId,
    amount: i64,
    currency: String,
    reason: String,
    #[sqlx(flatten)]
    progress: ProgressColumns,
    requested_by: Option<UserRef>,
    approval: Option<String>,
    approval_expires_at: Option<Timestamp>,
    decided_by: Option<UserRef>,
    decided_at: Option<Timestamp>,
    decision_note: Option<String>,
    created_at: Timestamp,
}

/// Inserts a new refund.
pub(crate) async fn insert(tx: &mut Tx<'_>, refund: &Refund) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO refunds (id, payment_id, attempt_id, amount, currency, reason, status, tries, next_try_at,
                              requested_by, approval, approval_expires_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $12)",
    )
    .bind(refund.id)
    .bind(refund.payment_id)
    .bind(refund.attempt_id)
    .bind(refund.amount.minor())
    .bind(refund.amount.currency().code().to_owned())
    .bind(refund.reason.clone())
    .bind(refund.progress.status.as_str())
    .bind(refund.progress.next_try_at)
    .bind(refund.requested_by)
    .bind(refund.approval.as_ref().map(|it| it.state.as_str()))
    .bind(refund.approval.as_ref().map(|it| it.expires_at))
    .bind(refund.created_at)
    .execute()
    .await?;
    Ok(())
}

/// Finds a refund. Its payment is locked first where it is to be changed.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: RefundId,
) -> Result<Option<Refund>, StoreError> {
    db.query(select!("WHERE id = $1"))
        .bind(id)
        .fetch_optional::<Row>()
        .await?
        .map(Row::into_refund)
        .transpose()
}

/// Returns a refund that must exist.
pub(crate) async fn get(db: &mut dyn Queryable, id: RefundId) -> Result<Refund, StoreError> {
    find(db, id)
        .await?
        .ok_or_else(|| inconsistent(format!("refunds: {id} is gone")))
}

/// Returns the refunds of a payment, first one first.
pub(crate) async fn of_payment(
    db: &mut dyn Queryable,
    payment: PaymentId,
) -> Result<Vec<Refund>, StoreError> {
    let rows = db
        .query(select!(
            "WHERE payment_id = $1 ORDER BY created_at, id LIMIT 1000"
        ))
        .bind(payment)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(Row::into_refund).collect()
}

/// Saves what changed.
pub(crate) async fn save(tx: &mut Tx<'_>, refund: &Refund) -> Result<(), StoreError> {
    let update = "UPDATE refunds
                     SET status = $2, failure = $3, tries = $4, next_try_at = $5, updated_at = $6
                   WHERE id = $1";
    progress::save(tx, update, refund.id, &refund.progress, "refunds").await
}

/// Saves what became of the approval; only one that was awaited changes.
pub(crate) async fn save_approval(tx: &mut Tx<'_>, refund: &Refund) -> Result<(), StoreError> {
    let Some(approval) = &refund.approval else {
        return Ok(());
    };
    let changed = tx
        .query(
            "UPDATE refunds
                SET approval = $2, decided_by = $3, decided_at = $4, decision_note = $5
              WHERE id = $1 AND approval = 'awaiting'",
        )
        .bind(refund.id)
        .bind(approval.state.as_str())
        .bind(approval.decided_by)
        .bind(approval.decided_at)
        .bind(approval.note.clone())
        .execute()
        .await?;
    expect_one(changed, "refunds.approval")
}

impl Row {
    pub(super) fn into_refund(self) -> Result<Refund, StoreError> {
        let approval = match (self.approval, self.approval_expires_at) {
            (Some(state), Some(expires_at)) => Some(Approval {
                state: ApprovalState::try_from(state)
                    .map_err(|error| inconsistent(format!("refunds.approval: {error}")))?,
                expires_at,
                decided_by: self.decided_by,
                decided_at: self.decided_at,
                note: self.decision_note,
            }),
            _ => None,
        };
        Ok(Refund {
            id: self.id,
            payment_id: self.payment_id,
            attempt_id: self.attempt_id,
            amount: money(self.amount, &self.currency, "refunds")?,
            reason: self.reason,
            progress: self.progress.into_progress("refunds")?,
            requested_by: self.requested_by,
            approval,
            created_at: self.created_at,
        })
    }
}
