//! `POST /v1/messages/{id}/cancellations`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::MessageId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::message_view::MessageView;
use crate::service::Service;

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/messages/{id}/cancellations",
        "cancel_message",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Stops a message that waits for its time.")
    .description("Safe to call any number of times. What it says is forgotten.")
    .path_param::<MessageId>("id", "The message.")
    .answers::<MessageView>(
        200,
        "The message: it will not be sent, `reason` is `cancelled`.",
    )
    .problem(404, "notifications.message_not_found")
    .problem(409, "notifications.message_not_scheduled")
    .handler(handler, service)
}

/// Cancels a message.
#[tracing::instrument(name = "http.notifications.cancel_message", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<MessageId>,
) -> Result<Reply, Problem> {
    let message = service.cancel_message(&ctx, id).await?;
    Ok(Reply::ok(&MessageView::from(message)))
}
