//! Opens a payment: rows first, then the provider, then what it answered.

use payments_contract::{
    MAX_ATTEMPTS, OpenPayment, Payment as View, PaymentAttemptStarted, PaymentStatus, PaymentsError,
};
use tenon_events::Emit as _;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::{CallCtx, FieldError, Money, Timestamp};
use tenon_seam::SeamError;
use tenon_store::{StoreError, Tx, retrying};

use super::hear::Source;
use super::{Refusal, Service, check_text, refused};
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::payment::{Current, Payment};
use crate::jobs::SendAttempt;
use crate::store;

/// What recording the payment came to.
enum Recorded {
    New(Payment, Attempt),
    Known(Payment),
}

impl Service {
    #[tracing::instrument(name = "payments.open", skip_all, fields(payment.id = %req.payment_id))]
    pub(crate) async fn open(&self, ctx: &CallCtx, req: OpenPayment) -> Result<View, Refusal> {
        check(&req).map_err(SeamError::Domain)?;
        let recorded = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.open").await?;
            if !store::payments::claim_id(&mut tx, req.payment_id).await? {
                let known = store::payments::find(&mut tx, req.payment_id).await?;
                tx.rollback().await?;
                return known_payment(&req, known).map(Recorded::Known);
            }
            let payment = self.new_payment(&req, tx.now());
            store::payments::insert(&mut tx, &payment).await?;
            let attempt = self
                .record_attempt(&mut tx, &payment, req.payment_method.clone())
                .await?;
            if tenon_chaos::is_planted("payments.charge-before-commit") {
                self.charge(&payment, &attempt).await;
            }
            tx.commit().await?;
            Ok::<_, Refusal>(Recorded::New(payment, attempt))
        })
        .await?;
        match recorded {
            Recorded::Known(payment) => Ok(payment.view()),
            Recorded::New(payment, attempt) => Ok(self
                .send(ctx, &payment, &attempt, Source::Answer)
                .await?
                .payment
                .view()),
        }
    }

    /// Records an attempt that is about to be sent; a job sends it if this process does not get to it.
    pub(super) async fn record_attempt(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        payment_method: Option<String>,
    ) -> Result<Attempt, StoreError> {
        let now = tx.now();
        let after_grace = self.after_grace(now);
        let attempt = Attempt {
            id: tx.env().new_id(),
            payment_id: payment.id,
            number: payment.attempts,
            payment_method,
            state: AttemptState::ToSend,
            provider_ref: None,
            revision: 0,
            posted: false,
            next_action_url: None,
            decline_class: None,
            decline_code: None,
            polls: 0,
            next_poll_at: Some(after_grace),
            created_at: now,
        };
        store::attempts::insert(tx, &attempt).await?;
        tx.emit(&PaymentAttemptStarted {
            payment_id: payment.id,
            order_id: payment.order_id,
            attempt_id: attempt.id,
            attempt_no: attempt.number,
            provider: payment.provider.clone(),
            amount: payment.amount,
        })
        .await?;
        let job = SendAttempt {
            attempt_id: attempt.id,
        };
        let options = JobOptions {
            run_at: Some(after_grace),
            unique_key: Some(attempt.id.to_string()),
        };
        tx.enqueue(&job, options).await?;
        Ok(attempt)
    }

    fn new_payment(&self, req: &OpenPayment, now: Timestamp) -> Payment {
        let nothing = Money::zero(req.amount.currency());
        Payment {
            id: req.payment_id,
            order_id: req.order_id,
            customer_id: req.customer_id,
            provider: self.provider.name().to_owned(),
            amount: req.amount,
            capture_mode: req.capture,
            return_url: req.return_url.clone(),
            attempts: 1,
            current: Current::new(),
            winner: None,
            authorized: nothing,
            captured: nothing,
            refunded: nothing,
            failed: false,
            void: None,
            voided_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// A repeat gets the payment; another payment under the same id, or one that was voided before, is refused.
fn known_payment(req: &OpenPayment, known: Option<Payment>) -> Result<Payment, Refusal> {
    let payment_id = req.payment_id;
    match known {
        None => refused(PaymentsError::PaymentClosed {
            payment_id,
            status: PaymentStatus::Voided,
        }),
        Some(payment)
            if payment.order_id == req.order_id
                && payment.amount == req.amount
                && payment.capture_mode == req.capture =>
        {
            Ok(payment)
        }
        Some(_) => refused(PaymentsError::PaymentExists { payment_id }),
    }
}

fn check(req: &OpenPayment) -> Result<(), PaymentsError> {
    if req.amount.minor() <= 0 {
        return Err(PaymentsError::InvalidAmount);
    }
    check_method(req.payment_method.as_deref())?;
    if let Some(url) = &req.return_url {
        check_text("/return_url", url, 2_048)?;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            let field = FieldError::new(
                "/return_url",
                "not_a_web_address",
                "expected an http or https URL",
            );
            return Err(PaymentsError::InvalidRequest { field });
        }
    }
    Ok(())
}

pub(super) fn check_method(payment_method: Option<&str>) -> Result<(), PaymentsError> {
    check_text("/payment_method", payment_method.unwrap_or_default(), 255)
}

/// Whether one attempt more is too many.
pub(super) fn check_attempts(payment: &Payment) -> Result<(), PaymentsError> {
    if payment.attempts < MAX_ATTEMPTS {
        return Ok(());
    }
    Err(PaymentsError::TooManyAttempts {
        payment_id: payment.id,
        limit: MAX_ATTEMPTS,
    })
}
