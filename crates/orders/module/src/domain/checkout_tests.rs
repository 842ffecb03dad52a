//! Every payment status has its meaning, in time and too late.

use payments_contract::{OrderRef, PaymentId};
use tenon_kernel::Env;

use super::*;

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().expect("known")).expect("in range")
}

fn payment(status: PaymentStatus, authorized: i64) -> Payment {
    let env = Env::system();
    let (payment_id, order_id): (PaymentId, OrderRef) = (env.new_id(), env.new_id());
    Payment {
        payment_id,
        order_id,
        status,
        amount: eur(100),
        authorized: eur(authorized),
        captured: eur(0),
        refunded: eur(0),
        next_action: None,
        decline: None,
        attempts: 1,
        void_requested: false,
        version: 1,
    }
}

#[test]
fn each_status_has_one_meaning_in_time_and_one_too_late() {
    use CheckoutStatus::{PaymentDeclined, Processing, RequiresAction};
    use Verdict::{Extend, Place, Undo, Wait};
    let table = [
        (PaymentStatus::Pending, Wait(Processing), Extend),
        (PaymentStatus::Unknown, Wait(Processing), Extend),
        (
            PaymentStatus::RequiresAction,
            Wait(RequiresAction),
            Undo(CancelReason::Expired),
        ),
        (
            PaymentStatus::Declined,
            Wait(PaymentDeclined),
            Undo(CancelReason::Expired),
        ),
        (PaymentStatus::Authorized, Place, Place),
        (PaymentStatus::Captured, Place, Place),
        (
            PaymentStatus::Voided,
            Undo(CancelReason::PaymentFailed),
            Undo(CancelReason::PaymentFailed),
        ),
        (
            PaymentStatus::Refunded,
            Undo(CancelReason::PaymentFailed),
            Undo(CancelReason::PaymentFailed),
        ),
        (
            PaymentStatus::Failed,
            Undo(CancelReason::PaymentFailed),
            Undo(CancelReason::PaymentFailed),
        ),
        (
            PaymentStatus::Unrecognized,
            Wait(Processing),
            Wait(Processing),
        ),
    ];
    for (status, in_time, too_late) in table {
        assert_eq!(
            judge(&payment(status, 100), eur(100), false),
            in_time,
            "{status:?} in time"
        );
        assert_eq!(
            judge(&payment(status, 100), eur(100), true),
            too_late,
            "{status:?} too late"
        );
    }
}

#[test]
fn only_exactly_the_total_is_enough() {
    for authorized in [99, 101, 0] {
        let verdict = judge(
            &payment(PaymentStatus::Authorized, authorized),
            eur(100),
            false,
        );
        assert_eq!(
            verdict,
            Verdict::Undo(CancelReason::PaymentMismatch),
            "{authorized}"
        );
    }
    let other_total = judge(&payment(PaymentStatus::Authorized, 100), eur(120), false);
    assert_eq!(other_total, Verdict::Undo(CancelReason::PaymentMismatch));
}

#[test]
fn a_payment_that_is_being_undone_places_nothing() {
    let payment = Payment {
        void_requested: true,
        ..payment(PaymentStatus::Authorized, 100)
    };
    assert_eq!(
        judge(&payment, eur(100), false),
        Verdict::Undo(CancelReason::PaymentFailed)
    );
}

#[test]
fn stored_names_are_read_back() {
    for status in CheckoutStatus::ALL {
        assert_eq!(CheckoutStatus::parse(status.as_str()), Some(status));
    }
    for step in Step::ALL {
        assert_eq!(Step::parse(step.as_str()), Some(step));
    }
}
