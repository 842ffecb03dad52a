//! Has a stretch of the log sent again.

use notifications_contract::{NotificationsError, WebhookEndpointId, WebhookReplayId};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, retrying};

use super::{Webhooks, no_endpoint, wake};
use crate::domain::EventFilter;
use crate::store::webhook_places::{self, Replay};
use crate::store::{event_log, webhook_endpoints};

pub(crate) const OPERATION: &str = "replay_webhooks";

/// A stretch of the log.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(crate) struct Stretch {
    /// What comes after this position.
    pub(crate) after: i64,
    /// Up to this position; to the end if absent.
    pub(crate) until: Option<i64>,
}

/// What is kept under a key.
type Outcome = (WebhookReplayId, Stretch);

impl Webhooks {
    /// Has everything of a stretch sent again that the receiver wants now, under the same ids as before; returns what
    /// stretch that is.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::WebhookEndpointNotFound`], [`NotificationsError::EventsGone`] if the log no longer has all of
    /// it, [`NotificationsError::InvalidRequest`] if it ends before it begins.
    pub(crate) async fn replay(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        stretch: Stretch,
    ) -> SeamResult<(WebhookReplayId, Stretch), NotificationsError> {
        if stretch.until.is_some_and(|until| until < stretch.after) {
            let detail = "`until` is not before `after`.";
            let errors = vec![FieldError::new("/until", "out_of_range", detail)];
            return Err(SeamError::Domain(NotificationsError::InvalidRequest {
                errors,
            }));
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.replay_webhooks")
                .await?;
            if let Claim::Replay(outcome) = tx
                .claim_key::<Outcome, NotificationsError>(OPERATION)
                .await?
            {
                tx.rollback().await?;
                return outcome.map_err(SeamError::Domain);
            }
            let Some(endpoint) = webhook_endpoints::lock(&mut tx, id).await? else {
                let refusal = NotificationsError::WebhookEndpointNotFound;
                tx.refuse::<Outcome, _>(OPERATION, refusal).await?;
                return Err(no_endpoint());
            };
            let ends = event_log::page(&mut tx, &EventFilter::default(), stretch.after, 1)
                .await?
                .ends;
            if let Err(refusal) = ends.check(stretch.after) {
                let refusal = tx.refuse::<Outcome, _>(OPERATION, refusal).await?;
                return Err(SeamError::Domain(refusal));
            }
            let until = stretch.until.unwrap_or(ends.head).min(ends.head);
            let replay = Replay {
                id: tx.env().new_id(),
                event_types: endpoint.wish.event_types,
                position: stretch.after,
                until,
            };
            webhook_places::insert_replay(&mut tx, id, &replay).await?;
            wake(&mut tx, id).await?;
            let until = Some(until);
            let outcome = Ok::<_, NotificationsError>((replay.id, Stretch { until, ..stretch }));
            tx.commit_outcome(OPERATION, &outcome, Some(replay.id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await
    }
}
