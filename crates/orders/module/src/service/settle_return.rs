//! Stock and money of a return that arrived: both go back, once.

use catalog_contract::{ReturnStock, ReturnedLine};
use orders_contract::{CapturePolicy, ReturnId};
use payments_contract::{GetPayments, PaymentsError, RefundPayment, RefundStatus};
use tenon_kernel::{CallCtx, Money};
use tenon_seam::SeamError;
use tenon_store::retrying;

use super::drive::{DriveError, Driven};
use super::{Service, internal, upstream};
use crate::domain::returns::{RefundState, RestockState, Return, ReturnStatus};
use crate::same_id;
use crate::store::order_rows::StoredOrder;
use crate::store::{self, Access};

/// What payments shows to people as the reason of the refund.
const REASON: &str = "return";

/// What became of an attempt to settle.
pub(crate) enum Settled {
    /// Both asked for; payments sees the refund through by itself.
    Done,
    /// The money of what came back was not taken yet: not before it was.
    TooEarly,
}

/// What payments said to the wish for a refund.
enum Asked {
    /// It is written down.
    Recorded(RefundState),
    /// Less is left of the payment.
    TooMuch { refundable: Money },
}

impl Service {
    /// Has the stock put back and the money given back. Each step is written down before the next, and repeats under
    /// the ids of the return: repeated from anywhere, each has one effect.
    #[tracing::instrument(name = "orders.settle_return", skip_all, fields(return.id = %id))]
    pub(crate) async fn settle_return(&self, ctx: &CallCtx, id: ReturnId) -> Driven<Settled> {
        let everybody = Access {
            staff: true, // nobody asks: the shop itself does what it decided
            ..Access::default()
        };
        let mut reader = self.db.read(ctx);
        let found = store::returns::find(&mut reader, id).await?;
        let Some(it) = found.filter(|it| it.status == ReturnStatus::Received) else {
            return Err(internal("a return that is to be settled").into());
        };
        let order = store::orders::find(&mut reader, it.order_id, &everybody).await?;
        let Some(order) = order else {
            return Err(internal("the order of a return").into());
        };
        if it.restock_status == RestockState::Due {
            self.put_on_shelf(ctx, &order, &it).await?;
        }
        if matches!(it.refund_status, RefundState::Due | RefundState::Waiting) {
            return self.return_money(ctx, &order, &it).await;
        }
        Ok(Settled::Done)
    }

    async fn put_on_shelf(&self, ctx: &CallCtx, order: &StoredOrder, it: &Return) -> Driven<()> {
        let lines = it.lines.iter().filter_map(|line| {
            let arrival = line.arrival.as_ref().filter(|arrival| arrival.restock)?;
            Some(ReturnedLine {
                line_id: same_id(line.line_id),
                variant_id: same_id(line.variant_id),
                quantity: arrival.received,
            })
        });
        let request = ReturnStock {
            return_id: same_id(it.id),
            reservation_id: same_id(order.order.reservation_id),
            lines: lines.collect(),
        };
        // Naturally idempotent by return and line, and for longer than any key is kept.
        self.catalog
            .return_stock(&ctx.calling_from("orders"), request)
            .await
            .map_err(|error| DriveError::Fault(upstream(&error)))?;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.note_restocked").await?;
            store::returns::note_restocked(&mut tx, it.id).await?;
            tx.commit().await
        })
        .await?;
        Ok(())
    }

    async fn return_money(
        &self,
        ctx: &CallCtx,
        order: &StoredOrder,
        it: &Return,
    ) -> Driven<Settled> {
        let mut amount = it.refund;
        // What is left may become less once more between question and wish.
        for _ in 0..3 {
            let refundable = match self.ask_for_refund(ctx, order, it, amount).await? {
                Asked::Recorded(state) => {
                    self.note_asked(ctx, it.id, state, amount).await?;
                    return Ok(Settled::Done);
                }
                Asked::TooMuch { refundable } => refundable,
            };
            if self.is_money_to_come(ctx, order).await? {
                self.note_asked(ctx, it.id, RefundState::Waiting, amount)
                    .await?;
                return Ok(Settled::TooEarly);
            }
            // The shop gave money back otherwise before: the rest goes back now, and never more than was paid.
            amount = refundable;
            if amount.minor() == 0 {
                self.note_asked(ctx, it.id, RefundState::NothingLeft, amount)
                    .await?;
                return Ok(Settled::Done);
            }
        }
        Err(DriveError::Lost)
    }

    /// Asks payments for the refund of a return. Its id is that of the return's: however often it is asked for, one is
    /// made, and a refusal leaves nothing behind.
    async fn ask_for_refund(
        &self,
        ctx: &CallCtx,
        order: &StoredOrder,
        it: &Return,
        amount: Money,
    ) -> Driven<Asked> {
        let request = RefundPayment {
            payment_id: same_id(order.order.payment_id),
            refund_id: same_id(it.refund_id),
            amount,
            reason: REASON.to_owned(),
            requested_by: it.received_by.map(same_id),
        };
        let call = ctx.calling_from("orders");
        match self.payments.refund_payment(&call, request).await {
            Ok(refund) if refund.status == RefundStatus::AwaitingApproval => {
                Ok(Asked::Recorded(RefundState::AwaitingApproval))
            }
            Ok(_) => Ok(Asked::Recorded(RefundState::Requested)), // its end is told by event
            Err(SeamError::Domain(PaymentsError::RefundExceedsCaptured { refundable })) => {
                Ok(Asked::TooMuch { refundable })
            }
            Err(error) => Err(DriveError::Fault(upstream(&error))),
        }
    }

    /// Whether less was taken than what has left is worth, so that more may come.
    async fn is_money_to_come(&self, ctx: &CallCtx, order: &StoredOrder) -> Driven<bool> {
        let ids = vec![same_id(order.order.payment_id)];
        let found = self.payments.get_payments(ctx, GetPayments { ids }).await;
        let found = found.map_err(|error| DriveError::Fault(upstream(&error)))?;
        let due: Money = match order.order.capture {
            CapturePolicy::Immediate => order.order.totals.total,
            CapturePolicy::OnShip => order.shipped_value,
        };
        let payment = found.payments.first();
        Ok(payment.is_none_or(|payment| payment.captured.minor() < due.minor()))
    }

    async fn note_asked(
        &self,
        ctx: &CallCtx,
        id: ReturnId,
        state: RefundState,
        amount: Money,
    ) -> Driven<()> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.note_refund_asked").await?;
            store::returns::note_asked(&mut tx, id, state, amount).await?;
            tx.commit().await
        })
        .await?;
        Ok(())
    }
}
