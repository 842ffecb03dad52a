//! `GET /v1/message-suppressions`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::{Channel, MessageId, SuppressionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Role, Timestamp};
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use crate::service::{ListSuppressions, Service};
use crate::store::suppressions::Suppression;

/// Which suppressions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListSuppressionsQuery {
    /// Of exactly this address, as `recipient_hash` of a message names it.
    #[schemars(length(min = 1, max = 64))]
    recipient_hash: Option<String>,
    /// 1 to 200 suppressions, 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An address that nothing is sent to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MessageSuppression")]
pub(super) struct SuppressionView {
    /// Its id.
    id: SuppressionId,
    /// Over which channel nothing is sent.
    channel: Channel,
    /// Keyed hash of the address.
    recipient_hash: String,
    /// The message that was refused.
    message_id: MessageId,
    /// How it was refused: `refused 550`.
    last_error: String,
    /// When it was refused.
    created_at: Timestamp,
}

impl From<Suppression> for SuppressionView {
    fn from(suppression: Suppression) -> Self {
        Self {
            id: suppression.id,
            channel: suppression.channel,
            recipient_hash: suppression.recipient_hash,
            message_id: suppression.message_id,
            last_error: suppression.last_error,
            created_at: suppression.created_at,
        }
    }
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/message-suppressions",
        "list_message_suppressions",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Lists addresses that nothing is sent to, latest first.")
    .description(
        "An address gets here when a server says that there is no such mailbox: 550, 551 or 553.",
    )
    .query::<ListSuppressionsQuery>()
    .answers::<ListView<SuppressionView>>(200, "A page of suppressions.")
    .problem(400, "notifications.invalid_cursor")
    .problem(422, "notifications.invalid_request")
    .handler(handler, service)
}

/// Lists suppressions.
#[tracing::instrument(name = "http.notifications.list_suppressions", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListSuppressionsQuery>,
) -> Result<Reply, Problem> {
    let request = ListSuppressions {
        recipient_hash: query.recipient_hash,
        page: page_request(query.limit, query.cursor)?,
    };
    let page = service.list_suppressions(&ctx, request).await?;
    Ok(Reply::page(page.map(SuppressionView::from)))
}
