//! `GET /v1/messages`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::{
    Channel, DropReason, ListMessages, Message, MessageFilter, MessageId, MessageStatus,
    Notifications as _, Template,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Page, Role, Timestamp};
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

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

/// A message, without its text and without its address: neither is kept.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Message")]
pub(super) struct MessageView {
    /// Its id; its SMTP `Message-ID` begins with it.
    id: MessageId,
    /// Over which channel.
    channel: Channel,
    /// What it says.
    template: Template,
    /// Id of the thing it is about.
    subject: String,
    /// Where it stands.
    status: MessageStatus,
    /// Attempts so far.
    attempts: i64,
    /// Attempts whose outcome nobody can know: the reader may have got it more than once.
    uncertain: i64,
    /// Keyed hash of the address; absent until it was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_hash: Option<String>,
    /// Why the last attempt failed: `unavailable`, `deferred 451`, `refused 550`, `unsendable`, `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// Why it was dropped: `preference` says that its reader does not want it, `suppressed` that its address took
    /// nothing before.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<DropReason>,
    /// When it was asked for.
    created_at: Timestamp,
    /// When the mail server took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Timestamp>,
}

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        Self {
            id: message.id,
            channel: message.channel,
            template: message.template,
            subject: message.subject,
            status: message.status,
            attempts: message.attempts,
            uncertain: message.uncertain,
            recipient_hash: message.recipient_hash,
            last_error: message.last_error,
            reason: message.reason,
            created_at: message.created_at,
            sent_at: message.sent_at,
        }
    }
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
