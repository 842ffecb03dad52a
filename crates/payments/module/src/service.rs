//! The use cases of payments, one in each file, and what they share.

mod await_approval;
pub(crate) mod capture_payment;
mod capture_shipped;
mod contract;
pub(crate) mod decide_refund;
mod effects;
mod find_payment;
mod get_payments;
mod hear;
mod list_ledger_entries;
pub(crate) mod list_refunds;
mod list_settlements;
mod lose_attempt;
mod open_payment;
mod poll_attempt;
mod process_provider_event;
mod receive_provider_event;
mod reconcile_totals;
mod refresh_payment;
pub(crate) mod refund_payment;
mod send_attempt;
mod send_capture;
mod send_refund;
mod send_void;
mod settle;
mod settle_void;
mod start_attempt;
mod sweep;
pub(crate) mod void_payment;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use payments_contract::PaymentsError;
use tenon_kernel::{CallCtx, Caller, CursorKey, FieldError, Money, Timestamp};
use tenon_seam::SeamError;
use tenon_store::Db;

use crate::metrics::CALLS;
use crate::provider::{Outcome, PaymentProvider};
use crate::settings::PaymentsSettings;

pub(crate) use self::find_payment::{PaymentWithParts, is_staff};
pub(crate) use self::hear::Source;
pub(crate) use self::process_provider_event::Processed;
pub(crate) use self::refund_payment::NewRefund;

/// Longest reason, in characters.
const MAX_REASON: usize = 500;
/// What stays of a deadline for writing down what the provider answered.
const TIME_TO_RECORD: Duration = Duration::from_millis(500);

type Refusal = SeamError<PaymentsError>;

/// The payments module at work.
pub(crate) struct Service {
    pub(crate) db: Db,
    pub(crate) provider: Arc<dyn PaymentProvider>,
    pub(crate) settings: PaymentsSettings,
    pub(crate) cursor_key: CursorKey,
}

impl Service {
    /// Calls the provider within what is left of the caller's time, and counts the outcome.
    async fn call<T>(
        &self,
        ctx: &CallCtx,
        operation: &'static str,
        call: impl Future<Output = Outcome<T>> + Send,
    ) -> Outcome<T> {
        let outcome = match ctx.deadline.remaining() {
            None => call.await,
            Some(left) => tokio::time::timeout(left.saturating_sub(TIME_TO_RECORD), call)
                .await
                .unwrap_or_else(|_| Outcome::doubt("the caller's deadline came first")),
        };
        let class = match &outcome {
            Outcome::Succeeded(_) => "succeeded",
            Outcome::Declined(refusal) => {
                tracing::info!(operation, code = refusal.code, "the provider refused");
                "declined"
            }
            Outcome::Ambiguous(doubt) => {
                tracing::warn!(
                    operation,
                    why = doubt.why,
                    "the provider's outcome is not known"
                );
                "ambiguous"
            }
        };
        CALLS.with_label_values(&[operation, class]).inc();
        outcome
    }

    /// When a job looks after something that a request is working on.
    fn after_grace(&self, now: Timestamp) -> Timestamp {
        now + self.settings.resend_after()
    }
}

/// Whether a person does this by hand, through this module's own surface: then it is audited here.
fn is_manual(ctx: &CallCtx) -> bool {
    ctx.caller == Caller::Edge && ctx.principal.user().is_some()
}

fn refused<T>(error: PaymentsError) -> Result<T, Refusal> {
    Err(SeamError::Domain(error))
}

/// Checks an amount against the payment's.
fn check_amount(amount: Money, of: Money) -> Result<(), PaymentsError> {
    if amount.currency() != of.currency() {
        return Err(PaymentsError::CurrencyMismatch {
            expected: of.currency().to_string(),
        });
    }
    if amount.minor() <= 0 {
        return Err(PaymentsError::InvalidAmount);
    }
    Ok(())
}

/// Checks the length of a text, in characters.
fn check_text(pointer: &str, text: &str, most: usize) -> Result<(), PaymentsError> {
    if text.chars().count() <= most {
        return Ok(());
    }
    let field = FieldError::new(
        pointer,
        "too_long",
        format!("expected at most {most} characters"),
    );
    Err(PaymentsError::InvalidRequest { field })
}
