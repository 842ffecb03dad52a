//! `GET /v1/audit/entries`

use std::sync::Arc;

use audit_contract::{Audit as _, EntryFilter, ListEntries};
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Page, Role, Timestamp};
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::view::EntryView;
use crate::service::Service;

/// Which entries; all given members must match.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListEntriesQuery {
    /// Exactly this actor: a user's id, `service:orders`, or `anonymous`.
    #[schemars(length(min = 1, max = 200))]
    actor: Option<String>,
    /// Exactly this action, for example `order.placed`.
    #[schemars(length(min = 1, max = 200))]
    action: Option<String>,
    /// Exactly this target: the id of a thing.
    #[schemars(length(min = 1, max = 200))]
    target: Option<String>,
    /// It happened then or later.
    since: Option<Timestamp>,
    /// It happened before then.
    until: Option<Timestamp>,
    /// 1 to 200 entries, 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/audit/entries",
        "list_audit_entries",
        Policy::Has(Role::Admin),
    )
    .tag("audit")
    .summary("Lists what happened, latest first.")
    .query::<ListEntriesQuery>()
    .answers::<ListView<EntryView>>(200, "A page of entries.")
    .problem(400, "audit.invalid_cursor")
    .problem(422, "audit.invalid_request")
    .handler(handler, service)
}

/// Lists entries.
#[tracing::instrument(name = "http.audit.list_entries", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListEntriesQuery>,
) -> Result<Reply, Problem> {
    let ListEntriesQuery {
        actor,
        action,
        target,
        since,
        until,
        limit,
        cursor,
    } = query;
    let page = page_request(limit, cursor)?;
    let filter = EntryFilter {
        actor,
        action,
        target,
        since,
        until,
    };
    let entries = service
        .list_entries(&ctx, ListEntries { filter, page })
        .await?;
    Ok(Reply::page(
        Page {
            data: entries.data,
            next_cursor: entries.next_cursor,
        }
        .map(EntryView::from),
    ))
}
