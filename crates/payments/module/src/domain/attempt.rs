//! An attempt at a payment, and the total function that says what a provider's report does to it.

use payments_contract::{AttemptId, DeclineClass, PaymentId};
use tenon_kernel::{Money, Timestamp};

words! {
    /// Where an attempt stands.
    AttemptState {
        /// Recorded; whether the provider got it, nobody knows yet.
        ToSend = "to_send",
        /// The provider works on it.
        Processing = "processing",
        /// The buyer must act.
        RequiresAction = "requires_action",
        /// The provider was asked and no answer came.
        Unknown = "unknown",
        /// The provider promised the money, and it is wanted.
        Authorized = "authorized",
        /// The provider refused for good.
        Declined = "declined",
        /// What the provider holds or may still get is not wanted: it is being let go.
        Releasing = "releasing",
        /// Nothing is held and nothing can come any more.
        Voided = "voided",
        /// The provider never got it, and it will not be sent again.
        Lost = "lost",
    }
}

/// One try to get the money.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attempt {
    pub(crate) id: AttemptId,
    pub(crate) payment_id: PaymentId,
    pub(crate) number: u32,
    pub(crate) payment_method: Option<String>,
    pub(crate) state: AttemptState,
    /// The provider's own id, once known.
    pub(crate) provider_ref: Option<String>,
    /// The newest of the provider's reports taken so far: older ones say nothing new.
    pub(crate) revision: i64,
    /// Whether its authorisation stands in the ledger.
    pub(crate) posted: bool,
    pub(crate) next_action_url: Option<String>,
    pub(crate) decline_class: Option<DeclineClass>,
    pub(crate) decline_code: Option<String>,
    /// How often the provider was asked about it.
    pub(crate) polls: u32,
    /// When it will be asked again; present while the attempt is in motion.
    pub(crate) next_poll_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// What the provider says about an attempt, freed of everything that does not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    /// It works on it.
    Processing,
    /// The buyer must act.
    ActionRequired,
    /// It holds exactly the amount that was asked for.
    Authorized,
    /// It holds another amount, or another currency.
    AuthorizedOther,
    /// It refused for good.
    Declined,
    /// It was cancelled, here or there: nothing is held.
    Canceled,
    /// It has never heard of the attempt.
    NotFound,
    /// No answer, a broken answer, or "try again": nothing is known.
    Ambiguous,
    /// A word that this program does not know.
    Unrecognized,
}

/// What a report does to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing new.
    Stay,
    /// The provider works on it: wait.
    Process,
    /// Send the buyer on.
    RequireAction,
    /// This is the payment's money.
    Authorize,
    /// Nobody wants it: let it go.
    Release,
    /// It is the wrong money: the payment fails, and the money is let go.
    ReleaseMismatch,
    /// Close it; another attempt may follow.
    Decline,
    /// Close it: nothing is held.
    Void,
    /// Nobody knows: ask until somebody does.
    Doubt,
    /// The provider never got it: send it again under the same key.
    Resend,
    /// It contradicts what is known: keep it and call a person.
    Park,
}

impl AttemptState {
    /// Whether the provider or the buyer may still move it.
    pub(crate) fn is_in_motion(self) -> bool {
        matches!(
            self,
            Self::ToSend | Self::Processing | Self::RequiresAction | Self::Unknown
        )
    }
}

/// Says what `report` does to an attempt in `state`: every pair has an answer.
///
/// `wanted` is false once another attempt has won, the payment is to be undone, or has failed. Of an attempt that was
/// called off it says whether its money may still come.
/// Stale reports are filtered before, by [`Attempt::revision`].
pub(crate) fn step(state: AttemptState, wanted: bool, report: Report) -> Step {
    use AttemptState as S;
    match report {
        Report::Unrecognized => Step::Park,
        Report::Ambiguous => match state {
            S::ToSend => Step::Doubt,
            S::Processing
            | S::RequiresAction
            | S::Unknown
            | S::Authorized
            | S::Declined
            | S::Releasing
            | S::Voided
            | S::Lost => Step::Stay,
        },
        Report::NotFound => match state {
            S::ToSend | S::Unknown => Step::Resend,
            // It knew the attempt before.
            S::Processing | S::RequiresAction | S::Authorized | S::Releasing => Step::Park,
            S::Declined | S::Voided | S::Lost => Step::Stay,
        },
        Report::Processing => match state {
            S::ToSend | S::RequiresAction | S::Unknown => Step::Process,
            S::Lost => Step::Release,
            S::Processing | S::Authorized | S::Declined | S::Releasing | S::Voided => Step::Stay,
        },
        Report::ActionRequired => match state {
            S::ToSend | S::Processing | S::Unknown if wanted => Step::RequireAction,
            S::ToSend | S::Processing | S::Unknown | S::Lost => Step::Release,
            S::RequiresAction | S::Authorized | S::Declined | S::Releasing | S::Voided => {
                Step::Stay
            }
        },
        Report::Authorized => match state {
            S::ToSend | S::Processing | S::RequiresAction | S::Unknown | S::Declined | S::Lost => {
                if wanted {
                    Step::Authorize
                } else {
                    Step::Release
                }
            }
            S::Authorized | S::Releasing => Step::Stay,
            // The provider had said that nothing is held, and has taken that back.
            S::Voided if wanted => Step::Authorize,
            S::Voided => Step::Park,
        },
        Report::AuthorizedOther => match state {
            S::ToSend | S::Processing | S::RequiresAction | S::Unknown | S::Declined | S::Lost => {
                Step::ReleaseMismatch
            }
            S::Releasing => Step::Stay,
            S::Authorized | S::Voided => Step::Park,
        },
        Report::Declined => match state {
            S::ToSend | S::Processing | S::RequiresAction | S::Unknown => Step::Decline,
            S::Releasing => Step::Void,
            S::Declined | S::Voided | S::Lost => Step::Stay,
            S::Authorized => Step::Park,
        },
        Report::Canceled => match state {
            S::ToSend
            | S::Processing
            | S::RequiresAction
            | S::Unknown
            | S::Authorized
            | S::Releasing => Step::Void,
            S::Declined | S::Voided | S::Lost => Step::Stay,
        },
    }
}

