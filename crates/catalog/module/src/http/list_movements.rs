//! `GET /v1/inventory/movements`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{LocationId, MovementId, ReservationId, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Role, Timestamp};
use tenon_web::{ApiQuery, Ctx, Endpoint, Expand, ListView, Problem, Reply, page_request};

use super::TAG;
use super::variant_label::{self, VARIANT, VariantLabelView};
use crate::service::Service;
use crate::store::movements::LedgerEntry;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListMovementsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only this variant's.
    variant_id: Option<VariantId>,
}

/// One entry of the stock ledger. Entries of a variant at a location add up to its level.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StockMovement")]
struct MovementView {
    id: MovementId,
    variant_id: VariantId,
    location_id: LocationId,
    /// The reservation it was made for.
    reservation_id: Option<ReservationId>,
    /// Change of the pieces that lie there.
    delta_on_hand: i64,
    /// Change of the pieces promised to checkouts.
    delta_reserved: i64,
    /// `reserved`, `expired`, `committed`, the reason of an adjustment, or one that another module gave.
    reason: String,
    /// An order id, or a note.
    reference: Option<String>,
    /// Who: `user:…`, `service:…`.
    actor: String,
    at: Timestamp,
    /// With `expand=variant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<VariantLabelView>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/inventory/movements",
        "list_stock_movements",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Lists the stock ledger, newest first.")
    .query::<ListMovementsQuery>()
    .expands(VARIANT, "what the variant is called")
    .answers::<ListView<MovementView>>(200, "A page of movements.")
    .problem(400, "catalog.invalid_cursor")
    .handler(handler, Arc::clone(service))
}

/// Lists movements.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    expand: Expand,
    ApiQuery(query): ApiQuery<ListMovementsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let page = service.list_movements(&ctx, query.variant_id, page).await?;
    let ids = page.data.iter().map(|it| it.variant_id);
    let labels = variant_label::wanted(&service, &ctx, &expand, ids).await?;
    Ok(Reply::page(page.map(|it| {
        let variant = labels.get(&it.variant_id).cloned();
        MovementView {
            variant,
            ..it.into()
        }
    })))
}

impl From<LedgerEntry> for MovementView {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            id: entry.id,
            variant_id: entry.variant_id,
            location_id: entry.location_id,
            reservation_id: entry.reservation_id,
            delta_on_hand: entry.delta_on_hand,
            delta_reserved: entry.delta_reserved,
            reason: entry.reason,
            reference: entry.reference,
            actor: entry.actor,
            at: entry.at,
            variant: None,
        }
    }
}
