//! A payment as a whole: what its money allows, and the one word that says where it stands.

use payments_contract::{
    AttemptId, CaptureMode, DeclineClass, NextAction, NextActionKind, OrderRef, Payment as View,
    PaymentId, PaymentStatus, Settlement, UserRef,
};
use tenon_kernel::{Money, Timestamp};

use super::attempt::AttemptState;
use super::operation::{Capture, Refund};

/// One amount for one order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) order_id: OrderRef,
    pub(crate) customer_id: Option<UserRef>,
    pub(crate) provider: String,
    pub(crate) amount: Money,
    pub(crate) capture_mode: CaptureMode,
    pub(crate) return_url: Option<String>,
    /// How many attempts there were; the last one decides while nothing is authorised.
    pub(crate) attempts: u32,
    pub(crate) current: Current,
    /// The attempt whose money this payment counts.
    pub(crate) winner: Option<AttemptId>,
    pub(crate) authorized: Money,
    pub(crate) captured: Money,
    pub(crate) refunded: Money,
    /// The wrong money was reported: nothing can come of this payment.
    pub(crate) failed: bool,
    pub(crate) void: Option<VoidIntent>,
    pub(crate) voided_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What is known of the last attempt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Current {
    pub(crate) state: AttemptState,
    pub(crate) next_action_url: Option<String>,
    pub(crate) decline_class: Option<DeclineClass>,
    pub(crate) unknown_since: Option<Timestamp>,
}

/// The wish to undo a payment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VoidIntent {
    pub(crate) at: Timestamp,
    pub(crate) reason: String,
}

impl Current {
    /// An attempt that was just recorded.
    pub(crate) fn new() -> Self {
        Self {
            state: AttemptState::ToSend,
            next_action_url: None,
            decline_class: None,
            unknown_since: None,
        }
    }
}

impl Payment {
    /// Where it stands, from everything that is known.
    pub(crate) fn status(&self) -> PaymentStatus {
        if self.captured.minor() > 0 {
            return match self.refunded.minor() {
                0 => PaymentStatus::Captured,
                refunded if refunded == self.captured.minor() => PaymentStatus::Refunded,
                _ => PaymentStatus::PartiallyRefunded,
            };
        }
        if self.failed {
            return PaymentStatus::Failed;
        }
        if self.voided_at.is_some() {
            return PaymentStatus::Voided;
        }
        if self.authorized.minor() > 0 {
            return PaymentStatus::Authorized;
        }
        match self.current.state {
            // An attempt that is let go while another may follow, or before the void is complete.
            AttemptState::ToSend | AttemptState::Processing | AttemptState::Releasing => {
                PaymentStatus::Pending
            }
            AttemptState::RequiresAction => PaymentStatus::RequiresAction,
            AttemptState::Unknown => PaymentStatus::Unknown,
            AttemptState::Authorized => PaymentStatus::Authorized,
            AttemptState::Declined | AttemptState::Voided | AttemptState::Lost => {
                PaymentStatus::Declined
            }
        }
    }

    /// Whether money of one more attempt would be welcome.
    pub(crate) fn wants_money(&self) -> bool {
        self.winner.is_none() && self.void.is_none() && !self.failed && self.voided_at.is_none()
    }

    /// Whether money of an attempt that was called off would be taken note of: nothing else has paid, and what was
    /// wanted undone is undone. Whoever asked for the payment then decides anew.
    pub(crate) fn takes_late_money(&self) -> bool {
        let undoing = self.void.is_some() && self.voided_at.is_none();
        self.winner.is_none() && !self.failed && !undoing
    }

    /// What of a total is not yet used by `used` and `pending`.
    fn left(&self, total: Money, used: Money, pending: i64) -> Money {
        let left = total
            .minor()
            .saturating_sub(used.minor())
            .saturating_sub(pending)
            .max(0);
        Money::new(left, self.amount.currency()).expect("a part of a valid amount is valid")
    }

    /// The attempt that money can be taken from now.
    pub(crate) fn capturable_from(&self) -> Option<AttemptId> {
        self.winner
            .filter(|_| self.authorized.minor() > 0 && self.void.is_none())
    }

