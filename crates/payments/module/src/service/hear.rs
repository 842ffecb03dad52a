//! Takes in what the provider says about an attempt, however it came: answer, question, webhook.

use payments_contract::{AttemptId, PaymentId};
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, Tx, retrying};

use super::Service;
use crate::domain::attempt::{Attempt, Step};
use crate::domain::payment::Payment;
use crate::domain::reconcile::Totals;
use crate::domain::transition::{self, SeenState, Told};
use crate::jobs::PollAttempt;
use crate::metrics::PARKED;
use crate::provider::{Outcome, Snapshot, SnapshotState};
use crate::store;

/// How a report came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source<'e> {
    /// As the answer to a command.
    Answer,
    /// As the answer to the poller's question; the poller itself comes again.
    Poller,
    /// As the answer to a command that was repeated because the provider had no trace of it.
    Resent,
    /// As the answer to somebody's question.
    Asked,
    /// Unasked, as the event with this id.
    Webhook(&'e str),
}

/// A report in words of the domain.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) told: Told,
    pub(crate) totals: Option<Totals>,
}

/// A payment and an attempt after a report.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) payment: Payment,
    pub(crate) attempt: Attempt,
    pub(crate) step: Step,
}

impl Service {
    /// Takes in a report, in a unit of work of its own.
    pub(super) async fn hear(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
        attempt_id: AttemptId,
        report: &Report,
        source: Source<'_>,
    ) -> Result<Heard, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.hear").await?;
            let heard = self
                .hear_in(&mut tx, payment_id, attempt_id, report, source)
                .await?;
            tx.commit().await?;
            Ok(heard)
        })
        .await
    }

    /// Takes in a report, in the caller's unit of work.
    pub(super) async fn hear_in(
        &self,
        tx: &mut Tx<'_>,
        payment_id: PaymentId,
        attempt_id: AttemptId,
        report: &Report,
        source: Source<'_>,
    ) -> Result<Heard, StoreError> {
        let now = tx.now();
        let mut payment = store::payments::get_locked(tx, payment_id).await?;
        let mut attempt = store::attempts::get(tx, attempt_id).await?;
        let before = (payment.clone(), attempt.clone());

        let (step, effects) = transition::transition(&mut payment, &mut attempt, &report.told, now);
        if step == Step::Park {
            PARKED.inc();
            tracing::error!(
                payment.id = %payment_id, attempt.id = %attempt_id, state = attempt.state.as_str(), ?report, ?source,
                "the provider contradicts what is known"
            );
        }
        if matches!(source, Source::Poller | Source::Asked) && attempt.state == before.1.state {
            transition::asked(&mut attempt, now);
        }
        let moved = attempt.state != before.1.state;
        if moved
            && attempt.state.is_in_motion()
            && !matches!(source, Source::Poller | Source::Resent)
        {
            let options = JobOptions {
                run_at: attempt.next_poll_at,
                unique_key: Some(attempt_id.to_string()),
            };
            tx.enqueue(&PollAttempt { attempt_id }, options).await?;
        }
        let event = match source {
            Source::Webhook(event_id) => Some(event_id),
            Source::Answer | Source::Poller | Source::Resent | Source::Asked => None,
        };
        self.perform(tx, &payment, &attempt, effects, event).await?;
        if let Some(totals) = report.totals.filter(|_| step != Step::Park) {
            self.reconcile_totals(tx, &mut payment, &mut attempt, totals)
                .await?;
        }
        if attempt != before.1 {
            store::attempts::save(tx, &attempt).await?;
        }
        if moved || payment != before.0 {
            self.settle_void(tx, &mut payment).await?;
        }
        if payment != before.0 {
            store::payments::save(tx, &mut payment).await?;
        }
        Ok(Heard {
            payment,
            attempt,
            step,
        })
    }
}

impl Report {
    /// What the answer to a command says about its attempt.
    pub(super) fn from_answer(answer: Outcome<Snapshot>) -> Self {
        match answer {
            Outcome::Succeeded(snapshot) => snapshot.into(),
            Outcome::Declined(refusal) => Self {
                told: Told::Refused { code: refusal.code },
                totals: None,
            },
            Outcome::Ambiguous(_) => Self {
                told: Told::Nothing,
                totals: None,
            },
        }
    }

    /// What the answer to a question says about an attempt.
    pub(super) fn from_search(answer: Outcome<Option<Snapshot>>) -> Self {
        match answer {
            Outcome::Succeeded(Some(snapshot)) => snapshot.into(),
            Outcome::Succeeded(None) => Self {
                told: Told::NotFound,
                totals: None,
            },
            Outcome::Declined(_) | Outcome::Ambiguous(_) => Self {
                told: Told::Nothing,
                totals: None,
            },
        }
    }

    /// The attempt is called off: what an answer such as `already_canceled` says.
    pub(super) fn canceled(attempt: &Attempt, payment: &Payment) -> Self {
        let told = Told::Seen {
            revision: attempt.revision,
            provider_ref: attempt.provider_ref.clone().unwrap_or_default(),
            state: SeenState::Canceled,
            amount: payment.amount.minor(),
            currency: payment.amount.currency().to_string(),
        };
        Self { told, totals: None }
    }
}

impl From<Snapshot> for Report {
    fn from(snapshot: Snapshot) -> Self {
        let state = match snapshot.state {
            SnapshotState::Processing => SeenState::Processing,
            SnapshotState::ActionRequired { url } => SeenState::ActionRequired { url },
            SnapshotState::Authorized => SeenState::Authorized,
            SnapshotState::Declined { class, code } => SeenState::Declined { class, code },
            SnapshotState::Canceled => SeenState::Canceled,
            SnapshotState::Unrecognized(word) => {
                tracing::error!(word, "the provider uses a word that is not known here");
                SeenState::Unrecognized
            }
        };
        Self {
            totals: Some(Totals {
                captured: snapshot.captured,
                refunded: snapshot.refunded,
            }),
            told: Told::Seen {
                revision: snapshot.revision,
                provider_ref: snapshot.provider_ref,
                state,
                amount: snapshot.amount,
                currency: snapshot.currency,
            },
        }
    }
}
