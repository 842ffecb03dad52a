//! Carries a step out on a payment and its attempt, and lists what must follow in the same transaction.

use payments_contract::{CaptureMode, DeclineClass, PaymentStatus};
use tenon_kernel::{Money, Timestamp};

use super::attempt::{Attempt, AttemptState, Report, Step, is_same_money, step};
use super::ledger::EntryKind;
use super::payment::{Current, Payment};
use super::schedule;

/// What the provider said, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// The attempt as the provider sees it.
    Seen {
        revision: i64,
        provider_ref: String,
        state: SeenState,
        amount: i64,
        currency: String,
    },
    /// The provider has never heard of it.
    NotFound,
    /// The provider refused to take it at all.
    Refused { code: String },
    /// Nothing: no answer, or none that can be read.
    Nothing,
}

/// Where the provider sees an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SeenState {
    Processing,
    ActionRequired { url: String },
    Authorized,
    Declined { class: DeclineClass, code: String },
    Canceled,
    Unrecognized,
}

/// What must follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Say that the doubt is over.
    Resolved,
    /// Say that the buyer must act.
    ActionRequired { url: String },
    /// Say that the money is promised.
    Authorized,
    /// Say that the attempt was refused.
    Declined { class: DeclineClass },
    /// Say that nobody knows.
    Doubted,
    /// Say that the wrong money was reported.
    Mismatch { amount: i64, currency: String },
    /// Say that the promise is let go.
    Voided { amount: Money, reason: String },
    /// Post a fact about this attempt to the ledger.
    Post { kind: EntryKind, amount: Money },
    /// Take the whole amount.
    Capture,
    /// Tell the provider to let the attempt go.
    Release { reason: String },
}

/// Weighs what was told against what is known, changes both, and lists what must follow.
pub(crate) fn transition(
    payment: &mut Payment,
    attempt: &mut Attempt,
    told: &Told,
    now: Timestamp,
) -> (Step, Vec<Effect>) {
    if let Told::Seen { revision, .. } = told
        && *revision < attempt.revision
    {
        return (Step::Stay, Vec::new());
    }
    let wanted = match attempt.state {
        AttemptState::Voided => payment.takes_late_money(),
        _ => payment.wants_money(),
    };
    let mut next = step(attempt.state, wanted, told.report(payment.amount));
    let is_winner = payment.winner == Some(attempt.id);
    if next == Step::Void && is_winner && payment.captured.minor() > 0 {
        // What was taken cannot have been called off.
        next = Step::Park;
    }
    if next == Step::Park {
        return (next, Vec::new());
    }
    if let Told::Seen {
        revision,
        provider_ref,
        ..
    } = told
    {
        attempt.revision = *revision;
        attempt.provider_ref = Some(provider_ref.clone());
    }
    let before = (attempt.state, payment.status());
    let effects = carry_out(payment, attempt, told, next, now);
    if attempt.state != before.0 {
        attempt.polls = 0;
        if attempt.state != AttemptState::RequiresAction {
            attempt.next_action_url = None;
        }
        attempt.next_poll_at = next_poll(attempt, now);
    }
    mirror(payment, attempt, now);
    let resolved = before.1 == PaymentStatus::Unknown && payment.status() != PaymentStatus::Unknown;
    let first = resolved.then_some(Effect::Resolved);
    (next, first.into_iter().chain(effects).collect())
}

/// Notes that the provider was asked about an attempt in motion, and when to ask again.
pub(crate) fn asked(attempt: &mut Attempt, now: Timestamp) {
    if attempt.state.is_in_motion() {
        attempt.polls = attempt.polls.saturating_add(1);
        attempt.next_poll_at = next_poll(attempt, now);
    }
}

/// Closes an attempt that the provider never got and that nobody wants any more.
pub(crate) fn lose(payment: &mut Payment, attempt: &mut Attempt, now: Timestamp) -> Vec<Effect> {
    let was_unknown = payment.status() == PaymentStatus::Unknown;
    attempt.state = AttemptState::Lost;
    attempt.next_poll_at = None;
    mirror(payment, attempt, now);
    if was_unknown {
        vec![Effect::Resolved]
    } else {
        Vec::new()
    }
}

/// Lets go of an attempt: of the money it holds, or of its chance to get some.
pub(crate) fn release(
    payment: &mut Payment,
    attempt: &mut Attempt,
    reason: &str,
    now: Timestamp,
) -> Effect {
    attempt.state = AttemptState::Releasing;
    attempt.next_action_url = None;
    attempt.next_poll_at = None;
    mirror(payment, attempt, now);
    Effect::Release {
        reason: reason.to_owned(),
    }
}

