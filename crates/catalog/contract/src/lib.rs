//! Contract of the catalog module: all that other modules may know about it.
//!
//! **Architecture invariant:** no IO here, and no dependency except `tenon-kernel` and `tenon-seam`.
//! A caller of [`Catalog`] cannot tell whether the module runs in its process or in another.
//! Checked by `cargo xtask check boundaries`.

mod error;
mod event;
mod id;
mod model;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

use tenon_kernel::CallCtx;
use tenon_seam::{SeamResult, contract};

pub use self::error::{CatalogError, Shortage};
pub use self::event::{
    EVENTS, InventoryAdjusted, InventoryCommitted, InventoryDepleted, InventoryReleased,
    InventoryReservationExtended, InventoryReserved, InventoryRestocked, PriceChanged,
    PriceListUpdated, ProductArchived, ProductPublished, ProductUpdated,
};
pub use self::id::{
    BuyerId, BuyerKind, CategoryId, CategoryKind, CustomerGroupId, CustomerGroupKind, LineRef,
    LineRefKind, LocationId, LocationKind, MovementId, MovementKind, PriceListId, PriceListKind,
    ProductId, ProductKind, ReservationId, ReservationKind, ReturnRef, ReturnRefKind, VariantId,
    VariantKind,
};
pub use self::model::{
    CommitReservation, ExtendReservation, GetReservations, GetVariants, ListReservations,
    PriceTier, Release, Reservation, ReservationPage, ReservationStatus, Reservations, Reserve,
    ReserveLine, Restock, ReturnStock, ReturnedLine, StockReturned, VariantOffer, VariantStatus,
    Variants,
};

/// Most ids in one `get_…` request.
pub const MAX_IDS: usize = 200;
/// Most lines in one reservation.
pub const MAX_RESERVE_LINES: usize = 100;
/// Largest quantity of one line, and of one variant in a reservation.
pub const MAX_QUANTITY: i64 = 9_999;

/// What other modules may ask of catalog.
///
/// The life of a reservation: `held` → `committed` (→ `restocked`), or `held` → `released`, or
/// `held` → `expired` (→ `committed`, if the stock can still be had). Every command is idempotent by
/// `reservation_id`, besides the idempotency key of the context.
#[contract(module = "catalog", version = 1)]
pub trait Catalog: Send + Sync + 'static {
    /// Returns those of the given variants that exist, in no particular order, whatever their status, at the prices
    /// that hold for the buyer at this moment in each quantity.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Invalid`] for more than [`MAX_IDS`] ids.
    #[query(timeout = "300ms")]
    async fn get_variants(
        &self,
        ctx: &CallCtx,
        req: GetVariants,
    ) -> SeamResult<Variants, CatalogError>;

    /// Holds stock for all lines or for none, until `expires_at`.
    ///
    /// Lines of one variant are added up. The same `reservation_id` with the same demand returns the
    /// reservation as it stands now while it is held or committed.
    ///
    /// # Errors
    ///
    /// [`CatalogError::OutOfStock`] with every line that falls short; [`CatalogError::NotForSale`] for variants
    /// that do not exist or are not active; [`CatalogError::ReservationConflict`] if the reservation was released
    /// (also before it arrived) or has expired; [`CatalogError::ReservationMismatch`] if it exists with other lines.
    #[command(idempotent_by = "ctx", timeout = "1s")]
    async fn reserve(&self, ctx: &CallCtx, req: Reserve) -> SeamResult<Reservation, CatalogError>;

    /// Gives held stock back. An unknown reservation is remembered as released, so that one arriving late is refused.
    ///
    /// Released, expired and restocked reservations stay as they are.
    ///
    /// # Errors
    ///
    /// [`CatalogError::ReservationConflict`] if it is committed: use [`Catalog::restock`].
    #[command(idempotent_by = "ctx", timeout = "1s")]
    async fn release(&self, ctx: &CallCtx, req: Release) -> SeamResult<Reservation, CatalogError>;

    /// Moves the expiry of a held reservation further away; an earlier time changes nothing.
    ///
    /// # Errors
    ///
    /// [`CatalogError::ReservationNotFound`]; [`CatalogError::ReservationConflict`] if it is not held or committed.
    #[command(idempotent_by = "ctx", timeout = "1s")]
    async fn extend_reservation(
        &self,
        ctx: &CallCtx,
        req: ExtendReservation,
    ) -> SeamResult<Reservation, CatalogError>;

    /// Turns held stock into sold stock, for good. An expired reservation is committed if its stock can still be had.
    ///
    /// # Errors
    ///
    /// [`CatalogError::OutOfStock`] if it had expired and the stock is gone: this refusal is not kept under the key, so
    /// that the same command succeeds once stock has come; [`CatalogError::ReservationNotFound`];
    /// [`CatalogError::ReservationConflict`] if it was released, restocked, or committed for another order.
    #[command(idempotent_by = "ctx", timeout = "1s")]
    async fn commit_reservation(
        &self,
        ctx: &CallCtx,
        req: CommitReservation,
    ) -> SeamResult<Reservation, CatalogError>;

    /// Puts the stock of a committed reservation back on the shelf: its order was cancelled.
    ///
    /// # Errors
    ///
    /// [`CatalogError::ReservationNotFound`]; [`CatalogError::ReservationConflict`] if it is neither committed
    /// nor restocked already.
    #[command(idempotent_by = "ctx", timeout = "1s")]
    async fn restock(&self, ctx: &CallCtx, req: Restock) -> SeamResult<Reservation, CatalogError>;

    /// Puts pieces that a buyer sent back on the shelf, where they had been taken from. The reservation stays committed.
    ///
    /// Naturally idempotent by return and line: a line that was put back already is left as it is.
    ///
    /// # Errors
    ///
    /// [`CatalogError::ReservationNotFound`]; [`CatalogError::ReservationConflict`] unless it is committed;
    /// [`CatalogError::ReturnExceedsSold`] if more of a variant would have come back than was sold;
    /// [`CatalogError::Invalid`] for no or too many lines, a line named twice, or one that came back otherwise before.
    #[command(idempotent_by = "request", timeout = "1s")]
    async fn return_stock(
        &self,
        ctx: &CallCtx,
        req: ReturnStock,
    ) -> SeamResult<StockReturned, CatalogError>;

    /// Returns those of the given reservations that exist, in no particular order.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Invalid`] for more than [`MAX_IDS`] ids.
    #[query(timeout = "300ms")]
    async fn get_reservations(
        &self,
        ctx: &CallCtx,
        req: GetReservations,
    ) -> SeamResult<Reservations, CatalogError>;

    /// Lists reservations by id: for reconciliation.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Invalid`] for a bad limit, [`CatalogError::InvalidCursor`].
    #[query(timeout = "300ms")]
    async fn list_reservations(
        &self,
        ctx: &CallCtx,
        req: ListReservations,
    ) -> SeamResult<ReservationPage, CatalogError>;
}
