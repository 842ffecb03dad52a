//! `GET /v1/refunds`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::PaymentId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use super::view::RefundView;
use crate::service::Service;
use crate::store::refund_lists::{RefundFilter, Stage};

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListRefundsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only refunds of this payment.
    payment_id: Option<PaymentId>,
    /// Only refunds that stand here.
    status: Option<WantedStatus>,
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WantedRefundStatus")]
enum WantedStatus {
    /// Somebody else than who asked for it must approve.
    AwaitingApproval,
    /// On its way to the provider, or the provider works on it.
    Pending,
    /// The money is given back.
    Succeeded,
    /// The provider refused for good, or nobody approved.
    Failed,
    /// Nobody can say yet.
    Unknown,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/refunds", "list_refunds", Policy::Has(Role::Staff))
        .tag(TAG)
        .summary("Lists refunds, newest first.")
        .description("With `status=awaiting_approval` those that a second person is waited for.")
        .query::<ListRefundsQuery>()
        .answers::<ListView<RefundView>>(200, "A page of refunds.")
        .problem(400, "payments.invalid_cursor")
        .handler(handler, Arc::clone(service))
}

/// Lists refunds.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListRefundsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let filter = RefundFilter {
        payment: query.payment_id,
        stage: query.status.map(Stage::from),
    };
    let page = service.list_refunds(&ctx, filter, page).await?;
    Ok(Reply::page(
        page.map(|refund| RefundView::new(refund, true)),
    ))
}

impl From<WantedStatus> for Stage {
    fn from(status: WantedStatus) -> Self {
        match status {
            WantedStatus::AwaitingApproval => Self::Awaiting,
            WantedStatus::Pending => Self::Pending,
            WantedStatus::Succeeded => Self::Succeeded,
            WantedStatus::Failed => Self::Failed,
            WantedStatus::Unknown => Self::Unknown,
        }
    }
}
