//! What crosses the seam survives it, and newer peers are understood.

use payments_contract::{Payment, PaymentId, PaymentStatus, PaymentsError, RefundStatus};
use serde_json::{Value, json};
use tenon_kernel::{FieldError, Money, ServiceError as _};
use tenon_seam::Event;

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().expect("known")).expect("in range")
}

fn id<K: tenon_kernel::IdKind>() -> tenon_kernel::Id<K> {
    let text = format!("{}_01k5x2m8q4e7t9r3w6y1z0a5bc", K::PREFIX);
    text.parse().expect("an id")
}

fn errors() -> Vec<PaymentsError> {
    let (payment_id, refund_id, status) = (id(), id(), PaymentStatus::Voided);
    vec![
        PaymentsError::NotFound { payment_id },
        PaymentsError::RefundNotFound { refund_id },
        PaymentsError::PaymentExists { payment_id },
        PaymentsError::RefundExists { refund_id },
        PaymentsError::AttemptOpen { payment_id, status },
        PaymentsError::TooManyAttempts {
            payment_id,
            limit: 20,
        },
        PaymentsError::PaymentClosed { payment_id, status },
        PaymentsError::NotCapturable { payment_id, status },
        PaymentsError::CaptureExceedsAuthorized { capturable: eur(5) },
        PaymentsError::RefundExceedsCaptured { refundable: eur(5) },
        PaymentsError::CurrencyMismatch {
            expected: "EUR".to_owned(),
        },
        PaymentsError::InvalidAmount,
        PaymentsError::InvalidRequest {
            field: FieldError::new("/reason", "too_long", "too long"),
        },
        PaymentsError::TooManyIds { limit: 200 },
        PaymentsError::InvalidCursor,
        PaymentsError::UnknownProvider,
        PaymentsError::BadSignature,
        PaymentsError::UnreadableEvent,
        PaymentsError::Unknown,
    ]
}

#[test]
fn every_error_survives_the_seam() {
    for error in errors() {
        let text = serde_json::to_string(&error).expect("it is written");
        assert_eq!(
            serde_json::from_str::<PaymentsError>(&text).expect("it is read"),
            error,
            "{text}"
        );
    }
}

#[test]
fn every_error_has_a_code_of_its_own_and_a_page() {
    let mut codes: Vec<&str> = errors().iter().map(PaymentsError::code).collect();
    for code in &codes {
        let page = format!(
            "{}/../../../docs/errors/{code}.md",
            env!("CARGO_MANIFEST_DIR")
        );
        let page = std::fs::read_to_string(page).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert!(page.contains(&format!("`{code}`")), "{code}");
    }
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), errors().len());
}

#[test]
fn words_of_a_newer_peer_are_understood_as_unrecognized() {
    let error: PaymentsError =
        serde_json::from_value(json!({ "code": "moon_phase", "moon": 1 })).expect("read");
    assert_eq!(error, PaymentsError::Unknown);
    let status: PaymentStatus = serde_json::from_value(json!("half_paid")).expect("read");
    assert_eq!(status, PaymentStatus::Unrecognized);
    // `unknown` is a status of its own: nobody can say yet.
    let status: PaymentStatus = serde_json::from_value(json!("unknown")).expect("read");
    assert_eq!(status, PaymentStatus::Unknown);
    let status: RefundStatus = serde_json::from_value(json!("asleep")).expect("read");
    assert_eq!(status, RefundStatus::Unrecognized);
}

#[test]
fn members_of_a_newer_peer_are_left_aside() {
    let payment_id: PaymentId = id();
    let payment: Payment = serde_json::from_value(json!({
        "payment_id": payment_id, "order_id": "ord_01k5x2m8q4e7t9r3w6y1z0a5bc", "status": "captured",
        "amount": eur(5), "authorized": eur(5), "captured": eur(5), "refunded": eur(0), "attempts": 1, "version": 3,
        "mood": "good",
    }))
    .expect("it is read");
    assert_eq!(
        (payment.payment_id, payment.void_requested),
        (payment_id, false)
    );
}

#[test]
fn facts_about_a_payment_and_its_refunds_have_one_subject() {
    let (payment_id, order_id) = (id(), id());
    let captured = payments_contract::PaymentCaptured {
        payment_id,
        order_id,
        capture_id: id(),
        amount: eur(5),
        captured_total: eur(5),
    };
    let refunded = payments_contract::RefundSucceeded {
        refund_id: id(),
        payment_id,
        order_id,
        amount: eur(5),
        refunded_total: eur(5),
        reason: "broken".to_owned(),
    };
    assert_eq!(captured.subject(), refunded.subject());
    let data = serde_json::to_value(&refunded).expect("it is written");
    assert_eq!(data["order_id"], Value::from(order_id.to_string()));
}
