//! Products, prices and stock.

use catalog_contract::{
    InventoryAdjusted, InventoryCommitted, InventoryDepleted, InventoryReleased,
    InventoryReservationExtended, InventoryReserved, InventoryRestocked, PriceChanged,
    PriceListUpdated, ProductArchived, ProductPublished, ProductUpdated,
};

use super::EventTypes;

const SOURCE: &str = "catalog";

pub(super) fn name_all(list: &mut impl EventTypes) {
    list.add::<ProductPublished>(SOURCE, &["product_id", "version", "title", "slug"], &[]);
    list.add::<ProductUpdated>(SOURCE, &["product_id", "version", "changed"], &[]);
    list.add::<ProductArchived>(SOURCE, &["product_id", "version"], &[]);
    list.add::<PriceChanged>(
        SOURCE,
        &[
            "variant_id",
            "product_id",
            "list_id",
            "min_quantity",
            "old",
            "new",
            "valid_from",
        ],
        &[],
    );
    list.add::<PriceListUpdated>(
        SOURCE,
        &["price_list_id", "version", "status", "changed"],
        &[],
    );
    list.add::<InventoryAdjusted>(
        SOURCE,
        &["variant_id", "location_id", "delta", "on_hand", "reason"],
        &[],
    );
    list.add::<InventoryReserved>(
        SOURCE,
        &[
            "reservation_id",
            "lines.variant_id",
            "lines.quantity",
            "expires_at",
        ],
        &[],
    );
    list.add::<InventoryReservationExtended>(SOURCE, &["reservation_id", "expires_at"], &[]);
    list.add::<InventoryReleased>(
        SOURCE,
        &[
            "reservation_id",
            "cause",
            "lines.variant_id",
            "lines.quantity",
        ],
        &[],
    );
    list.add::<InventoryCommitted>(
        SOURCE,
        &[
            "reservation_id",
            "cause",
            "lines.variant_id",
            "lines.quantity",
        ],
        &[],
    );
    list.add::<InventoryDepleted>(SOURCE, &["variant_id", "product_id", "available"], &[]);
    list.add::<InventoryRestocked>(SOURCE, &["variant_id", "product_id", "available"], &[]);
}
