//! The catalog's part of the REST API, one endpoint a file.

mod add_variant;
mod adjust_inventory;
mod create_category;
mod create_product;
mod get_product;
mod list_categories;
mod list_levels;
mod list_movements;
mod list_products;
mod members;
mod product_view;
mod search;
mod set_prices;
mod update_product;
mod update_variant;

use std::sync::Arc;

use tenon_web::Endpoint;

use crate::service::Service;

/// Groups the operations in the documentation.
const TAG: &str = "catalog";

pub(crate) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        list_products::endpoint(service),
        search::endpoint(service),
        create_product::endpoint(service),
        get_product::endpoint(service),
        update_product::endpoint(service),
        add_variant::endpoint(service),
        update_variant::endpoint(service),
        set_prices::endpoint(service),
        list_categories::endpoint(service),
        create_category::endpoint(service),
        list_levels::endpoint(service),
        adjust_inventory::endpoint(service),
        list_movements::endpoint(service),
    ]
}