/// Says whether reported money is exactly what was asked for.
pub(crate) fn is_same_money(asked: Money, amount: i64, currency: &str) -> bool {
    asked.minor() == amount && asked.currency().code() == currency
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    const REPORTS: [Report; 9] = [
        Report::Processing,
        Report::ActionRequired,
        Report::Authorized,
        Report::AuthorizedOther,
        Report::Declined,
        Report::Canceled,
        Report::NotFound,
        Report::Ambiguous,
        Report::Unrecognized,
    ];

    /// Where a step leads; `None` where the attempt is left alone.
    fn after(state: AttemptState, step: Step) -> AttemptState {
        match step {
            Step::Stay | Step::Resend | Step::Park => state,
            Step::Process => AttemptState::Processing,
            Step::RequireAction => AttemptState::RequiresAction,
            Step::Authorize => AttemptState::Authorized,
            Step::Release | Step::ReleaseMismatch => AttemptState::Releasing,
            Step::Decline => AttemptState::Declined,
            Step::Void => AttemptState::Voided,
            Step::Doubt => AttemptState::Unknown,
        }
    }

    fn run(wanted: bool, reports: impl IntoIterator<Item = Report>) -> AttemptState {
        reports
            .into_iter()
            .fold(AttemptState::ToSend, |state, report| {
                after(state, step(state, wanted, report))
            })
    }

    /// Histories a provider can really have, in order of revision.
    fn histories() -> impl Strategy<Value = Vec<Report>> {
        let starts = select(vec![
            vec![],
            vec![Report::Processing],
            vec![Report::ActionRequired],
            vec![Report::ActionRequired, Report::Processing],
        ]);
        let ends = select(vec![
            vec![Report::Authorized],
            vec![Report::Declined],
            vec![Report::Canceled],
            vec![Report::AuthorizedOther],
            vec![Report::Authorized, Report::Canceled],
        ]);
        (starts, ends).prop_map(|(start, end)| [start, end].concat())
    }

    #[test]
    fn an_ambiguous_answer_is_never_a_failure() {
        for &state in AttemptState::ALL {
            for wanted in [true, false] {
                let step = step(state, wanted, Report::Ambiguous);
                assert!(
                    matches!(step, Step::Stay | Step::Doubt),
                    "{state:?} became {step:?}"
                );
            }
        }
    }

    #[test]
    fn money_that_is_held_is_never_forgotten() {
        for &state in AttemptState::ALL {
            let after = after(state, step(state, false, Report::Authorized));
            let known = matches!(
                after,
                AttemptState::Authorized | AttemptState::Releasing | AttemptState::Voided
            );
            assert!(known, "{state:?} led to {after:?}");
        }
    }

    #[test]
    fn the_wrong_money_never_authorises() {
        for &state in AttemptState::ALL {
            for wanted in [true, false] {
                assert_ne!(
                    step(state, wanted, Report::AuthorizedOther),
                    Step::Authorize
                );
            }
        }
    }

    proptest! {
        #[test]
        fn every_report_has_an_answer_in_every_state(
            state in select(AttemptState::ALL.to_vec()), wanted: bool, report in select(REPORTS.to_vec()),
        ) {
            let first = step(state, wanted, report);
            let reached = after(state, first);
            // The same report once more changes nothing: webhooks come twice.
            let again = step(reached, wanted, report);
            prop_assert!(
                again == Step::Stay || after(reached, again) == reached,
                "{:?} x {:?} led to {:?}, then {:?}", state, report, first, again
            );
        }

        /// A reader that drops stale revisions sees a growing part of the history that ends with its end.
        #[test]
        fn lost_and_late_reports_do_not_change_the_end(
            (history, seen) in histories().prop_flat_map(|history| {
                let most = history.len() - 1;
                (Just(history.clone()), subsequence(history[..most].to_vec(), 0..=most))
            }),
            doubts in 0_usize..4,
        ) {
            let last = *history.last().expect("histories have an end");
            let expected = run(true, history);
            let mut reports = vec![Report::Ambiguous; doubts];
            reports.extend(seen);
            reports.push(last);
            reports.push(last);
            prop_assert_eq!(run(true, reports), expected);
        }
    }
}
