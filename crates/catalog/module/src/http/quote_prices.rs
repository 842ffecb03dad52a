//! `POST /v1/price-quotes`

mod view;

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{BuyerId, VariantId};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::{Currency, Timestamp};
use tenon_web::{ApiJson, ApiQuery, Ctx, Endpoint, Problem, Reply};

use self::view::PriceQuoteView;
use super::TAG;
use crate::domain::price_quote::{QuoteRequest, WantedLine};
use crate::service::Service;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QuotePricesQuery {
    /// Whether to show every candidate of each line and what became of it; for staff, with at most 20 lines.
    explain: Option<bool>,
}

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QuotePricesBody {
    currency: Currency,
    /// Each is priced by itself, at its own quantity.
    #[schemars(length(min = 1, max = 100))]
    lines: Vec<LineBody>,
    /// Another moment than now, with the lists as they are today; for staff.
    at: Option<Timestamp>,
    /// Somebody else than the caller; for staff.
    user_id: Option<BuyerId>,
}

/// So many of a variant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PriceQuoteLineBody")]
struct LineBody {
    variant_id: VariantId,
    #[schemars(range(min = 1, max = 9_999))]
    quantity: i64,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/price-quotes", "quote_prices", Policy::Public)
        .tag(TAG)
        .summary("Tells what the caller would pay for some variants, by quantity.")
        .description(
            "Prices are those of a cart: with the price lists of the caller's groups. Taxes, delivery and promotions are \
             not in them, and nothing is promised: a checkout freezes prices. Stores nothing.",
        )
        .scope_rule(ScopeRule::Read)
        .query::<QuotePricesQuery>()
        .body::<QuotePricesBody>()
        .answers::<PriceQuoteView>(200, "The prices.")
        .problem(403, "catalog.staff_only")
        .problem(422, "catalog.invalid")
        .handler(handler, Arc::clone(service))
}

/// Quotes prices.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<QuotePricesQuery>,
    ApiJson(body): ApiJson<QuotePricesBody>,
) -> Result<Reply, Problem> {
    let line = |it: LineBody| WantedLine {
        variant_id: it.variant_id,
        quantity: it.quantity,
    };
    let request = QuoteRequest {
        currency: body.currency,
        lines: body.lines.into_iter().map(line).collect(),
        at: body.at,
        buyer: body.user_id,
        explain: query.explain.unwrap_or(false),
    };
    let quote = service.quote_prices(&ctx, request).await?;
    Ok(Reply::ok(&PriceQuoteView::from(quote)))
}
