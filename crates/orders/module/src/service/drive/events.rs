//! Events of a checkout and its order, put together from what the driver has in hand.

use orders_contract::{
    CancelReason, CheckoutCompleted, CheckoutExpired, CheckoutFailed, EventLine, OrderCancelled,
    OrderCreated, OrderPaymentReturned, OrderPlaced, short_title,
};
use tenon_events::Emit as _;
use tenon_kernel::Money;
use tenon_store::{StoreError, Tx};

use super::Process;

impl Process {
    pub(super) async fn emit_created(
        &self,
        tx: &mut Tx<'_>,
        number: i64,
    ) -> Result<(), StoreError> {
        let checkout = &self.checkout;
        let event = OrderCreated {
            order_id: checkout.order_id,
            number: number.to_string(),
            lines: self.lines(),
            total: checkout.quote.totals.total,
            payment_id: checkout.payment_id,
        };
        tx.emit(&event).await.map(|_| ())
    }

    pub(super) async fn emit_placed(&self, tx: &mut Tx<'_>, number: i64) -> Result<(), StoreError> {
        let checkout = &self.checkout;
        let placed = OrderPlaced {
            order_id: checkout.order_id,
            number: number.to_string(),
            customer: checkout.quote.customer.clone(),
            lines: self.lines(),
            totals: checkout.quote.totals,
            payment_id: checkout.payment_id,
            reservation_id: checkout.reservation_id,
            capture: self.saga.state.capture,
        };
        tx.emit(&placed).await?;
        let completed = CheckoutCompleted {
            checkout_id: checkout.id,
            cart_id: checkout.cart_id,
            order_id: checkout.order_id,
        };
        tx.emit(&completed).await.map(|_| ())
    }

    pub(super) async fn emit_order_cancelled(
        &self,
        tx: &mut Tx<'_>,
        number: i64,
        reason: CancelReason,
        refund_due: Money,
    ) -> Result<(), StoreError> {
        let checkout = &self.checkout;
        let event = OrderCancelled {
            order_id: checkout.order_id,
            number: number.to_string(),
            customer: checkout.quote.customer.clone(),
            reason,
            was_placed: false,
            refund_due,
            payment_id: checkout.payment_id,
        };
        tx.emit(&event).await.map(|_| ())
    }

    pub(super) async fn emit_given_up(
        &self,
        tx: &mut Tx<'_>,
        reason: CancelReason,
    ) -> Result<(), StoreError> {
        let checkout = &self.checkout;
        let (checkout_id, cart_id) = (checkout.id, checkout.cart_id);
        let order_id = checkout.has_order.then_some(checkout.order_id);
        if reason == CancelReason::Expired {
            tx.emit(&CheckoutExpired {
                checkout_id,
                cart_id,
                order_id,
            })
            .await
            .map(|_| ())
        } else {
            tx.emit(&CheckoutFailed {
                checkout_id,
                cart_id,
                order_id,
                reason,
            })
            .await
            .map(|_| ())
        }
    }

    pub(super) async fn emit_returned(
        &self,
        tx: &mut Tx<'_>,
        number: i64,
        amount: Money,
    ) -> Result<(), StoreError> {
        let checkout = &self.checkout;
        let event = OrderPaymentReturned {
            order_id: checkout.order_id,
            number: number.to_string(),
            customer: checkout.quote.customer.clone(),
            amount,
            payment_id: checkout.payment_id,
            reason: "late_success".to_owned(),
        };
        tx.emit(&event).await.map(|_| ())
    }

    fn lines(&self) -> Vec<EventLine> {
        let lines = self.checkout.quote.lines.iter();
        lines
            .map(|line| EventLine {
                variant_id: line.variant_id,
                title: short_title(&line.title),
                quantity: line.quantity,
                total: line
                    .total
                    .checked_add(line.discount())
                    .unwrap_or(line.total),
            })
            .collect()
    }
}
