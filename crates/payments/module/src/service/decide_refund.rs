//! A second person approves a large refund, or rejects it.

use payments_contract::{PaymentsError, RefundId, UserRef};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Id};
use tenon_seam::SeamError;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::effects::Send;
use super::{MAX_REASON, Refusal, Service, check_text, refused};
use crate::domain::approval::ApprovalState;
use crate::domain::operation::Refund;
use crate::domain::payment::Payment;
use crate::store;

/// What a person decides about a refund that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is sent.
    Approve,
    /// It comes to nothing. Who asked for it may take it back.
    Reject,
}

impl Decision {
    /// What a key of the REST command is claimed for.
    pub(crate) const fn operation(self) -> &'static str {
        match self {
            Self::Approve => "payments.approve_refund",
            Self::Reject => "payments.reject_refund",
        }
    }
}

impl Service {
    /// Decides about a refund that waits for approval; an approved one is sent at once.
    ///
    /// # Errors
    ///
    /// [`PaymentsError::RefundNotFound`]; [`PaymentsError::ApprovalByRequester`] if the caller asked for the refund;
    /// [`PaymentsError::RefundNotAwaiting`] once it was decided or has expired;
    /// [`PaymentsError::RefundExceedsCaptured`] if the money was given back otherwise meanwhile.
    #[tracing::instrument(name = "payments.decide_refund", skip_all, fields(refund.id = %id))]
    pub(crate) async fn decide_refund(
        &self,
        ctx: &CallCtx,
        id: RefundId,
        decision: Decision,
        note: Option<String>,
    ) -> Result<Refund, Refusal> {
        let operation = decision.operation();
        if let Some(note) = &note {
            check_text("/note", note, MAX_REASON).map_err(SeamError::Domain)?;
        }
        let send = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.decide_refund").await?;
            if let Claim::Replay(outcome) =
                tx.claim_key::<RefundId, PaymentsError>(operation).await?
            {
                tx.rollback().await?;
                return outcome.map(|_| false).map_err(SeamError::Domain);
            }
            match self.decide(&mut tx, id, decision, note.clone()).await? {
                Ok(()) => {}
                Err(error) => {
                    let error = tx
                        .refuse::<RefundId, PaymentsError>(operation, error)
                        .await?;
                    return refused(error);
                }
            }
            tx.commit_outcome::<_, PaymentsError>(operation, &Ok(id), Some(id.to_string()))
                .await?;
            Ok::<bool, Refusal>(decision == Decision::Approve)
        })
        .await?;
        if send {
            self.send_refund(ctx, id).await?;
        }
        let (_, refund) = self.find_refund(ctx, id).await?;
        Ok(refund)
    }

    async fn decide(
        &self,
        tx: &mut Tx<'_>,
        id: RefundId,
        decision: Decision,
        note: Option<String>,
    ) -> Result<Result<(), PaymentsError>, StoreError> {
        let missing = PaymentsError::RefundNotFound { refund_id: id };
        let Some(found) = store::refunds::find(tx, id).await? else {
            return Ok(Err(missing));
        };
        // The payment first, as everywhere; the refund as it is once that is locked.
        let mut payment = store::payments::get_locked(tx, found.payment_id).await?;
        let mut refund = store::refunds::get(tx, id).await?;
        let now = tx.now();
        let expired = (refund.approval.as_ref()).is_none_or(|approval| approval.expires_at <= now);
        if !refund.is_awaiting() || expired {
            return Ok(Err(PaymentsError::RefundNotAwaiting {
                refund_id: id,
                status: refund.status(),
            }));
        }
        let person: Option<UserRef> = tx.ctx().principal.user().map(|it| Id::from_uuid(it.user));
        match decision {
            Decision::Approve => {
                let is_same = person.is_none() || person == refund.requested_by;
                if is_same {
                    return Ok(Err(PaymentsError::ApprovalByRequester { refund_id: id }));
                }
                if let Err(error) = self
                    .approve(tx, &payment, &mut refund, person, note)
                    .await?
                {
                    return Ok(Err(error));
                }
            }
            Decision::Reject => {
                let ended = (ApprovalState::Rejected, person, note);
                self.end_approval(tx, &payment, &mut refund, ended).await?;
            }
        }
        self.audit_decision(tx, &refund, decision).await?;
        store::payments::save(tx, &mut payment).await?;
        Ok(Ok(()))
    }

    async fn approve(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        refund: &mut Refund,
        person: Option<UserRef>,
        note: Option<String>,
    ) -> Result<Result<(), PaymentsError>, StoreError> {
        let others = store::refunds::of_payment(tx, payment.id).await?;
        if payment.is_overdrawn(&others) {
            let refundable = payment.refundable(&others);
            return Ok(Err(PaymentsError::RefundExceedsCaptured { refundable }));
        }
        let now = tx.now();
        if let Some(approval) = &mut refund.approval {
            approval.decide(ApprovalState::Approved, person, now, note);
        }
        store::refunds::save_approval(tx, refund).await?;
        refund.progress.next_try_at = Some(self.after_grace(now));
        store::refunds::save(tx, refund).await?;
        self.say_refund(tx, payment, refund, Send::ByCaller).await?;
        Ok(Ok(()))
    }

    async fn audit_decision(
        &self,
        tx: &mut Tx<'_>,
        refund: &Refund,
        decision: Decision,
    ) -> Result<(), StoreError> {
        let action = match decision {
            Decision::Approve => "payment.refund_approved",
            Decision::Reject => "payment.refund_rejected",
        };
        let note = refund.approval.as_ref().and_then(|it| it.note.as_deref());
        tx.emit(&AuditRecorded {
            action: action.to_owned(),
            target: refund.id.to_string(),
            before: Some(json!({ "status": "awaiting_approval" })),
            after: Some(json!({
                "status": refund.status(), "amount": refund.amount, "requested_by": refund.requested_by, "note": note,
            })),
        })
        .await?;
        Ok(())
    }
}
