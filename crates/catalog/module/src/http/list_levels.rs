//! `GET /v1/inventory/levels`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{LocationId, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Role, Timestamp};
use tenon_web::{ApiQuery, Ctx, Endpoint, Expand, ListView, Problem, Reply, page_request};

use super::TAG;
use super::variant_label::{self, VARIANT, VariantLabelView};
use crate::domain::stock::Level;
use crate::service::Service;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListLevelsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only this variant's.
    variant_id: Option<VariantId>,
}

/// How much of a variant lies where.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StockLevel")]
struct LevelView {
    variant_id: VariantId,
    location_id: LocationId,
    /// Pieces that lie there, reserved ones included.
    on_hand: i64,
    /// Pieces promised to checkouts.
    reserved: i64,
    /// Pieces that can still be promised.
    available: i64,
    updated_at: Timestamp,
    /// With `expand=variant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<VariantLabelView>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/inventory/levels",
        "list_stock_levels",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Lists stock levels by variant and location.")
    .query::<ListLevelsQuery>()
    .expands(VARIANT, "what the variant is called")
    .answers::<ListView<LevelView>>(200, "A page of levels.")
    .problem(400, "catalog.invalid_cursor")
    .handler(handler, Arc::clone(service))
}

/// Lists levels.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    expand: Expand,
    ApiQuery(query): ApiQuery<ListLevelsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let page = service.list_levels(&ctx, query.variant_id, page).await?;
    let ids = page.data.iter().map(|it| it.variant_id);
    let labels = variant_label::wanted(&service, &ctx, &expand, ids).await?;
    Ok(Reply::page(page.map(|it| {
        let variant = labels.get(&it.variant_id).cloned();
        LevelView {
            variant,
            ..it.into()
        }
    })))
}

impl From<Level> for LevelView {
    fn from(level: Level) -> Self {
        Self {
            variant_id: level.variant_id,
            location_id: level.location_id,
            on_hand: level.on_hand,
            reserved: level.reserved,
            available: level.available(),
            updated_at: level.updated_at,
            variant: None,
        }
    }
}
