//! `GET /v1/messages/{id}`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::MessageId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::message_view::MessageView;
use crate::service::Service;

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/messages/{id}", "get_message", Policy::Has(Role::Staff))
        .tag("notifications")
        .summary("Shows what became of a message.")
        .path_param::<MessageId>("id", "The message.")
        .answers::<MessageView>(
            200,
            "The message, without its text and without its address.",
        )
        .problem(404, "notifications.message_not_found")
        .handler(handler, service)
}

/// Shows a message.
#[tracing::instrument(name = "http.notifications.get_message", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<MessageId>,
) -> Result<Reply, Problem> {
    let message = service.get_message(&ctx, id).await?;
    Ok(Reply::ok(&MessageView::from(message)))
}
