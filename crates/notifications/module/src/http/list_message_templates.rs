//! `GET /v1/message-templates`

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_kernel::{Page, Role};
use tenon_web::{Endpoint, ListView, Problem, Reply};

use crate::domain::{Parameter, ParameterType, TRANSACTIONAL, Topic, Transactional};

/// A message that can be asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MessageTemplate")]
struct MessageTemplateView {
    /// Its name.
    template: Transactional,
    /// What it is for.
    description: &'static str,
    /// Whose choices count for it, and whether it can be gathered: its readers' preferences for this topic.
    topic: Topic,
    /// What it takes.
    parameters: Vec<MessageParameterView>,
}

/// What a message takes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MessageParameter")]
struct MessageParameterView {
    /// Its name in `parameters`.
    name: &'static str,
    /// What it is.
    #[serde(rename = "type")]
    kind: ParameterType,
    /// Whether the message says nothing without it.
    required: bool,
    /// Of text, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    /// What it says.
    description: &'static str,
}

impl From<Transactional> for MessageTemplateView {
    fn from(template: Transactional) -> Self {
        let parameters = template.parameters().iter();
        Self {
            template,
            description: template.about(),
            topic: Topic::of_template(template.template()),
            parameters: parameters.map(MessageParameterView::from).collect(),
        }
    }
}

impl From<&Parameter> for MessageParameterView {
    fn from(parameter: &Parameter) -> Self {
        Self {
            name: parameter.name,
            kind: parameter.kind,
            required: parameter.is_required,
            max_length: parameter.max_length,
            description: parameter.about,
        }
    }
}

pub(super) fn endpoint() -> Endpoint {
    Endpoint::get(
        "/v1/message-templates",
        "list_message_templates",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Lists the messages that can be asked for, with what they take.")
    .answers::<ListView<MessageTemplateView>>(200, "All of them, on one page.")
    .handler(handler, ())
}

/// Lists the templates.
#[tracing::instrument(name = "http.notifications.list_message_templates", skip_all)]
async fn handler(State(()): State<()>) -> Result<Reply, Problem> {
    let all = TRANSACTIONAL.iter().copied().map(MessageTemplateView::from);
    Ok(Reply::page(Page {
        data: all.collect(),
        next_cursor: None,
    }))
}
