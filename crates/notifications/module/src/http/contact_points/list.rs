//! `GET /v1/me/contact-points`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::Policy;
use tenon_kernel::Page;
use tenon_web::{Ctx, Endpoint, ListView, Problem, Reply};

use super::super::view::reader;
use super::{ContactPointView, PATH, TAG};
use crate::service::Service;

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get(PATH, "list_my_contact_points", Policy::SignedIn)
        .tag(TAG)
        .summary("Lists the caller's telephones and devices, oldest first, all on one page.")
        .answers::<ListView<ContactPointView>>(200, "All of them; at most 10.")
        .handler(handler, service)
}

/// Lists the caller's contact points.
#[tracing::instrument(name = "http.notifications.list_contact_points", skip_all)]
async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let points = service.list_contact_points(&ctx, reader(&ctx)?).await?;
    Ok(Reply::page(Page {
        data: points.into_iter().map(ContactPointView::from).collect(),
        next_cursor: None,
    }))
}
