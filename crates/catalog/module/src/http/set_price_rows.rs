//! `PUT /v1/price-lists/{id}/prices`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{CatalogError, PriceListId, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{FieldError, Role};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use crate::domain::patch::Patch;
use crate::domain::price_rows::WantedRow;
use crate::service::Service;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SetPriceRowsBody {
    /// Rows to be written or removed. Rows that are not here stay as they are.
    #[schemars(length(min = 1, max = 1_000))]
    prices: Vec<RowBody>,
}

/// One row, told from others by variant and quantity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PriceListPriceBody")]
struct RowBody {
    variant_id: VariantId,
    /// From so many pieces on; 1 unless said. A variant has at most 20 in a list.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 9_999))]
    min_quantity: i64,
    /// What a piece costs, in minor units of the list's currency; null removes the row. Never absent.
    #[serde(default)]
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
    amount: Patch<i64>,
}

/// What the request did.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PriceListChange")]
struct ChangeView {
    price_list_id: PriceListId,
    /// Of the list, after it; also the `ETag`.
    version: i64,
    /// Rows that are new, or have another amount now.
    written: usize,
    /// Rows that are gone.
    removed: usize,
    /// Rows that were so already.
    unchanged: usize,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::put(
        "/v1/price-lists/{id}/prices",
        "set_price_list_prices",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Writes and removes rows of a price list: all of them or none.")
    .description(
        "At most 1,000 rows in one request; send more in several. Needs no version: rows of several callers add up, \
         and the same request again changes nothing.",
    )
    .path_param::<PriceListId>("id", "The price list.")
    .body::<SetPriceRowsBody>()
    .answers::<ChangeView>(200, "What the request did.")
    .problem(404, "catalog.price_list_not_found")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Writes rows.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PriceListId>,
    ApiJson(body): ApiJson<SetPriceRowsBody>,
) -> Result<Reply, Problem> {
    let rows = body.into_rows()?;
    let done = service.set_price_rows(&ctx, id, &rows).await?;
    let view = ChangeView {
        price_list_id: id,
        version: done.version,
        written: done.written,
        removed: done.removed,
        unchanged: done.unchanged,
    };
    Ok(Reply::ok(&view).version(done.version))
}

impl SetPriceRowsBody {
    fn into_rows(self) -> Result<Vec<WantedRow>, Problem> {
        let mut errors = Vec::new();
        let mut rows = Vec::with_capacity(self.prices.len());
        for (position, row) in self.prices.into_iter().enumerate() {
            // A row whose amount was forgotten must not be removed.
            if row.amount == Patch::Keep {
                errors.push(FieldError::new(
                    format!("/prices/{position}/amount"),
                    "required",
                    "expected an amount, or null to remove the row",
                ));
            }
            rows.push(WantedRow {
                variant_id: row.variant_id,
                min_quantity: row.min_quantity,
                amount: row.amount.apply(None),
            });
        }
        if errors.is_empty() {
            return Ok(rows);
        }
        Err(Problem::from_error(&CatalogError::Invalid { errors }))
    }
}

fn one() -> i64 {
    1
}
