//! `POST /v1/price-lists`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::CustomerGroupId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Currency, Role, Timestamp};
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::price_list_view::{PriceListStatus, PriceListView};
use crate::domain::price_list::NewPriceList;
use crate::domain::product::Status;
use crate::service::Service;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreatePriceListBody {
    /// For people who run the shop.
    #[schemars(length(min = 1, max = 120))]
    name: String,
    /// What its rows are in.
    currency: Currency,
    /// `draft` unless said.
    status: Option<PriceListStatus>,
    /// It counts from here on, itself included.
    valid_from: Option<Timestamp>,
    /// It no longer counts from here on.
    valid_until: Option<Timestamp>,
    /// Higher wins.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    priority: i64,
    /// Whom it is for; everybody without one.
    #[serde(default)]
    #[schemars(length(max = 50))]
    customer_group_ids: Vec<CustomerGroupId>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/price-lists",
        "create_price_list",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Creates a price list without rows.")
    .idempotency(KeyRule::Optional)
    .kept_as(
        crate::service::create_price_list::OPERATION,
        Some("/v1/price-lists/{}"),
    )
    .body::<CreatePriceListBody>()
    .answers::<PriceListView>(201, "The price list.")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Creates a price list.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreatePriceListBody>,
) -> Result<Reply, Problem> {
    let new = NewPriceList {
        name: body.name,
        currency: body.currency,
        status: body.status.map_or(Status::Draft, Status::from),
        valid_from: body.valid_from,
        valid_until: body.valid_until,
        priority: body.priority,
        groups: body.customer_group_ids,
    };
    let list = service.create_price_list(&ctx, new).await?;
    let (location, version) = (format!("/v1/price-lists/{}", list.id), list.version);
    Ok(Reply::created(location, &PriceListView::from(list)).version(version))
}
