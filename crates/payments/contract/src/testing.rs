//! A scriptable fake of [`crate::Payments`], for tests of the modules that call it.

mod answers;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};

use tenon_kernel::Money;
use tenon_seam::{SeamError, SeamFault};

use crate::{
    CapturePayment, DeclineClass, NextAction, NextActionKind, OpenPayment, Payment, PaymentId,
    PaymentStatus, PaymentsError, RefreshPayment, Refund, RefundId, RefundPayment, RefundStatus,
    StartAttempt, VoidPayment,
};

/// What the imagined provider does with an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Promises the amount.
    Authorize,
    /// Refuses.
    Decline(DeclineClass),
    /// Sends the buyer to a page.
    RequireAction,
    /// Nobody can say.
    Unknown,
    /// Has not answered yet.
    Pending,
    /// Reports another amount: the payment fails for good.
    Mismatch,
}

/// A command that the fake received.
#[derive(Debug, Clone)]
pub enum Call {
    /// [`crate::Payments::open_payment`]
    Open(OpenPayment),
    /// [`crate::Payments::start_attempt`]
    StartAttempt(StartAttempt),
    /// [`crate::Payments::refresh_payment`]
    Refresh(RefreshPayment),
    /// [`crate::Payments::capture_payment`]
    Capture(CapturePayment),
    /// [`crate::Payments::void_payment`]
    Void(VoidPayment),
    /// [`crate::Payments::refund_payment`]
    Refund(RefundPayment),
}

/// Payments in memory, with the provider's behaviour chosen by payment method.
///
/// Out of the box `pm_success` is authorised, `pm_declined` declined, `pm_3ds` and no method at all require
/// action, `pm_timeout` and `pm_timeout_not_charged` are unknown, `pm_wrong_amount` mismatches; any other method
/// is authorised. [`FakePayments::resolve`] plays the buyer, the provider or the poller.
#[derive(Debug, Default)]
pub struct FakePayments(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    script: HashMap<Option<String>, Outcome>,
    rows: BTreeMap<PaymentId, Row>,
    tombstones: BTreeMap<PaymentId, String>,
    refunds: BTreeMap<RefundId, Refund>,
    refund_status: Option<RefundStatus>,
    calls: Vec<Call>,
    faults: Vec<SeamFault>,
}

#[derive(Debug)]
struct Row {
    opened: OpenPayment,
    payment: Payment,
}

impl FakePayments {
    /// Makes one without payments.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses what happens to attempts with this payment method from now on.
    pub fn script(&self, payment_method: Option<&str>, outcome: Outcome) {
        self.state()
            .script
            .insert(payment_method.map(str::to_owned), outcome);
    }

    /// Chooses how refunds stand that are asked for from now on: money moves with [`RefundStatus::Succeeded`] only.
    pub fn answer_refunds(&self, status: RefundStatus) {
        self.state().refund_status = Some(status);
    }

    /// Makes the next command fail with this fault, before it has any effect. Several add up.
    pub fn fail_next(&self, fault: SeamFault) {
        self.state().faults.push(fault);
    }

    /// Decides an attempt that is in motion: what the buyer did, or what the poller found out.
    ///
    /// # Panics
    ///
    /// If there is no such payment.
    pub fn resolve(&self, payment_id: PaymentId, outcome: Outcome) -> Payment {
        let mut state = self.state();
        let row = state
            .rows
            .get_mut(&payment_id)
            .expect("the payment was opened");
        row.apply(outcome);
        row.payment.clone()
    }

    /// Takes the money of an authorised payment, as the module does by itself for [`crate::CaptureMode::Immediate`].
    ///
    /// # Panics
    ///
    /// If there is no such payment.
    pub fn capture_all(&self, payment_id: PaymentId) -> Payment {
        let mut state = self.state();
        let row = state
            .rows
            .get_mut(&payment_id)
            .expect("the payment was opened");
        row.capture(row.payment.authorized);
        row.payment.clone()
    }

