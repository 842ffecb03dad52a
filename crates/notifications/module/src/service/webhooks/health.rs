//! Whether a receiver takes anything at all, and what follows if it does not.

use std::time::Duration;

use notifications_contract::{
    DisableReason, WebhookEndpointDisabled, WebhookEndpointFailing, WebhookEndpointRecovered,
};
use tenon_events::Emit as _;
use tenon_store::{StoreError, Tx};

use super::attempt::EVENT_GONE;
use crate::domain::{AttemptPlan, DeliveryState, EndpointStatus, WebhookEndpoint};
use crate::store::webhook_endpoints;

/// Failures without a success go on for so long before they are told.
const TOLD_AFTER: Duration = Duration::from_hours(1);
/// And for so long before nothing is sent any more.
const DISABLED_AFTER: Duration = Duration::from_hours(5 * 24);

/// Notes what an attempt says about its receiver, which is locked.
pub(super) async fn note(
    tx: &mut Tx<'_>,
    endpoint: &mut WebhookEndpoint,
    plan: &AttemptPlan,
) -> Result<(), StoreError> {
    match &plan.error {
        None if plan.state == DeliveryState::Delivered => succeeded(tx, endpoint).await,
        Some(error) if error != EVENT_GONE => failed(tx, endpoint, error, plan.is_gone).await,
        _ => Ok(()),
    }
}

async fn succeeded(tx: &mut Tx<'_>, endpoint: &mut WebhookEndpoint) -> Result<(), StoreError> {
    let Some(since) = endpoint.failing_since else {
        return Ok(());
    };
    let was_told = endpoint.failing_told_at.is_some();
    endpoint.failing_since = None;
    endpoint.failing_told_at = None;
    endpoint.last_error = None;
    *endpoint = webhook_endpoints::update(tx, endpoint).await?;
    if was_told {
        tx.emit(&WebhookEndpointRecovered {
            endpoint_id: endpoint.id,
            since,
        })
        .await?;
    }
    Ok(())
}

async fn failed(
    tx: &mut Tx<'_>,
    endpoint: &mut WebhookEndpoint,
    error: &str,
    is_gone: bool,
) -> Result<(), StoreError> {
    let now = tx.now();
    let since = endpoint.failing_since.unwrap_or(now);
    let mut after = endpoint.clone();
    after.failing_since = Some(since);
    after.last_error = Some(error.to_owned());
    let is_told = after.failing_told_at.is_none() && now.since(since) >= TOLD_AFTER;
    if is_told {
        after.failing_told_at = Some(now);
    }
    let reason = if is_gone {
        Some(DisableReason::Gone)
    } else {
        (now.since(since) >= DISABLED_AFTER).then_some(DisableReason::Failing)
    };
    let reason = reason.filter(|_| endpoint.is_enabled());
    if reason.is_some() {
        after.status = EndpointStatus::Disabled;
        after.disabled_reason = reason;
    }
    if after == *endpoint {
        return Ok(());
    }
    *endpoint = webhook_endpoints::update(tx, &after).await?;
    if is_told {
        tx.emit(&WebhookEndpointFailing {
            endpoint_id: endpoint.id,
            since,
            last_error: error.to_owned(),
        })
        .await?;
    }
    if let Some(reason) = reason {
        tracing::warn!(endpoint.id = %endpoint.id, ?reason, error, "webhook endpoint disabled");
        tx.emit(&WebhookEndpointDisabled {
            endpoint_id: endpoint.id,
            reason,
            since: Some(since),
            last_error: Some(error.to_owned()),
        })
        .await?;
    }
    Ok(())
}
