//! Undoes a payment, now or as soon as its outcome is known.

use payments_contract::{PaymentId, PaymentsError};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::{MAX_REASON, PaymentWithParts, Refusal, Service, check_text, is_manual, refused};
use crate::domain::payment::{Payment, VoidIntent};
use crate::store;

/// What a key of the REST command is claimed for.
pub(crate) const OPERATION: &str = "payments.void";

impl Service {
    /// As [`Service::void`], for staff: only payments that exist, and once for each key.
    pub(crate) async fn void_existing(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
        reason: &str,
    ) -> Result<PaymentWithParts, Refusal> {
        check_text("/reason", reason, MAX_REASON).map_err(SeamError::Domain)?;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.void").await?;
            if let Claim::Replay(outcome) =
                tx.claim_key::<PaymentId, PaymentsError>(OPERATION).await?
            {
                tx.rollback().await?;
                return outcome.map(|_| ()).map_err(SeamError::Domain);
            }
            let Some(mut payment) = store::payments::lock(&mut tx, payment_id).await? else {
                let error = PaymentsError::NotFound { payment_id };
                let error = tx
                    .refuse::<PaymentId, PaymentsError>(OPERATION, error)
                    .await?;
                return refused(error);
            };
            if let Some(limit) = self.void_needs_approval(&mut tx, &payment).await? {
                let error = PaymentsError::ApprovalRequired { limit };
                let error = tx
                    .refuse::<PaymentId, PaymentsError>(OPERATION, error)
                    .await?;
                return refused(error);
            }
            self.want_void(&mut tx, &mut payment, reason).await?;
            let resource = Some(payment_id.to_string());
            tx.commit_outcome::<_, PaymentsError>(OPERATION, &Ok(payment_id), resource)
                .await?;
            Ok::<_, Refusal>(())
        })
        .await?;
        self.find_payment(ctx, payment_id).await
    }

    /// Records the wish and takes the first step; a job takes the next ones. `None` if the payment was never
    /// opened: then it never will be. The wish is one whoever has it, so no key is claimed.
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
            self.want_void(&mut tx, &mut payment, reason).await?;
            tx.commit().await?;
            Ok::<_, Refusal>(Some(payment))
        })
        .await
    }

    /// Records the wish at a locked payment; one that is there already stays as it is.
    async fn want_void(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        reason: &str,
    ) -> Result<(), StoreError> {
        if payment.void.is_some() {
            return Ok(());
        }
        payment.void = Some(VoidIntent {
            at: tx.now(),
            reason: reason.to_owned(),
        });
        if is_manual(tx.ctx()) {
            tx.emit(&AuditRecorded {
                action: "payment.void_requested".to_owned(),
                target: payment.id.to_string(),
                before: Some(json!({ "status": payment.status() })),
                after: Some(json!({ "reason": reason })),
            })
            .await?;
        }
        self.settle_void(tx, payment).await?;
        store::payments::save(tx, payment).await
    }
}
