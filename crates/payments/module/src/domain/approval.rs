//! Four eyes: which refunds a second person must approve, and how that ended (OWASP ASVS 5.0, 2.3.5).

use payments_contract::UserRef;
use tenon_kernel::{Money, Timestamp};

use super::operation::{OperationStatus, Refund};

words! {
    /// Where the approval of a refund stands.
    ApprovalState {
        /// Nobody decided yet.
        Awaiting = "awaiting",
        /// Somebody else approved.
        Approved = "approved",
        /// Somebody said no, or who asked for it took it back.
        Rejected = "rejected",
        /// Nobody decided in time.
        Expired = "expired",
        /// The payment was undone, or the provider gave the money back by itself.
        Undone = "undone",
    }
}

/// The approval that a refund needs or needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Approval {
    pub(crate) state: ApprovalState,
    /// Until when somebody may decide.
    pub(crate) expires_at: Timestamp,
    pub(crate) decided_by: Option<UserRef>,
    pub(crate) decided_at: Option<Timestamp>,
    /// In the words of who decided.
    pub(crate) note: Option<String>,
}

impl ApprovalState {
    /// Why the refund failed, for those that end it.
    pub(crate) const fn failure(self) -> &'static str {
        match self {
            Self::Expired => "approval_expired",
            Self::Undone => "payment_undone",
            Self::Awaiting | Self::Approved | Self::Rejected => "approval_rejected",
        }
    }
}

impl Approval {
    /// One that waits until `expires_at`.
    pub(crate) fn awaited(expires_at: Timestamp) -> Self {
        Self {
            state: ApprovalState::Awaiting,
            expires_at,
            decided_by: None,
            decided_at: None,
            note: None,
        }
    }

    /// Ends it.
    pub(crate) fn decide(
        &mut self,
        state: ApprovalState,
        by: Option<UserRef>,
        at: Timestamp,
        note: Option<String>,
    ) {
        self.state = state;
        self.decided_by = by;
        self.decided_at = Some(at);
        self.note = note;
    }
}

/// Whether a refund that a person asks for needs a second one: it does if persons give back more than `limit` of one
/// payment alone. What was approved does not count; what failed does not either.
///
/// All parts count together, so that a large refund in small parts is a large refund.
pub(crate) fn needs_approval(limit: i64, amount: Money, earlier: &[Refund]) -> bool {
    let alone: i128 = earlier
        .iter()
        .filter(|refund| refund.requested_by.is_some() && refund.approval.is_none())
        .filter(|refund| refund.progress.status != OperationStatus::Failed)
        .map(|refund| i128::from(refund.amount.minor()))
        .sum();
    alone + i128::from(amount.minor()) > i128::from(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operation::Progress;
    use proptest::prelude::*;
    use tenon_kernel::Env;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().expect("known")).expect("in range")
    }

    fn refund(amount: i64, by_person: bool, approved: bool, status: OperationStatus) -> Refund {
        let env = Env::system();
        let mut progress = Progress::new(Timestamp::EPOCH);
        progress.status = status;
        let mut approval = Approval::awaited(Timestamp::EPOCH);
        approval.state = ApprovalState::Approved;
        Refund {
            id: env.new_id(),
            payment_id: env.new_id(),
            attempt_id: env.new_id(),
            amount: eur(amount),
            reason: String::new(),
            progress,
            requested_by: by_person.then(|| env.new_id()),
            approval: approved.then_some(approval),
            created_at: Timestamp::EPOCH,
        }
    }

    #[test]
    fn the_limit_itself_needs_nobody() {
        assert!(!needs_approval(1_000, eur(1_000), &[]));
        assert!(needs_approval(1_000, eur(1_001), &[]));
        assert!(needs_approval(0, eur(1), &[]), "a limit of nothing");
    }

    #[test]
    fn only_what_persons_gave_back_alone_counts() {
        use OperationStatus::{Failed, Succeeded};
        let earlier = [
            refund(900, false, false, Succeeded),
            refund(900, true, true, Succeeded),
            refund(900, true, false, Failed),
        ];
        assert!(!needs_approval(1_000, eur(1_000), &earlier));
        let alone = [refund(600, true, false, Succeeded)];
        assert!(!needs_approval(1_000, eur(400), &alone));
        assert!(needs_approval(1_000, eur(401), &alone));
    }

    proptest! {
        #[test]
        fn nobody_gives_back_more_than_the_limit_alone(
            limit in 0_i64..10_000, parts in proptest::collection::vec(1_i64..3_000, 1..20),
        ) {
            let mut given: Vec<Refund> = Vec::new();
            for part in parts {
                if !needs_approval(limit, eur(part), &given) {
                    given.push(refund(part, true, false, OperationStatus::ToSend));
                }
            }
            let alone: i64 = given.iter().map(|refund| refund.amount.minor()).sum();
            prop_assert!(alone <= limit);
        }
    }
}
