//! `POST /v1/returns/{return_id}/receipts`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{LineId, ReturnCondition, ReturnId};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::return_view::ReturnView;
use crate::domain::returns::ArrivedLine;
use crate::service::Service;
use crate::service::receive_return::ReceiveReturn;
use crate::store::Access;

/// How a return arrived.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReceiveReturnBody {
    /// Every line of the return, once.
    #[schemars(length(min = 1, max = 100))]
    lines: Vec<ReceivedLineBody>,
    /// Whether the price of delivery goes back, too; once for each order.
    #[serde(default)]
    refund_delivery: bool,
    /// For the buyer.
    #[schemars(length(max = 500))]
    note: Option<String>,
}

/// How pieces of one line arrived.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReceivedLineInput")]
struct ReceivedLineBody {
    line_id: LineId,
    /// How many arrived; the others can be in another return.
    #[schemars(range(min = 0, max = 9999))]
    received: i64,
    /// Whether they go back on the shelf.
    restock: bool,
    /// In what state they arrived; may be left out if none did.
    condition: Option<ConditionBody>,
}

/// In what state pieces arrived.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ReturnConditionInput")]
enum ConditionBody {
    New,
    Opened,
    Used,
    Damaged,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/returns/{return_id}/receipts",
        "receive_return",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Notes how an approved return arrived; stock and money go back.")
    .description(
        "The refund is each line's share of what was paid for it, by the pieces that arrived, and the price of delivery if \
         asked for. Stock and money follow the answer; `restock_status` and `refund.status` say how far they are.",
    )
    .path_param::<ReturnId>("return_id", "Which return.")
    .idempotency(KeyRule::Required)
    .kept_as(
        crate::service::receive_return::OPERATION,
        Some("/v1/returns/{}"),
    )
    .body::<ReceiveReturnBody>()
    .answers::<ReturnView>(202, "The return; stock and money are on their way back.")
    .problem(404, "orders.return_not_found")
    .problem(409, "orders.return_transition")
    .problem(422, "orders.invalid_request")
    .handler(handler, Arc::clone(service))
}

/// Receives a return.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ReturnId>,
    ApiJson(body): ApiJson<ReceiveReturnBody>,
) -> Result<Reply, Problem> {
    let lines = body.lines.into_iter().map(|line| ArrivedLine {
        line_id: line.line_id,
        received: line.received,
        restock: line.restock,
        condition: line.condition.map(ReturnCondition::from),
    });
    let arrived = ReceiveReturn {
        lines: lines.collect(),
        refund_delivery: body.refund_delivery,
        note: body.note,
    };
    let received = service
        .receive_return(&ctx, id, &Access::of(&ctx, None), arrived)
        .await?;
    let version = received.version;
    Ok(Reply::accepted(&ReturnView::from(received))
        .header("location", format!("/v1/returns/{id}"))
        .version(version))
}

impl From<ConditionBody> for ReturnCondition {
    fn from(condition: ConditionBody) -> Self {
        match condition {
            ConditionBody::New => Self::New,
            ConditionBody::Opened => Self::Opened,
            ConditionBody::Used => Self::Used,
            ConditionBody::Damaged => Self::Damaged,
        }
    }
}
