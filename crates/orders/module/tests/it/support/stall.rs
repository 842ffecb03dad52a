//! A module whose answer does not come: whoever asked is late, or as good as dead.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use catalog_contract::*;
use payments_contract::{
    CapturePayment, FoundPayments, GetPayments, ListSettlements, OpenPayment, Payment, Payments,
    PaymentsError, RefreshPayment, Refund, RefundPayment, Settlements, StartAttempt, VoidAccepted,
    VoidPayment,
};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tokio::sync::Notify;

/// When the caller dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Before the call has any effect.
    Before,
    /// After its effect, before its answer.
    After,
}

pub(crate) struct Stalling<T> {
    inner: Arc<T>,
    plan: Mutex<Option<(&'static str, When)>>,
    reached: Notify,
    released: Notify,
}

impl<T> Stalling<T> {
    pub(crate) fn around(inner: Arc<T>) -> Self {
        Self {
            inner,
            plan: Mutex::new(None),
            reached: Notify::new(),
            released: Notify::new(),
        }
    }

    /// Lets the next call of `method` not return before it is released, if ever.
    pub(crate) fn stall_next(&self, method: &'static str, when: When) {
        *self.plan.lock().expect("no test panics here") = Some((method, when));
    }

    /// Waits until it has happened.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets it return after all.
    pub(crate) fn release(&self) {
        self.released.notify_one();
    }

    async fn point(&self, method: &'static str, when: When) {
        let hit = {
            let mut plan = self.plan.lock().expect("no test panics here");
            let hit = *plan == Some((method, when));
            if hit {
                *plan = None;
            }
            hit
        };
        if hit {
            self.reached.notify_one();
            self.released.notified().await;
        }
    }
}

macro_rules! pass {
    ($self:ident.$method:ident($ctx:ident, $req:ident)) => {{
        $self.point(stringify!($method), When::Before).await;
        let answer = $self.inner.$method($ctx, $req).await;
        $self.point(stringify!($method), When::After).await;
        answer
    }};
}

#[async_trait]
impl<T: Catalog> Catalog for Stalling<T> {
    async fn get_variants(
        &self,
        ctx: &CallCtx,
        req: GetVariants,
    ) -> SeamResult<Variants, CatalogError> {
        pass!(self.get_variants(ctx, req))
    }

    async fn reserve(&self, ctx: &CallCtx, req: Reserve) -> SeamResult<Reservation, CatalogError> {
        pass!(self.reserve(ctx, req))
    }

    async fn release(&self, ctx: &CallCtx, req: Release) -> SeamResult<Reservation, CatalogError> {
        pass!(self.release(ctx, req))
    }

    async fn extend_reservation(
        &self,
        ctx: &CallCtx,
        req: ExtendReservation,
    ) -> SeamResult<Reservation, CatalogError> {
        pass!(self.extend_reservation(ctx, req))
    }

    async fn commit_reservation(
        &self,
        ctx: &CallCtx,
        req: CommitReservation,
    ) -> SeamResult<Reservation, CatalogError> {
        pass!(self.commit_reservation(ctx, req))
    }

    async fn restock(&self, ctx: &CallCtx, req: Restock) -> SeamResult<Reservation, CatalogError> {
        pass!(self.restock(ctx, req))
    }

    async fn return_stock(
        &self,
        ctx: &CallCtx,
        req: ReturnStock,
    ) -> SeamResult<StockReturned, CatalogError> {
        pass!(self.return_stock(ctx, req))
    }

    async fn get_reservations(
        &self,
        ctx: &CallCtx,
        req: GetReservations,
    ) -> SeamResult<Reservations, CatalogError> {
        pass!(self.get_reservations(ctx, req))
    }

    async fn list_reservations(
        &self,
        ctx: &CallCtx,
        req: ListReservations,
    ) -> SeamResult<ReservationPage, CatalogError> {
        pass!(self.list_reservations(ctx, req))
    }
}

#[async_trait]
impl<T: Payments> Payments for Stalling<T> {
    async fn open_payment(
        &self,
        ctx: &CallCtx,
        req: OpenPayment,
    ) -> SeamResult<Payment, PaymentsError> {
        pass!(self.open_payment(ctx, req))
    }

    async fn start_attempt(
        &self,
        ctx: &CallCtx,
        req: StartAttempt,
    ) -> SeamResult<Payment, PaymentsError> {
        pass!(self.start_attempt(ctx, req))
    }

    async fn refresh_payment(
        &self,
        ctx: &CallCtx,
        req: RefreshPayment,
    ) -> SeamResult<Payment, PaymentsError> {
        pass!(self.refresh_payment(ctx, req))
    }

    async fn get_payments(
        &self,
        ctx: &CallCtx,
        req: GetPayments,
    ) -> SeamResult<FoundPayments, PaymentsError> {
        pass!(self.get_payments(ctx, req))
    }

    async fn capture_payment(
        &self,
        ctx: &CallCtx,
        req: CapturePayment,
    ) -> SeamResult<Payment, PaymentsError> {
        pass!(self.capture_payment(ctx, req))
    }

    async fn void_payment(
        &self,
        ctx: &CallCtx,
        req: VoidPayment,
    ) -> SeamResult<VoidAccepted, PaymentsError> {
        pass!(self.void_payment(ctx, req))
    }

    async fn refund_payment(
        &self,
        ctx: &CallCtx,
        req: RefundPayment,
    ) -> SeamResult<Refund, PaymentsError> {
        pass!(self.refund_payment(ctx, req))
    }

    async fn list_settlements(
        &self,
        ctx: &CallCtx,
        req: ListSettlements,
    ) -> SeamResult<Settlements, PaymentsError> {
        pass!(self.list_settlements(ctx, req))
    }
}
