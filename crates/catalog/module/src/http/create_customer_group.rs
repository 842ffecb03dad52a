//! `POST /v1/customer-groups`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::price_list_view::CustomerGroupView;
use crate::service::Service;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateCustomerGroupBody {
    /// For people who run the shop: `Resellers`.
    #[schemars(length(min = 1, max = 120))]
    name: String,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/customer-groups",
        "create_customer_group",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Creates a group of customers, for price lists; nobody is in it yet.")
    .description(
        "Groups stay: a list whose last group went would be for everybody. An empty group is for nobody.",
    )
    .idempotency(KeyRule::Optional)
    .kept_as(
        crate::service::create_customer_group::OPERATION,
        Some("/v1/customer-groups/{}/members"),
    )
    .body::<CreateCustomerGroupBody>()
    .answers::<CustomerGroupView>(201, "The group.")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Creates a group.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreateCustomerGroupBody>,
) -> Result<Reply, Problem> {
    let group = service.create_customer_group(&ctx, &body.name).await?;
    let location = format!("/v1/customer-groups/{}/members", group.id);
    Ok(Reply::created(location, &CustomerGroupView::from(group)))
}
