//! `POST /v1/orders/{order_id}/returns`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{LineId, OrderId, ReturnReason};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, BearerSecret, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::members::access;
use super::return_view::ReturnView;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::domain::returns::WantedLine;
use crate::service::Service;

/// What is to come back, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateReturnBody {
    #[schemars(length(min = 1, max = 100))]
    lines: Vec<ReturnLineBody>,
    /// In the caller's own words.
    #[schemars(length(max = 500))]
    note: Option<String>,
}

/// Pieces of one line of the order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReturnLineInput")]
struct ReturnLineBody {
    line_id: LineId,
    /// How many; at most those that have left and are in no return.
    #[schemars(range(min = 1, max = 9999))]
    quantity: i64,
    reason: ReasonBody,
}

/// Why pieces come back.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ReturnReasonInput")]
enum ReasonBody {
    ChangedMind,
    WrongSize,
    Damaged,
    Defective,
    WrongItem,
    NotAsDescribed,
    TooLate,
    Other,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/orders/{order_id}/returns", "create_return", Policy::Bearer)
        .tag(TAG)
        .summary("Asks to send pieces of an order back.")
        .description(
            "That of a buyer waits for the shop's decision and must come within the shop's window; one that staff writes \
             down is approved at once. No piece can be in two returns.",
        )
        .path_param::<OrderId>("order_id", "Which order.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .idempotency(KeyRule::Required)
        .kept_as(crate::service::create_return::OPERATION, Some("/v1/returns/{}"))
        .body::<CreateReturnBody>()
        .answers::<ReturnView>(201, "The return.")
        .problem(404, "orders.order_not_found")
        .problem(409, "orders.order_not_returnable")
        .problem(409, "orders.return_window_closed")
        .problem(422, "orders.invalid_request")
        .handler(handler, Arc::clone(service))
}

/// Writes a return down.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(order): ApiPath<OrderId>,
    ApiJson(body): ApiJson<CreateReturnBody>,
) -> Result<Reply, Problem> {
    let wanted = body
        .lines
        .into_iter()
        .map(|line| WantedLine {
            line_id: line.line_id,
            quantity: line.quantity,
            reason: line.reason.into(),
        })
        .collect();
    let made = service
        .create_return(&ctx, order, &access(&ctx, &secret), wanted, body.note)
        .await?;
    let (location, version) = (format!("/v1/returns/{}", made.id), made.version);
    Ok(Reply::created(location, &ReturnView::from(made)).version(version))
}

impl From<ReasonBody> for ReturnReason {
    fn from(reason: ReasonBody) -> Self {
        match reason {
            ReasonBody::ChangedMind => Self::ChangedMind,
            ReasonBody::WrongSize => Self::WrongSize,
            ReasonBody::Damaged => Self::Damaged,
            ReasonBody::Defective => Self::Defective,
            ReasonBody::WrongItem => Self::WrongItem,
            ReasonBody::NotAsDescribed => Self::NotAsDescribed,
            ReasonBody::TooLate => Self::TooLate,
            ReasonBody::Other => Self::Other,
        }
    }
}
