//! `PATCH /v1/price-lists/{id}`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{CustomerGroupId, PriceListId};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Role, Timestamp};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::members::{Cleared, stale};
use super::price_list_view::{PriceListStatus, PriceListView};
use crate::domain::patch::Patch;
use crate::domain::price_list::PriceListPatch;
use crate::domain::product::Status;
use crate::service::Service;

/// Request body, a merge patch (RFC 7396): absent members stay as they are, null clears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdatePriceListBody {
    #[serde(default)]
    #[schemars(length(min = 1, max = 120))]
    name: Patch<String>,
    #[serde(default)]
    status: Patch<PriceListStatus>,
    /// null: since ever.
    #[serde(default)]
    valid_from: Patch<Timestamp>,
    /// null: for ever.
    #[serde(default)]
    valid_until: Patch<Timestamp>,
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    priority: Patch<i64>,
    /// All groups it is for from now on. Empty: for everybody.
    #[serde(default)]
    #[schemars(length(max = 50))]
    customer_group_ids: Patch<Vec<CustomerGroupId>>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/price-lists/{id}",
        "update_price_list",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Changes members of a price list; `status` lets its rows count, or puts it away.")
    .path_param::<PriceListId>("id", "The price list.")
    .needs_if_match()
    .body::<UpdatePriceListBody>()
    .answers::<PriceListView>(200, "The price list as it is now.")
    .problem(404, "catalog.price_list_not_found")
    .problem(412, "catalog.stale_version")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Changes a price list.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PriceListId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<UpdatePriceListBody>,
) -> Result<Reply, Problem> {
    let patch = body.into_patch()?;
    let list = service
        .update_price_list(&ctx, id, version, patch)
        .await
        .map_err(stale)?;
    let version = list.version;
    Ok(Reply::ok(&PriceListView::from(list)).version(version))
}

impl UpdatePriceListBody {
    fn into_patch(self) -> Result<PriceListPatch, Problem> {
        let mut cleared = Cleared::default();
        let patch = PriceListPatch {
            name: cleared.kept("/name", self.name),
            status: cleared.kept("/status", self.status).map(Status::from),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            priority: cleared.kept("/priority", self.priority),
            groups: cleared.kept("/customer_group_ids", self.customer_group_ids),
        };
        cleared.finish()?;
        Ok(patch)
    }
}
