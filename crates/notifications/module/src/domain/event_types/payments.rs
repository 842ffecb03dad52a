//! Money. What staff wrote as a reason is theirs; what a buyer must do next is a way into their payment.

use payments_contract::{
    LedgerPosted, PaymentActionRequired, PaymentAttemptStarted, PaymentAuthorized,
    PaymentCaptureFailed, PaymentCaptured, PaymentDeclined, PaymentMismatch, PaymentResolved,
    PaymentUnknown, PaymentVoided, RefundApprovalRequested, RefundFailed, RefundRequested,
    RefundSucceeded,
};

use super::EventTypes;

const SOURCE: &str = "payments";

pub(super) fn name_all(list: &mut impl EventTypes) {
    list.add::<PaymentAttemptStarted>(
        SOURCE,
        &[
            "payment_id",
            "order_id",
            "attempt_id",
            "attempt_no",
            "provider",
            "amount",
        ],
        &[],
    );
    list.add::<PaymentActionRequired>(
        SOURCE,
        &["payment_id", "order_id"],
        &["next_action.kind", "next_action.url"],
    );
    list.add::<PaymentAuthorized>(
        SOURCE,
        &["payment_id", "order_id", "attempt_no", "amount"],
        &[],
    );
    list.add::<PaymentDeclined>(
        SOURCE,
        &["payment_id", "order_id", "attempt_no", "decline_class"],
        &[],
    );
    list.add::<PaymentUnknown>(SOURCE, &["payment_id", "order_id", "since"], &[]);
    list.add::<PaymentResolved>(SOURCE, &["payment_id", "order_id", "outcome"], &[]);
    list.add::<PaymentCaptured>(
        SOURCE,
        &[
            "payment_id",
            "order_id",
            "capture_id",
            "amount",
            "captured_total",
        ],
        &[],
    );
    list.add::<PaymentCaptureFailed>(
        SOURCE,
        &["payment_id", "order_id", "capture_id", "amount", "reason"],
        &[],
    );
    list.add::<PaymentVoided>(SOURCE, &["payment_id", "order_id", "amount"], &["reason"]);
    list.add::<PaymentMismatch>(
        SOURCE,
        &[
            "payment_id",
            "order_id",
            "expected",
            "reported_amount",
            "reported_currency",
        ],
        &["provider_event_id"],
    );
    list.add::<RefundApprovalRequested>(
        SOURCE,
        &[
            "refund_id",
            "payment_id",
            "order_id",
            "amount",
            "expires_at",
        ],
        &["reason", "requested_by"],
    );
    list.add::<RefundRequested>(
        SOURCE,
        &["refund_id", "payment_id", "order_id", "amount"],
        &["reason"],
    );
    list.add::<RefundSucceeded>(
        SOURCE,
        &[
            "refund_id",
            "payment_id",
            "order_id",
            "amount",
            "refunded_total",
        ],
        &["reason"],
    );
    list.add::<RefundFailed>(
        SOURCE,
        &["refund_id", "payment_id", "order_id", "amount", "failure"],
        &["reason"],
    );
    list.add::<LedgerPosted>(
        SOURCE,
        &[
            "entry_id",
            "payment_id",
            "order_id",
            "entry_kind",
            "debits.account",
            "debits.amount",
            "credits.account",
            "credits.amount",
        ],
        &[],
    );
}