fn carry_out(
    payment: &mut Payment,
    attempt: &mut Attempt,
    told: &Told,
    step: Step,
    now: Timestamp,
) -> Vec<Effect> {
    match step {
        Step::Stay | Step::Resend | Step::Park => Vec::new(),
        Step::Process => {
            attempt.state = AttemptState::Processing;
            Vec::new()
        }
        Step::RequireAction => {
            let Told::Seen {
                state: SeenState::ActionRequired { url },
                ..
            } = told
            else {
                return Vec::new();
            };
            attempt.state = AttemptState::RequiresAction;
            attempt.next_action_url = Some(url.clone());
            vec![Effect::ActionRequired { url: url.clone() }]
        }
        Step::Authorize => {
            attempt.state = AttemptState::Authorized;
            attempt.posted = true;
            payment.winner = Some(attempt.id);
            payment.authorized = payment.amount;
            // It may have been undone while nothing was held: of this money nobody has decided yet.
            payment.void = None;
            payment.voided_at = None;
            let post = Effect::Post {
                kind: EntryKind::Authorization,
                amount: payment.amount,
            };
            let capture =
                (payment.capture_mode == CaptureMode::Immediate).then_some(Effect::Capture);
            [post, Effect::Authorized]
                .into_iter()
                .chain(capture)
                .collect()
        }
        Step::Release => {
            let holds_money = told.report(payment.amount) == Report::Authorized && !attempt.posted;
            let post = holds_money.then(|| {
                attempt.posted = true;
                Effect::Post {
                    kind: EntryKind::Authorization,
                    amount: payment.amount,
                }
            });
            let reason = payment
                .void
                .as_ref()
                .map_or("surplus", |void| void.reason.as_str())
                .to_owned();
            post.into_iter()
                .chain([release(payment, attempt, &reason, now)])
                .collect()
        }
        Step::ReleaseMismatch => {
            // A second attempt that goes wrong does not spoil the first one's money.
            payment.failed = payment.failed || payment.winner.is_none();
            let Told::Seen {
                amount, currency, ..
            } = told
            else {
                return Vec::new();
            };
            let mismatch = Effect::Mismatch {
                amount: *amount,
                currency: currency.clone(),
            };
            vec![mismatch, release(payment, attempt, "mismatch", now)]
        }
        Step::Decline => {
            let (class, code) = told.decline();
            attempt.state = AttemptState::Declined;
            attempt.decline_class = Some(class);
            attempt.decline_code = Some(code);
            vec![Effect::Declined { class }]
        }
        Step::Void => call_off(payment, attempt, now),
        Step::Doubt => {
            attempt.state = AttemptState::Unknown;
            vec![Effect::Doubted]
        }
    }
}

/// Nothing is held any more.
fn call_off(payment: &mut Payment, attempt: &mut Attempt, now: Timestamp) -> Vec<Effect> {
    let was_open = attempt.state.is_in_motion();
    attempt.state = AttemptState::Voided;
    let mut effects = Vec::new();
    if attempt.posted {
        attempt.posted = false;
        effects.push(Effect::Post {
            kind: EntryKind::Void,
            amount: payment.amount,
        });
    }
    if payment.winner == Some(attempt.id) && payment.authorized.minor() > 0 {
        let reason = payment
            .void
            .as_ref()
            .map_or("provider", |void| void.reason.as_str())
            .to_owned();
        effects.push(Effect::Voided {
            amount: payment.authorized,
            reason,
        });
        payment.authorized = Money::zero(payment.amount.currency());
        payment.voided_at = Some(now);
    } else if was_open && payment.wants_money() {
        attempt.decline_class = Some(DeclineClass::Abandoned);
        effects.push(Effect::Declined {
            class: DeclineClass::Abandoned,
        });
    }
    effects
}

/// The payment shows its last attempt.
fn mirror(payment: &mut Payment, attempt: &Attempt, now: Timestamp) {
    if attempt.number != payment.attempts {
        return;
    }
    let unknown_since = (attempt.state == AttemptState::Unknown)
        .then(|| payment.current.unknown_since.unwrap_or(now));
    payment.current = Current {
        state: attempt.state,
        next_action_url: attempt.next_action_url.clone(),
        decline_class: attempt.decline_class,
        unknown_since,
    };
}

fn next_poll(attempt: &Attempt, now: Timestamp) -> Option<Timestamp> {
    match attempt.state {
        AttemptState::RequiresAction => Some(now + schedule::awaited(attempt.polls)),
        AttemptState::ToSend | AttemptState::Processing | AttemptState::Unknown => {
            Some(now + schedule::doubtful(attempt.polls))
        }
        AttemptState::Authorized
        | AttemptState::Declined
        | AttemptState::Releasing
        | AttemptState::Voided
        | AttemptState::Lost => None,
    }
}

impl Told {
    /// What it amounts to for an attempt at `asked`.
    pub(crate) fn report(&self, asked: Money) -> Report {
        match self {
            Self::NotFound => Report::NotFound,
            Self::Refused { .. } => Report::Declined,
            Self::Nothing => Report::Ambiguous,
            Self::Seen {
                state,
                amount,
                currency,
                ..
            } => match state {
                SeenState::Processing => Report::Processing,
                SeenState::ActionRequired { .. } => Report::ActionRequired,
                SeenState::Authorized if is_same_money(asked, *amount, currency) => {
                    Report::Authorized
                }
                SeenState::Authorized => Report::AuthorizedOther,
                SeenState::Declined { .. } => Report::Declined,
                SeenState::Canceled => Report::Canceled,
                SeenState::Unrecognized => Report::Unrecognized,
            },
        }
    }

    fn decline(&self) -> (DeclineClass, String) {
        match self {
            Self::Seen {
                state: SeenState::Declined { class, code },
                ..
            } => (*class, code.clone()),
            Self::Refused { code } => (DeclineClass::Declined, code.clone()),
            _ => (DeclineClass::Declined, String::new()),
        }
    }
}

#[cfg(test)]
mod tests;
