//! `GET /v1/messages`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::{
    ListMessages, MessageFilter, MessageStatus, Notifications as _, Template,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Page, Role};
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::message_view::MessageView;
use crate::service::Service;

/// Which messages; all given members must match.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListMessagesQuery {
    /// About exactly this thing: `ord_…`, `usr_…`.
    #[schemars(length(min = 1, max = 64))]
    subject: Option<String>,
    /// With this status.
    status: Option<MessageStatus>,
    /// Made from this template.
    template: Option<Template>,
    /// 1 to 200 messages, 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/messages", "list_messages", Policy::Has(Role::Staff))
        .tag("notifications")
        .summary("Lists messages sent and to be sent, latest first.")
        .query::<ListMessagesQuery>()
        .answers::<ListView<MessageView>>(200, "A page of messages.")
        .problem(400, "notifications.invalid_cursor")
        .problem(422, "notifications.invalid_request")
        .handler(handler, service)
}

/// Lists messages.
#[tracing::instrument(name = "http.notifications.list_messages", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListMessagesQuery>,
) -> Result<Reply, Problem> {
    let ListMessagesQuery {
        subject,
        status,
        template,
        limit,
        cursor,
    } = query;
    let page = page_request(limit, cursor)?;
    let filter = MessageFilter {
        subject,
        status,
        template,
    };
    let messages = service
        .list_messages(&ctx, ListMessages { filter, page })
        .await?;
    Ok(Reply::page(
        Page {
            data: messages.data,
            next_cursor: messages.next_cursor,
        }
        .map(MessageView::from),
    ))
}
