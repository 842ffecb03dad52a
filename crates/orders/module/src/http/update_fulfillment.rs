//! `PATCH /v1/fulfillments/{fulfillment_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{FulfillmentId, OrdersError};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{FieldError, Role};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::fulfillment_view::FulfillmentView;
use super::members::stale;
use crate::domain::fulfillment::FulfillmentStatus;
use crate::domain::patch::Patch;
use crate::service::Service;
use crate::service::update_fulfillment::UpdateFulfillment;
use crate::store::Access;

/// What to change: absent members stay, null clears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateFulfillmentBody {
    /// Where it is now.
    status: Option<MoveBody>,
    /// `DHL`
    #[serde(default)]
    #[schemars(length(min = 1, max = 100))]
    carrier: Patch<String>,
    /// The carrier's number.
    #[serde(default)]
    #[schemars(length(min = 1, max = 100))]
    tracking_number: Patch<String>,
    /// A page for people: http or https.
    #[serde(default)]
    #[schemars(length(max = 2048))]
    tracking_url: Patch<String>,
}

/// Where a parcel can be sent.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum MoveBody {
    Shipped,
    Delivered,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/fulfillments/{fulfillment_id}",
        "update_fulfillment",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Sends a parcel, notes its arrival, names its tracking.")
    .path_param::<FulfillmentId>("fulfillment_id", "Which parcel.")
    .needs_if_match()
    .body::<UpdateFulfillmentBody>()
    .answers::<FulfillmentView>(200, "The parcel.")
    .problem(404, "orders.fulfillment_not_found")
    .problem(409, "orders.fulfillment_transition")
    .problem(412, "orders.stale_version")
    .problem(422, "orders.invalid_request")
    .handler(handler, Arc::clone(service))
}

/// Changes a parcel.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    IfMatch(version): IfMatch,
    ApiPath(id): ApiPath<FulfillmentId>,
    ApiJson(body): ApiJson<UpdateFulfillmentBody>,
) -> Result<Reply, Problem> {
    check(&body)?;
    let change = UpdateFulfillment {
        status: body.status.map(FulfillmentStatus::from),
        carrier: body.carrier,
        tracking_number: body.tracking_number,
        tracking_url: body.tracking_url,
    };
    let parcel = service
        .update_fulfillment(&ctx, id, &Access::of(&ctx, None), version, change)
        .await
        .map_err(stale)?;
    let version = parcel.version;
    Ok(Reply::ok(&FulfillmentView::from(parcel)).version(version))
}

fn check(body: &UpdateFulfillmentBody) -> Result<(), Problem> {
    let plain = |text: &str| {
        (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    };
    let mut errors = Vec::new();
    for (pointer, text) in [
        ("/carrier", &body.carrier),
        ("/tracking_number", &body.tracking_number),
    ] {
        if text.as_set().is_some_and(|text| !plain(text)) {
            errors.push(FieldError::new(
                pointer,
                "invalid_text",
                "expected 1 to 100 characters on one line",
            ));
        }
    }
    let is_url = |text: &str| {
        text.len() <= 2_048
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && (text.starts_with("https://") || text.starts_with("http://"))
    };
    if body.tracking_url.as_set().is_some_and(|url| !is_url(url)) {
        let detail = "expected an http or https URL of at most 2048 characters";
        errors.push(FieldError::new("/tracking_url", "invalid_url", detail));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::from_error(&OrdersError::InvalidRequest {
            fields: errors,
        }))
    }
}

impl From<MoveBody> for FulfillmentStatus {
    fn from(status: MoveBody) -> Self {
        match status {
            MoveBody::Shipped => Self::Shipped,
            MoveBody::Delivered => Self::Delivered,
        }
    }
}