    /// What is authorised and neither captured nor being captured.
    pub(crate) fn capturable(&self, captures: &[Capture]) -> Money {
        let of_winner = captures
            .iter()
            .filter(|capture| self.winner == Some(capture.attempt_id));
        let open = of_winner.filter(|capture| capture.progress.status.is_open());
        self.left(
            self.authorized,
            self.captured,
            open.map(|capture| capture.amount.minor()).sum(),
        )
    }

    /// What is captured and neither refunded nor being refunded.
    pub(crate) fn refundable(&self, refunds: &[Refund]) -> Money {
        let of_winner = refunds
            .iter()
            .filter(|refund| self.winner == Some(refund.attempt_id));
        let open = of_winner.filter(|refund| refund.progress.status.is_open());
        self.left(
            self.captured,
            self.refunded,
            open.map(|refund| refund.amount.minor()).sum(),
        )
    }

    /// Whether more is given back, or promised back, than was taken.
    pub(crate) fn is_overdrawn(&self, refunds: &[Refund]) -> bool {
        let open: i128 = refunds
            .iter()
            .filter(|refund| self.winner == Some(refund.attempt_id))
            .filter(|refund| refund.progress.status.is_open())
            .map(|refund| i128::from(refund.amount.minor()))
            .sum();
        i128::from(self.refunded.minor()) + open > i128::from(self.captured.minor())
    }

    /// What other modules see.
    pub(crate) fn view(&self) -> View {
        let status = self.status();
        let next_action = self
            .current
            .next_action_url
            .clone()
            .filter(|_| status == PaymentStatus::RequiresAction)
            .map(|url| NextAction {
                kind: NextActionKind::Redirect,
                url,
            });
        View {
            payment_id: self.id,
            order_id: self.order_id,
            status,
            amount: self.amount,
            authorized: self.authorized,
            captured: self.captured,
            refunded: self.refunded,
            next_action,
            decline: self
                .current
                .decline_class
                .filter(|_| status == PaymentStatus::Declined),
            attempts: self.attempts,
            void_requested: self.void.is_some()
                && self.voided_at.is_none()
                && status != PaymentStatus::Refunded,
            version: self.version,
        }
    }

    /// What reconciliation sees.
    pub(crate) fn settlement(&self) -> Settlement {
        Settlement {
            payment_id: self.id,
            order_id: self.order_id,
            status: self.status(),
            authorized: self.authorized,
            captured: self.captured,
            refunded: self.refunded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().expect("known")).expect("in range")
    }

    fn payment(state: AttemptState) -> Payment {
        Payment {
            id: PaymentId::from_uuid(uuid::Uuid::nil()),
            order_id: OrderRef::from_uuid(uuid::Uuid::nil()),
            customer_id: None,
            provider: "simulator".to_owned(),
            amount: eur(1_000),
            capture_mode: CaptureMode::Immediate,
            return_url: None,
            attempts: 1,
            current: Current {
                state,
                next_action_url: None,
                decline_class: None,
                unknown_since: None,
            },
            winner: None,
            authorized: eur(0),
            captured: eur(0),
            refunded: eur(0),
            failed: false,
            void: None,
            voided_at: None,
            version: 1,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
        }
    }

    proptest! {
        #[test]
        fn only_authorised_money_counts_as_paid(
            state in select(AttemptState::ALL.to_vec()), captured in 0_i64..1_000, failed: bool,
        ) {
            let mut payment = payment(state);
            payment.failed = failed;
            payment.captured = eur(captured);
            if payment.status().is_paid() {
                prop_assert!(captured > 0 || state == AttemptState::Authorized);
            }
        }
    }

    #[test]
    fn a_payment_with_a_winner_or_a_void_wants_no_more_money() {
        let mut won = payment(AttemptState::Authorized);
        assert!(won.wants_money());
        won.winner = Some(AttemptId::from_uuid(uuid::Uuid::nil()));
        assert!(!won.wants_money());
        let mut void = payment(AttemptState::Unknown);
        void.void = Some(VoidIntent {
            at: Timestamp::EPOCH,
            reason: "expired".to_owned(),
        });
        assert!(!void.wants_money());
    }
}
