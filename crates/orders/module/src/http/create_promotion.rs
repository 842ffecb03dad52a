//! `POST /v1/promotions`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Money, Role, Timestamp};
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::promotion_view::{PromotionKind, PromotionState, PromotionView};
use crate::domain::promotion::{NewPromotion, PromotionStatus, Takes};
use crate::service::Service;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreatePromotionBody {
    /// What buyers enter: letters, digits, hyphens and underscores. Letter case does not matter.
    #[schemars(length(min = 3, max = 40), regex(pattern = "^[A-Za-z0-9_-]+$"))]
    code: String,
    kind: PromotionKind,
    /// Of `percent`: above 0 and up to 1, as a decimal string: `0.10`.
    #[schemars(regex(pattern = "^[01](\\.[0-9]{1,6})?$"))]
    rate: Option<String>,
    /// Of `fixed`: what it takes off, one amount for each currency that it counts in.
    #[serde(default)]
    #[schemars(length(max = 50))]
    amounts: Vec<Money>,
    /// What a cart must be worth, before any discount: at most one amount for each currency.
    #[serde(default)]
    #[schemars(length(max = 50))]
    minimum_subtotals: Vec<Money>,
    /// It counts from this moment; at once if absent.
    valid_from: Option<Timestamp>,
    /// From this moment it does not count any more.
    valid_until: Option<Timestamp>,
    /// `active` unless said.
    status: Option<PromotionState>,
    /// How often all buyers together may redeem it; no limit if absent.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    total_limit: Option<i64>,
    /// How often one buyer may redeem it; no limit if absent.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    customer_limit: Option<i64>,
    /// Whether it counts beside other promotions that are combinable, too.
    #[serde(default)]
    combinable: bool,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/promotions", "create_promotion", Policy::Has(Role::Staff))
        .tag(TAG)
        .summary("Creates a promotion.")
        .description(
            "Code, kind, value and `combinable` stay as they are: buyers with the code in a cart have seen them. For \
             another value disable the promotion, and make one with another code.",
        )
        .idempotency(KeyRule::Optional)
        .kept_as(
            crate::service::create_promotion::OPERATION,
            Some("/v1/promotions/{}"),
        )
        .body::<CreatePromotionBody>()
        .answers::<PromotionView>(201, "The promotion.")
        .problem(409, "orders.promotion_code_taken")
        .problem(422, "orders.invalid_request")
        .handler(handler, Arc::clone(service))
}

/// Creates a promotion.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreatePromotionBody>,
) -> Result<Reply, Problem> {
    let promotion = service.create_promotion(&ctx, body.into()).await?;
    let (location, version) = (
        format!("/v1/promotions/{}", promotion.id),
        promotion.version,
    );
    Ok(Reply::created(location, &PromotionView::from(promotion)).version(version))
}

impl From<CreatePromotionBody> for NewPromotion {
    fn from(body: CreatePromotionBody) -> Self {
        let (rate, amounts) = (body.rate, body.amounts);
        Self {
            code: body.code,
            takes: match body.kind {
                PromotionKind::Percent => Takes::Percent { rate, amounts },
                PromotionKind::Fixed => Takes::Fixed { rate, amounts },
            },
            minimum_subtotals: body.minimum_subtotals,
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            status: body
                .status
                .map_or(PromotionStatus::Active, PromotionStatus::from),
            total_limit: body.total_limit,
            customer_limit: body.customer_limit,
            combinable: body.combinable,
        }
    }
}
