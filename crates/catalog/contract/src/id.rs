//! Identifiers of catalog.

use tenon_kernel::{Id, IdKind};

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident = $kind:ident $prefix:literal;)+) => {$(
        #[doc = concat!("Kind of [`", stringify!($id), "`].")]
        #[derive(Debug)]
        pub struct $kind;

        impl IdKind for $kind {
            const PREFIX: &'static str = $prefix;
        }

        $(#[$doc])*
        pub type $id = Id<$kind>;
    )+};
}

ids! {
    /// Names a product: what a page in the shop shows.
    ProductId = ProductKind "prd";
    /// Names a variant: what is bought, priced and stocked.
    VariantId = VariantKind "var";
    /// Names a category.
    CategoryId = CategoryKind "cat";
    /// Names a place where stock lies.
    LocationId = LocationKind "loc";
    /// Names a reservation; chosen by whoever reserves.
    ReservationId = ReservationKind "rsv";
    /// Names one entry of the stock ledger.
    MovementId = MovementKind "mov";
    /// Names a price list.
    PriceListId = PriceListKind "prl";
    /// Names a group of customers that price lists may be for.
    CustomerGroupId = CustomerGroupKind "cgr";
    /// Names a person; the identity module owns it.
    BuyerId = BuyerKind "usr";
    /// Names a return; the orders module owns it.
    ReturnRef = ReturnRefKind "ret";
    /// Names a line of an order; the orders module owns it.
    LineRef = LineRefKind "lin";
}
