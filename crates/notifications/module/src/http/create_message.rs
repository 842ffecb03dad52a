//! `POST /v1/messages`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::{Channel, NotificationsError, UserRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenon_access::Policy;
use tenon_kernel::{FieldError, Role, Timestamp};
use tenon_seam::SeamError;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::message_view::MessageView;
use crate::domain::Transactional;
use crate::service::{Addressee, CREATE_MESSAGE, CreateMessage, Service};

/// A message to somebody.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateMessage")]
pub(super) struct CreateMessageBody {
    /// Whom it is for: one of the two.
    to: AddresseeBody,
    /// Over which channel; an address takes mail only.
    channel: ChannelBody,
    /// What it says: `GET /v1/message-templates` lists what there is.
    template: Transactional,
    /// What the template takes.
    parameters: Map<String, Value>,
    /// When: a time to come, within 30 days. At once unless said.
    send_at: Option<Timestamp>,
}

/// Whom a message is for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MessageAddressee")]
struct AddresseeBody {
    /// Somebody with an account.
    user_id: Option<UserRef>,
    /// Whoever reads this mail address.
    #[schemars(length(min = 3, max = 254), extend("x-pii" = true))]
    address: Option<String>,
}

/// Over which channel a message goes.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RequestedChannel")]
enum ChannelBody {
    /// E-mail.
    Email,
    /// Text messages to the person's telephones.
    Sms,
    /// Messages to the person's devices.
    Push,
    /// Wherever the person wants to be told about the topic of the template.
    Preferred,
}

/// What a request became.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RequestedMessages")]
struct RequestedMessagesView {
    /// One for each address: a person may have several telephones and devices.
    data: Vec<MessageView>,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/messages", "create_message", Policy::Has(Role::Staff))
        .tag("notifications")
        .summary("Sends somebody a message made from a template, at once or later.")
        .description(
            "It goes the way that all messages go: what its reader has switched off is dropped, what they want gathered \
             waits for the digest, telephones are quiet in quiet hours, and nothing is sent to addresses that refuse mail. \
             An order has to be the reader's. What it says is kept sealed until it is sent.",
        )
        .idempotency(KeyRule::Required)
        .kept_as(CREATE_MESSAGE, None)
        .body::<CreateMessageBody>()
        .answers::<RequestedMessagesView>(202, "The messages; each can be looked at, and cancelled while it is scheduled.")
        .without_location()
        .problem(409, "notifications.channel_unavailable")
        .problem(409, "notifications.not_reachable")
        .problem(422, "notifications.invalid_request")
        .handler(handler, service)
}

/// Asks for a message.
#[tracing::instrument(name = "http.notifications.create_message", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreateMessageBody>,
) -> Result<Reply, Problem> {
    let to = match (body.to.user_id, body.to.address) {
        (Some(user), None) => Addressee::User(user),
        (None, Some(address)) => Addressee::Address(address),
        (Some(_), Some(_)) | (None, None) => {
            let detail = "Either `user_id` or `address`.";
            let errors = vec![FieldError::new("/to", "invalid_value", detail)];
            let refusal = NotificationsError::InvalidRequest { errors };
            return Err(SeamError::Domain(refusal).into());
        }
    };
    let channel = match body.channel {
        ChannelBody::Email => Some(Channel::Email),
        ChannelBody::Sms => Some(Channel::Sms),
        ChannelBody::Push => Some(Channel::Push),
        ChannelBody::Preferred => None,
    };
    let request = CreateMessage {
        to,
        channel,
        template: body.template,
        parameters: body.parameters,
        send_at: body.send_at,
    };
    let messages = service.create_message(&ctx, request).await?;
    Ok(Reply::accepted(&RequestedMessagesView {
        data: messages.into_iter().map(MessageView::from).collect(),
    }))
}
