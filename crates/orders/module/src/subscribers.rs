//! What orders does when payments tells something: drive the checkout on, and note it on the order. And when a buyer is gone.

mod payment_news;
mod user_erased;

use std::sync::Arc;

use async_trait::async_trait;
use identity_contract::UserErased;
use orders_contract::{OrderId, PaymentState, RefundRef};
use payments_contract::{
    PaymentActionRequired, PaymentAuthorized, PaymentCaptureFailed, PaymentCaptured,
    PaymentDeclined, PaymentMismatch, PaymentResolved, PaymentUnknown, PaymentVoided, RefundFailed,
    RefundSucceeded,
};
use tenon_events::{Handle, HandlerError, Receipt, Subscription};
use tenon_kernel::{CallCtx, Money};
use tenon_seam::{Event, SeamFault};

use crate::domain::returns::RefundState;
use crate::domain::timeline::Moment;
use crate::service::Service;
use crate::service::drive::DriveError;
use crate::store;

/// A fact about the money of an order.
pub(crate) trait PaymentNews: Event {
    /// Which order.
    fn order(&self) -> OrderId;

    /// What it says.
    fn news(&self) -> News;
}

/// What a fact says.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Whether the order's checkout may have been waiting for it.
    drives: bool,
    /// Where it leaves the payment, if nothing was captured or refunded.
    state: Option<PaymentState>,
    /// Captured so far, in minor units; 0 if it says nothing about that.
    captured: i64,
    /// Refunded so far, in minor units; 0 if it says nothing about that.
    refunded: i64,
    amount: Option<Money>,
    reason: Option<String>,
    /// Which refund ended, and why if it came to nothing: it may be that of a return.
    refund: Option<(RefundRef, RefundState)>,
}

pub(crate) fn subscriptions(service: &Arc<Service>) -> Vec<Subscription> {
    let people = Subscription::new("orders", "identity")
        .on::<UserErased>(Arc::clone(service) as Arc<dyn Handle<_>>);
    let payments = Subscription::new("orders", "payments")
        .on::<PaymentAuthorized>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<PaymentDeclined>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<PaymentActionRequired>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<PaymentUnknown>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<PaymentResolved>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<PaymentMismatch>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<PaymentVoided>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<PaymentCaptured>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<PaymentCaptureFailed>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<RefundSucceeded>(Arc::clone(service) as Arc<dyn Handle<_>>)
        .on::<RefundFailed>(Arc::clone(service) as Arc<dyn Handle<_>>);
    vec![people, payments]
}

#[async_trait]
impl<E: PaymentNews> Handle<E> for Service {
    /// Drives first: the checkout's own saga makes that safe to repeat. The note and the receipt commit together.
    #[tracing::instrument(name = "event.orders.payment_news", skip_all, fields(event.r#type = E::TYPE))]
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: E,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let (order, news) = (event.order(), event.news());
        if news.drives {
            self.payment_moved(ctx, order)
                .await
                .map_err(|error| match error {
                    DriveError::Lost => HandlerError::Retry(Box::new(SeamFault::Cancelled)),
                    DriveError::Fault(fault) => HandlerError::Retry(Box::new(fault)),
                })?;
        }
        let (event_id, at) = (receipt.envelope().id, receipt.envelope().time);
        let mut tx = receipt.begin(ctx, "orders.note_payment").await?;
        if store::orders::note_payment(&mut tx, order, news.state, news.captured, news.refunded)
            .await?
        {
            let moment = Moment {
                at,
                kind: E::TYPE.to_owned(),
                amount: news.amount,
                reason: news.reason,
                fulfillment_id: None,
                return_id: None,
            };
            store::payment_facts::insert(&mut tx, event_id, order, &moment).await?;
            if let Some((refund, state)) = news.refund {
                let failure = moment.reason.filter(|_| state == RefundState::Failed);
                store::returns::note_refund(&mut tx, refund, state, failure.as_deref()).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
