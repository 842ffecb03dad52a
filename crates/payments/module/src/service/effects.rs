//! Carries out what must follow a change, in its transaction: events, ledger, and the next calls to the provider.

use payments_contract::{
    CaptureId, LedgerPosted, LedgerSide, NextAction, NextActionKind, PaymentActionRequired,
    PaymentAuthorized, PaymentDeclined, PaymentMismatch, PaymentResolved, PaymentUnknown,
    PaymentVoided, RefundId, RefundRequested, UserRef,
};
use tenon_events::Emit as _;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::{Money, Timestamp};
use tenon_store::{StoreError, Tx};
use uuid::Uuid;

use super::Service;
use crate::domain::attempt::Attempt;
use crate::domain::ledger::{self, EntryKind};
use crate::domain::operation::{Capture, Progress, Refund, Void};
use crate::domain::payment::Payment;
use crate::domain::transition::Effect;
use crate::jobs::{SendCapture, SendRefund, SendVoid};
use crate::store;

/// When an operation is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Send {
    /// By a job, now.
    ByJob,
    /// By the caller, after the commit; a job looks after it.
    ByCaller,
}

impl Service {
    /// Carries out effects in order. `event` is the provider's event that led to them.
    pub(super) async fn perform(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        attempt: &Attempt,
        effects: Vec<Effect>,
        event: Option<&str>,
    ) -> Result<(), StoreError> {
        for effect in effects {
            match effect {
                Effect::Post { kind, amount } => {
                    self.post(tx, payment, kind, attempt.id.uuid(), amount)
                        .await?;
                }
                Effect::Capture => {
                    let id = attempt.id.derive("capture");
                    self.record_capture(tx, payment, attempt, id, 1, payment.amount, Send::ByJob)
                        .await?;
                }
                Effect::Release { reason } => self.record_void(tx, attempt, reason).await?,
                saying => say(tx, payment, attempt, saying, event).await?,
            }
        }
        Ok(())
    }

    /// Posts a fact to the ledger and says so. `source` is what it is about.
    pub(super) async fn post(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        kind: EntryKind,
        source: Uuid,
        amount: Money,
    ) -> Result<(), StoreError> {
        let transfers = ledger::transfers(kind, &payment.provider, amount);
        let entry_id = store::ledger::post(tx, payment, kind, source, &transfers).await?;
        let (debits, credits) = transfers
            .into_iter()
            .map(|transfer| {
                let amount = transfer.amount;
                (
                    LedgerSide {
                        account: transfer.debit,
                        amount,
                    },
                    LedgerSide {
                        account: transfer.credit,
                        amount,
                    },
                )
            })
            .unzip();
        let posted = LedgerPosted {
            entry_id,
            payment_id: payment.id,
            order_id: payment.order_id,
            entry_kind: kind.as_str().to_owned(),
            debits,
            credits,
        };
        tx.emit(&posted).await?;
        Ok(())
    }

    /// Records a capture that is about to be sent.
    #[expect(clippy::too_many_arguments, reason = "each names a column of the row")]
    pub(super) async fn record_capture(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        attempt: &Attempt,
        id: CaptureId,
        number: u32,
        amount: Money,
        send: Send,
    ) -> Result<Capture, StoreError> {
        let now = tx.now();
        let progress = Progress::new(self.after_grace(now));
        let capture = Capture {
            id,
            payment_id: payment.id,
            attempt_id: attempt.id,
            number,
            amount,
            progress,
            created_at: now,
        };
        store::captures::insert(tx, &capture).await?;
        tx.enqueue(
            &SendCapture { capture_id: id },
            self.options(id.to_string(), now, send),
        )
        .await?;
        Ok(capture)
    }

    /// Records a refund that is about to be sent, and says so.
    pub(super) async fn record_refund(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        attempt: &Attempt,
        (id, amount, reason, requested_by): (RefundId, Money, String, Option<UserRef>),
        send: Send,
    ) -> Result<Refund, StoreError> {
        let now = tx.now();
        let refund = Refund {
            id,
            payment_id: payment.id,
            attempt_id: attempt.id,
            amount,
            reason,
            progress: Progress::new(self.after_grace(now)),
            requested_by,
            approval: None,
            created_at: now,
        };
        store::refunds::insert(tx, &refund).await?;
        self.say_refund(tx, payment, &refund, send).await?;
        Ok(refund)
    }

