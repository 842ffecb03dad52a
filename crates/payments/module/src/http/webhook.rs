//! `POST /v1/provider-webhooks/{provider}`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_kernel::Interface;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, Problem, RawBody, Reply};

use super::TAG;
use crate::service::Service;

/// Largest event.
const MAX_BODY: usize = 64 * 1024;

/// What the provider gets back.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProviderWebhookReceived")]
struct ReceivedView {
    /// Always true.
    received: bool,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/provider-webhooks/{provider}", "receive_provider_webhook", Policy::Bearer)
        .tag(TAG)
        .summary("Takes an event of a payment provider.")
        .description(
            "The signature over the raw body is checked first: HMAC-SHA256 over `<t>.<body>`, at most five minutes \
             old. 200 means that the event is stored; it is looked at afterwards, once, however often it arrives.",
        )
        .path_param::<String>("provider", "The provider's name: `simulator`")
        .header("simulator-signature", false, "`t=<unix seconds>,v1=<hex>`")
        .interface(Interface::Webhook)
        .max_body(MAX_BODY)
        .answers::<ReceivedView>(200, "The event is stored.")
        .problem(400, "payments.unreadable_event")
        .problem(401, "payments.bad_signature")
        .problem(404, "payments.unknown_provider")
        .handler(handler, Arc::clone(service))
}

/// Stores an event.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(provider): ApiPath<String>,
    headers: BearerSecret,
    RawBody(body): RawBody,
) -> Result<Reply, Problem> {
    let signature = headers.header(service.provider.signature_header());
    service
        .receive_event(&ctx, &provider, signature, &body)
        .await?;
    Ok(Reply::ok(&ReceivedView { received: true }))
}
