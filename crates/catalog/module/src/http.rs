//! The catalog's part of the REST API, one endpoint a file.

mod add_variant;
mod adjust_inventory;
mod change_group_member;
mod create_category;
mod create_customer_group;
mod create_price_list;
mod create_product;
mod get_product;
mod list_categories;
mod list_customer_groups;
mod list_levels;
mod list_movements;
mod list_price_lists;
mod list_price_rows;
mod list_products;
mod members;
mod price_list_view;
mod product_view;
mod quote_prices;
mod search;
mod set_price_rows;
mod set_prices;
mod update_price_list;
mod update_product;
mod update_variant;
mod variant_label;

use std::sync::Arc;

use tenon_web::Endpoint;

use crate::service::Service;

/// Groups the operations in the documentation.
const TAG: &str = "catalog";

pub(crate) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    let mut endpoints = vec![
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
        create_price_list::endpoint(service),
        update_price_list::endpoint(service),
        set_price_rows::endpoint(service),
        list_price_rows::endpoint(service),
        create_customer_group::endpoint(service),
        quote_prices::endpoint(service),
    ];
    endpoints.extend(list_price_lists::endpoints(service));
    endpoints.extend(list_customer_groups::endpoints(service));
    endpoints.extend(change_group_member::endpoints(service));
    endpoints
}