    /// Returns a payment as it is.
    pub fn payment(&self, payment_id: PaymentId) -> Option<Payment> {
        self.state()
            .rows
            .get(&payment_id)
            .map(|row| row.payment.clone())
    }

    /// Returns all payments, oldest first.
    pub fn payments(&self) -> Vec<Payment> {
        self.state()
            .rows
            .values()
            .map(|row| row.payment.clone())
            .collect()
    }

    /// Returns all refunds, oldest first.
    pub fn refunds(&self) -> Vec<Refund> {
        self.state().refunds.values().cloned().collect()
    }

    /// Returns how a payment was opened.
    pub fn opened(&self, payment_id: PaymentId) -> Option<OpenPayment> {
        self.state()
            .rows
            .get(&payment_id)
            .map(|row| row.opened.clone())
    }

    /// Says whether a payment was voided before it existed.
    pub fn is_tombstoned(&self, payment_id: PaymentId) -> bool {
        self.state().tombstones.contains_key(&payment_id)
    }

    /// Returns the commands received so far, repeats and refused ones too.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .lock()
            .expect("no test panics while it holds the fake")
    }

    fn receive(&self, call: Call) -> Result<MutexGuard<'_, State>, SeamFault> {
        let mut state = self.state();
        state.calls.push(call);
        if state.faults.is_empty() {
            Ok(state)
        } else {
            Err(state.faults.remove(0))
        }
    }
}

impl State {
    fn outcome_of(&self, payment_method: Option<&String>) -> Outcome {
        if let Some(scripted) = self.script.get(&payment_method.cloned()) {
            return *scripted;
        }
        match payment_method.map(String::as_str) {
            Some("pm_declined") => Outcome::Decline(DeclineClass::Declined),
            None | Some("pm_3ds") => Outcome::RequireAction,
            Some("pm_timeout" | "pm_timeout_not_charged") => Outcome::Unknown,
            Some("pm_wrong_amount") => Outcome::Mismatch,
            Some(_) => Outcome::Authorize,
        }
    }

    fn row(&mut self, payment_id: PaymentId) -> Result<&mut Row, SeamError<PaymentsError>> {
        self.rows
            .get_mut(&payment_id)
            .ok_or(SeamError::Domain(PaymentsError::NotFound { payment_id }))
    }
}

impl Row {
    fn apply(&mut self, outcome: Outcome) {
        let payment = &mut self.payment;
        payment.version += 1;
        payment.next_action = None;
        payment.decline = None;
        payment.status = match outcome {
            Outcome::Authorize => {
                payment.authorized = payment.amount;
                PaymentStatus::Authorized
            }
            Outcome::Decline(class) => {
                payment.decline = Some(class);
                PaymentStatus::Declined
            }
            Outcome::RequireAction => {
                let url = format!("https://pay.example/{}", payment.payment_id);
                payment.next_action = Some(NextAction {
                    kind: NextActionKind::Redirect,
                    url,
                });
                PaymentStatus::RequiresAction
            }
            Outcome::Unknown => PaymentStatus::Unknown,
            Outcome::Pending => PaymentStatus::Pending,
            Outcome::Mismatch => PaymentStatus::Failed,
        };
        if payment.void_requested {
            self.undo();
        }
    }

    fn undo(&mut self) {
        let payment = &mut self.payment;
        payment.version += 1;
        if payment.status.is_in_motion() {
            payment.void_requested = true;
            return;
        }
        payment.void_requested = false;
        if payment.captured.minor() > 0 {
            payment.refunded = payment.captured;
            payment.status = PaymentStatus::Refunded;
        } else {
            payment.authorized = Money::zero(payment.amount.currency());
            payment.status = PaymentStatus::Voided;
        }
    }

    fn capture(&mut self, amount: Money) {
        let payment = &mut self.payment;
        payment.version += 1;
        payment.captured = payment
            .captured
            .checked_add(amount)
            .expect("a test's amounts are small");
        payment.status = PaymentStatus::Captured;
    }
}
