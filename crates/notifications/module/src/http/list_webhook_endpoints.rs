//! `GET /v1/webhook-endpoints`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::Policy;
use tenon_kernel::{Page, Role};
use tenon_web::{Ctx, Endpoint, ListView, Problem, Reply};

use super::webhook_view::WebhookEndpointView;
use crate::service::Webhooks;

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::get(
        "/v1/webhook-endpoints",
        "list_webhook_endpoints",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Lists the receivers of webhooks, oldest first, all on one page.")
    .answers::<ListView<WebhookEndpointView>>(200, "All receivers; at most 100.")
    .handler(handler, webhooks)
}

/// Lists receivers.
#[tracing::instrument(name = "http.notifications.list_webhook_endpoints", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
) -> Result<Reply, Problem> {
    let endpoints = webhooks.list(&ctx).await?;
    Ok(Reply::page(Page {
        data: endpoints
            .into_iter()
            .map(WebhookEndpointView::from)
            .collect(),
        next_cursor: None,
    }))
}
