//! `GET /v1/webhook-deliveries`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookEndpointId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_events::EventId;
use tenon_kernel::Role;
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::webhook_view::WebhookDeliveryView;
use crate::domain::DeliveryState;
use crate::service::{ListDeliveries, Webhooks};
use crate::store::webhook_deliveries::DeliveryFilter;

/// Which deliveries; all given members must match.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListWebhookDeliveriesQuery {
    /// To this receiver.
    endpoint_id: Option<WebhookEndpointId>,
    /// In this state.
    state: Option<DeliveryState>,
    /// Of this event.
    event_id: Option<EventId>,
    /// 1 to 200 deliveries, 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::get(
        "/v1/webhook-deliveries",
        "list_webhook_deliveries",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Lists deliveries of webhooks, latest first.")
    .query::<ListWebhookDeliveriesQuery>()
    .answers::<ListView<WebhookDeliveryView>>(200, "A page of deliveries.")
    .problem(400, "notifications.invalid_cursor")
    .handler(handler, webhooks)
}

/// Lists deliveries.
#[tracing::instrument(name = "http.notifications.list_webhook_deliveries", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListWebhookDeliveriesQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let filter = DeliveryFilter {
        endpoint_id: query.endpoint_id,
        state: query.state,
        event_id: query.event_id,
    };
    let request = ListDeliveries { filter, page };
    let page = webhooks.list_deliveries(&ctx, request).await?;
    Ok(Reply::page(page.map(WebhookDeliveryView::from)))
}