    /// Says that a recorded refund is about to be sent; a job looks after it.
    pub(super) async fn say_refund(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        refund: &Refund,
        send: Send,
    ) -> Result<(), StoreError> {
        tx.emit(&RefundRequested {
            refund_id: refund.id,
            payment_id: payment.id,
            order_id: payment.order_id,
            amount: refund.amount,
            reason: refund.reason.clone(),
        })
        .await?;
        let options = self.options(refund.id.to_string(), tx.now(), send);
        let job = SendRefund {
            refund_id: refund.id,
        };
        tx.enqueue(&job, options).await?;
        Ok(())
    }

    /// Records that an attempt is to be voided; a job tells the provider.
    async fn record_void(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        reason: String,
    ) -> Result<(), StoreError> {
        let now = tx.now();
        let progress = Progress::new(self.after_grace(now));
        let void = Void {
            attempt_id: attempt.id,
            payment_id: attempt.payment_id,
            reason,
            progress,
        };
        if store::voids::insert(tx, &void).await? || store::voids::renew(tx, &void).await? {
            let job = SendVoid {
                attempt_id: attempt.id,
            };
            tx.enqueue(&job, self.options(attempt.id.to_string(), now, Send::ByJob))
                .await?;
        }
        Ok(())
    }

    fn options(&self, key: String, now: Timestamp, send: Send) -> JobOptions {
        let run_at = match send {
            Send::ByJob => None,
            Send::ByCaller => Some(self.after_grace(now)),
        };
        JobOptions {
            run_at,
            unique_key: Some(key),
        }
    }
}

/// Says what happened.
async fn say(
    tx: &mut Tx<'_>,
    payment: &Payment,
    attempt: &Attempt,
    effect: Effect,
    event: Option<&str>,
) -> Result<(), StoreError> {
    let (payment_id, order_id, attempt_no) = (payment.id, payment.order_id, attempt.number);
    match effect {
        Effect::Resolved => {
            tx.emit(&PaymentResolved {
                payment_id,
                order_id,
                outcome: payment.status(),
            })
            .await?;
        }
        Effect::ActionRequired { url } => {
            let next_action = NextAction {
                kind: NextActionKind::Redirect,
                url,
            };
            tx.emit(&PaymentActionRequired {
                payment_id,
                order_id,
                next_action,
            })
            .await?;
        }
        Effect::Authorized => {
            tx.emit(&PaymentAuthorized {
                payment_id,
                order_id,
                attempt_no,
                amount: payment.authorized,
            })
            .await?;
        }
        Effect::Declined { class } => {
            tx.emit(&PaymentDeclined {
                payment_id,
                order_id,
                attempt_no,
                decline_class: class,
            })
            .await?;
        }
        Effect::Doubted => {
            let since = payment.current.unknown_since.unwrap_or_else(|| tx.now());
            tx.emit(&PaymentUnknown {
                payment_id,
                order_id,
                since,
            })
            .await?;
        }
        Effect::Mismatch { amount, currency } => {
            tracing::error!(
                payment.id = %payment_id, attempt.id = %attempt.id, expected = %payment.amount, amount, currency,
                "the provider reports the wrong money"
            );
            let mismatch = PaymentMismatch {
                payment_id,
                order_id,
                expected: payment.amount,
                reported_amount: amount,
                reported_currency: currency,
                provider_event_id: event.map(str::to_owned),
            };
            tx.emit(&mismatch).await?;
        }
        Effect::Voided { amount, reason } => {
            tx.emit(&PaymentVoided {
                payment_id,
                order_id,
                amount,
                reason,
            })
            .await?;
        }
        Effect::Post { .. } | Effect::Capture | Effect::Release { .. } => {}
    }
    Ok(())
}
