//! `GET /v1/auth/federation`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_web::{Endpoint, Problem, Reply};

use super::TAG;
use crate::service::Service;
use crate::service::federation::ShownProvider;

/// The providers.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Providers")]
pub(super) struct View {
    /// All, by name.
    data: Vec<ProviderView>,
}

/// A provider.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Provider")]
pub(super) struct ProviderView {
    /// What it is called in paths.
    name: String,
    /// What a button says.
    display_name: String,
}

impl From<ShownProvider> for ProviderView {
    fn from(provider: ShownProvider) -> Self {
        Self {
            name: provider.name,
            display_name: provider.display_name,
        }
    }
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/auth/federation", "list_providers", Policy::Public)
        .tag(TAG)
        .summary("Lists the providers whose accounts sign people in.")
        .answers::<View>(200, "The providers of the settings.")
        .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>) -> Result<Reply, Problem> {
    let data = service.list_providers();
    Ok(Reply::ok(&View {
        data: data.into_iter().map(ProviderView::from).collect(),
    }))
}
