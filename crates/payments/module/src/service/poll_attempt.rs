//! Asks the provider what became of an attempt, by our reference.

use payments_contract::AttemptId;
use tenon_kernel::CallCtx;
use tenon_store::StoreError;

use super::Service;
use super::hear::{Heard, Report, Source};
use crate::domain::attempt::Step;
use crate::domain::schedule;
use crate::store;

impl Service {
    /// Asks about an attempt in motion and takes in the answer; sends it again if the provider never got it.
    ///
    /// `None` if there is nothing to learn.
    pub(crate) async fn poll(
        &self,
        ctx: &CallCtx,
        attempt_id: AttemptId,
        source: Source<'_>,
    ) -> Result<Option<Heard>, StoreError> {
        let Some(attempt) = store::attempts::find(&mut self.db.read(ctx), attempt_id).await? else {
            return Ok(None);
        };
        if !attempt.state.is_in_motion() {
            return Ok(None);
        }
        if schedule::needs_a_person(attempt.polls) {
            tracing::error!(attempt.id = %attempt_id, polls = attempt.polls, "an attempt is in doubt for a day");
        }
        let answer = self.call(ctx, "find", self.provider.find(attempt_id)).await;
        let heard = self
            .hear(
                ctx,
                attempt.payment_id,
                attempt_id,
                &Report::from_search(answer),
                source,
            )
            .await?;
        if heard.step != Step::Resend {
            return Ok(Some(heard));
        }
        if heard.payment.wants_money() {
            return self
                .send(ctx, &heard.payment, &heard.attempt, Source::Resent)
                .await
                .map(Some);
        }
        self.lose(ctx, heard).await.map(Some)
    }
}
