//! `PUT /v1/price-lists/{id}/prices`, at once or as an operation

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{CatalogError, PriceListId, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{FieldError, Role};
use tenon_module::{OperationView, accepted};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, Preferences, Problem, Reply};

use super::TAG;
use crate::domain::patch::Patch;
use crate::domain::price_rows::{MAX_ERRORS, MAX_ROWS_AT_ONCE, WantedRow};
use crate::service::Service;

/// Room for 20,000 rows, written with blanks.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SetPriceRowsBody {
    /// Rows to be written or removed. Rows that are not here stay as they are.
    #[schemars(length(min = 1, max = 20_000))]
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
    .summary("Writes and removes rows of a price list.")
    .description(
        "Up to 1,000 rows at once: all of them or none. Needs no version: rows of several callers add up, and the same \
         request again changes nothing.\n\nMore rows, up to 20,000, or fewer with `Prefer: respond-async`, are checked \
         whole and then written in the background: 202 with an operation. Its `result` counts what was done so far. Rows are \
         written in chunks of about 500; those of a variant become visible together, those of different variants one \
         chunk after another. Operations on one list go one after another. If somebody else changes the list meanwhile \
         so that a row is no longer good, the operation fails there, and what was written before stays.",
    )
    .path_param::<PriceListId>("id", "The price list.")
    .max_body(MAX_BODY)
    .body::<SetPriceRowsBody>()
    .responds_async()
    .answers::<ChangeView>(200, "What the request did.")
    .answers::<OperationView>(202, "The rows are good; the operation writes them.")
    .with_header("Retry-After", "Seconds after which to look at the operation.")
    .problem(404, "catalog.price_list_not_found")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Writes rows.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    preferences: Preferences,
    ApiPath(id): ApiPath<PriceListId>,
    ApiJson(body): ApiJson<SetPriceRowsBody>,
) -> Result<Reply, Problem> {
    let rows = body.into_rows()?;
    if preferences.responds_async() || rows.len() > MAX_ROWS_AT_ONCE {
        return Ok(accepted(service.accept_price_rows(&ctx, id, rows).await?));
    }
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
                position,
                variant_id: row.variant_id,
                min_quantity: row.min_quantity,
                amount: row.amount.apply(None),
            });
        }
        if errors.is_empty() {
            return Ok(rows);
        }
        errors.truncate(MAX_ERRORS);
        Err(Problem::from_error(&CatalogError::Invalid { errors }))
    }
}

fn one() -> i64 {
    1
}
