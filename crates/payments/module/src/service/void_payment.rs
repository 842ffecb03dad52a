//! Undoes a payment, now or as soon as its outcome is known.

use payments_contract::PaymentId;
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_seam::audit::AuditRecorded;
use tenon_store::retrying;

use super::{MAX_REASON, PaymentWithParts, Refusal, Service, check_text, is_manual};
use crate::domain::payment::{Payment, VoidIntent};
use crate::store;

impl Service {
    /// As [`Service::void`], for staff: only payments that exist.
    pub(crate) async fn void_existing(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
        reason: &str,
    ) -> Result<PaymentWithParts, Refusal> {
        self.find_payment(ctx, payment_id).await?;
        self.void(ctx, payment_id, reason).await?;
        self.find_payment(ctx, payment_id).await
    }

    /// Records the wish and takes the first step; a job takes the next ones. `None` if the payment was never
    /// opened: then it never will be.
    #[tracing::instrument(name = "payments.void", skip_all, fields(payment.id = %payment_id))]
    pub(crate) async fn void(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
        reason: &str,
    ) -> Result<Option<Payment>, Refusal> {
        check_text("/reason", reason, MAX_REASON).map_err(SeamError::Domain)?;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.void").await?;
            // Whoever comes second, opening or voiding, waits here for the first to commit.
            if store::payments::bury_id(&mut tx, payment_id, reason).await? {
                tx.commit().await?;
                return Ok(None);
            }
            let Some(mut payment) = store::payments::lock(&mut tx, payment_id).await? else {
                tx.rollback().await?;
                return Ok(None);
            };
            if payment.void.is_none() {
                payment.void = Some(VoidIntent {
                    at: tx.now(),
                    reason: reason.to_owned(),
                });
                if is_manual(tx.ctx()) {
                    tx.emit(&AuditRecorded {
                        action: "payment.void_requested".to_owned(),
                        target: payment_id.to_string(),
                        before: Some(json!({ "status": payment.status() })),
                        after: Some(json!({ "reason": reason })),
                    })
                    .await?;
                }
                self.settle_void(&mut tx, &mut payment).await?;
                store::payments::save(&mut tx, &mut payment).await?;
            }
            tx.commit().await?;
            Ok::<_, Refusal>(Some(payment))
        })
        .await
    }
}
