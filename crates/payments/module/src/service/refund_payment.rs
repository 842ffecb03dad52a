//! Gives captured money back, on command.

use payments_contract::{PaymentId, PaymentsError, RefundId, UserRef};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::SeamError;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::effects::Send;
use super::{MAX_REASON, Refusal, Service, check_amount, check_text, is_manual, refused};
use crate::domain::operation::Refund;
use crate::domain::payment::Payment;
use crate::store;

pub(crate) const OPERATION: &str = "payments.refund";

/// A wanted refund.
#[derive(Debug, Clone)]
pub(crate) struct NewRefund {
    /// Made by the caller; made here if absent.
    pub(crate) id: Option<RefundId>,
    /// All that is left if absent.
    pub(crate) amount: Option<Money>,
    pub(crate) reason: String,
    /// The person who wants it.
    pub(crate) requested_by: Option<UserRef>,
}

/// What recording a refund came to.
enum Recorded {
    New(RefundId),
    Known(RefundId),
}

impl Service {
    /// Refunds; returns the payment and the refund as they are afterwards. The same id is the same refund.
    #[tracing::instrument(name = "payments.refund", skip_all, fields(payment.id = %payment_id))]
    pub(crate) async fn refund(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
        new: NewRefund,
    ) -> Result<(Payment, Refund), Refusal> {
        check_text("/reason", &new.reason, MAX_REASON).map_err(SeamError::Domain)?;
        let recorded = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.refund").await?;
            if let Claim::Replay(outcome) =
                tx.claim_key::<RefundId, PaymentsError>(OPERATION).await?
            {
                tx.rollback().await?;
                return outcome.map(Recorded::Known).map_err(SeamError::Domain);
            }
            let recorded = match self.record_wanted_refund(&mut tx, payment_id, &new).await? {
                Ok(recorded) => recorded,
                Err(error) => {
                    let error = tx
                        .refuse::<RefundId, PaymentsError>(OPERATION, error)
                        .await?;
                    return refused(error);
                }
            };
            let id = recorded.id();
            tx.commit_outcome::<_, PaymentsError>(OPERATION, &Ok(id), Some(id.to_string()))
                .await?;
            Ok::<Recorded, Refusal>(recorded)
        })
        .await?;
        if let Recorded::New(id) = recorded {
            self.send_refund(ctx, id).await?;
        }
        let refund_id = recorded.id();
        let mut db = self.db.read(ctx);
        let payment = store::payments::find(&mut db, payment_id).await?;
        let refund = store::refunds::find(&mut db, refund_id).await?;
        match (payment, refund) {
            (Some(payment), Some(refund)) => Ok((payment, refund)),
            _ => refused(PaymentsError::RefundNotFound { refund_id }),
        }
    }

    async fn record_wanted_refund(
        &self,
        tx: &mut Tx<'_>,
        payment_id: PaymentId,
        new: &NewRefund,
    ) -> Result<Result<Recorded, PaymentsError>, StoreError> {
        let Some(mut payment) = store::payments::lock(tx, payment_id).await? else {
            return Ok(Err(PaymentsError::NotFound { payment_id }));
        };
        if let Some(id) = new.id
            && let Some(known) = store::refunds::find(tx, id).await?
        {
            let same = known.payment_id == payment_id
                && new.amount.is_none_or(|amount| amount == known.amount);
            return Ok(if same {
                Ok(Recorded::Known(id))
            } else {
                Err(PaymentsError::RefundExists { refund_id: id })
            });
        }
        let refunds = store::refunds::of_payment(tx, payment_id).await?;
        let refundable = payment.refundable(&refunds);
        let amount = new.amount.unwrap_or(refundable);
        if new.amount.is_some()
            && let Err(error) = check_amount(amount, payment.amount)
        {
            return Ok(Err(error));
        }
        let Some(winner) = payment
            .winner
            .filter(|_| refundable.minor() > 0 && amount.minor() <= refundable.minor())
        else {
            return Ok(Err(PaymentsError::RefundExceedsCaptured { refundable }));
        };
        let attempt = store::attempts::get(tx, winner).await?;
        let id = new.id.unwrap_or_else(|| tx.env().new_id());
        let wanted = (id, amount, new.reason.clone(), new.requested_by);
        let refund = match new.requested_by {
            Some(person) if self.needs_second_person(amount, &refunds) => {
                let wanted = (id, amount, new.reason.clone(), person);
                self.record_awaiting(tx, &payment, &attempt, wanted).await?
            }
            _ => {
                self.record_refund(tx, &payment, &attempt, wanted, Send::ByCaller)
                    .await?
            }
        };
        if is_manual(tx.ctx()) {
            tx.emit(&AuditRecorded {
                action: "payment.refund_requested".to_owned(),
                target: payment_id.to_string(),
                before: Some(json!({ "refunded": payment.refunded })),
                after: Some(json!({ "refund_id": id, "amount": amount, "reason": new.reason })),
            })
            .await?;
        }
        store::payments::save(tx, &mut payment).await?;
        Ok(Ok(if refund.is_awaiting() {
            Recorded::Known(id) // nothing to send yet
        } else {
            Recorded::New(id)
        }))
    }
}

impl Recorded {
    fn id(&self) -> RefundId {
        match self {
            Self::New(id) | Self::Known(id) => *id,
        }
    }
}
