//! The contract, as the rest of the system calls it.

use async_trait::async_trait;
use catalog_contract::{
    Catalog, CatalogError, CommitReservation, ExtendReservation, GetReservations, GetVariants,
    ListReservations, Release, Reservation, ReservationPage, Reservations, Reserve, Restock,
    ReturnStock, StockReturned, Variants,
};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use super::Service;

#[async_trait]
impl Catalog for Service {
    async fn get_variants(
        &self,
        ctx: &CallCtx,
        req: GetVariants,
    ) -> SeamResult<Variants, CatalogError> {
        self.get_variants(ctx, req).await
    }

    async fn reserve(&self, ctx: &CallCtx, req: Reserve) -> SeamResult<Reservation, CatalogError> {
        self.reserve(ctx, req).await
    }

    async fn release(&self, ctx: &CallCtx, req: Release) -> SeamResult<Reservation, CatalogError> {
        self.release(ctx, req).await
    }

    async fn extend_reservation(
        &self,
        ctx: &CallCtx,
        req: ExtendReservation,
    ) -> SeamResult<Reservation, CatalogError> {
        self.extend_reservation(ctx, req).await
    }

    async fn commit_reservation(
        &self,
        ctx: &CallCtx,
        req: CommitReservation,
    ) -> SeamResult<Reservation, CatalogError> {
        self.commit_reservation(ctx, req).await
    }

    async fn restock(&self, ctx: &CallCtx, req: Restock) -> SeamResult<Reservation, CatalogError> {
        self.restock(ctx, req).await
    }

    async fn return_stock(
        &self,
        ctx: &CallCtx,
        req: ReturnStock,
    ) -> SeamResult<StockReturned, CatalogError> {
        self.return_stock(ctx, req).await
    }

    async fn get_reservations(
        &self,
        ctx: &CallCtx,
        req: GetReservations,
    ) -> SeamResult<Reservations, CatalogError> {
        self.get_reservations(ctx, req).await
    }

    async fn list_reservations(
        &self,
        ctx: &CallCtx,
        req: ListReservations,
    ) -> SeamResult<ReservationPage, CatalogError> {
        self.list_reservations(ctx, req).await
    }
}
