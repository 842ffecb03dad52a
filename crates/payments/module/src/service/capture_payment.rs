//! Takes authorised money, on command.

use payments_contract::{CaptureId, PaymentId, PaymentsError};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::SeamError;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::effects::Send;
use super::{Refusal, Service, check_amount, is_manual, refused};
use crate::domain::operation::Capture;
use crate::domain::payment::Payment;
use crate::store;

pub(crate) const OPERATION: &str = "payments.capture";

impl Service {
    /// Captures an amount, or all that is left; returns the payment and the capture as they are afterwards.
    ///
    /// There is no new capture if all was captured before: that is success too.
    #[tracing::instrument(name = "payments.capture", skip_all, fields(payment.id = %payment_id))]
    pub(crate) async fn capture(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
        amount: Option<Money>,
    ) -> Result<(Payment, Option<Capture>), Refusal> {
        let recorded = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.capture").await?;
            if let Claim::Replay(outcome) = tx
                .claim_key::<Option<CaptureId>, PaymentsError>(OPERATION)
                .await?
            {
                tx.rollback().await?;
                return outcome.map_err(SeamError::Domain);
            }
            let id = match self
                .record_wanted_capture(&mut tx, payment_id, amount)
                .await?
            {
                Ok(id) => id,
                Err(error) => {
                    let error = tx
                        .refuse::<Option<CaptureId>, PaymentsError>(OPERATION, error)
                        .await?;
                    return refused(error);
                }
            };
            tx.commit_outcome::<_, PaymentsError>(OPERATION, &Ok(id), Some(payment_id.to_string()))
                .await?;
            Ok::<Option<CaptureId>, Refusal>(id)
        })
        .await?;
        if let Some(id) = recorded {
            self.send_capture(ctx, id).await?;
        }
        let mut db = self.db.read(ctx);
        let Some(payment) = store::payments::find(&mut db, payment_id).await? else {
            return refused(PaymentsError::NotFound { payment_id });
        };
        let capture = match recorded {
            Some(id) => store::captures::find(&mut db, id).await?,
            None => None,
        };
        Ok((payment, capture))
    }

    async fn record_wanted_capture(
        &self,
        tx: &mut Tx<'_>,
        payment_id: PaymentId,
        amount: Option<Money>,
    ) -> Result<Result<Option<CaptureId>, PaymentsError>, StoreError> {
        let Some(mut payment) = store::payments::lock(tx, payment_id).await? else {
            return Ok(Err(PaymentsError::NotFound { payment_id }));
        };
        let Some(winner) = payment.capturable_from() else {
            return Ok(Err(PaymentsError::NotCapturable {
                payment_id,
                status: payment.status(),
            }));
        };
        let captures = store::captures::of_payment(tx, payment_id).await?;
        let capturable = payment.capturable(&captures);
        let amount = amount.unwrap_or(capturable);
        if capturable.minor() == 0 && amount.currency() == capturable.currency() {
            return Ok(Ok(None));
        }
        if let Err(error) = check_amount(amount, payment.amount) {
            return Ok(Err(error));
        }
        if amount.minor() > capturable.minor() {
            return Ok(Err(PaymentsError::CaptureExceedsAuthorized { capturable }));
        }
        let attempt = store::attempts::get(tx, winner).await?;
        let number = captures.last().map_or(1, |capture| capture.number + 1);
        let id = tx.env().new_id();
        self.record_capture(tx, &payment, &attempt, id, number, amount, Send::ByCaller)
            .await?;
        if is_manual(tx.ctx()) {
            tx.emit(&AuditRecorded {
                action: "payment.capture_requested".to_owned(),
                target: payment_id.to_string(),
                before: Some(json!({ "captured": payment.captured })),
                after: Some(json!({ "capture_id": id, "amount": amount })),
            })
            .await?;
        }
        store::payments::save(tx, &mut payment).await?;
        Ok(Ok(Some(id)))
    }
}
