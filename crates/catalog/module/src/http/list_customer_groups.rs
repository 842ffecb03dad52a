//! `GET /v1/customer-groups` and `GET /v1/customer-groups/{id}/members`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{BuyerId, CustomerGroupId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Role, Timestamp};
use tenon_web::{ApiPath, ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use super::price_list_view::CustomerGroupView;
use crate::service::Service;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListCustomerGroupsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those that this person is in.
    user_id: Option<BuyerId>,
}

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListGroupMembersQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Somebody in a group.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CustomerGroupMember")]
struct MemberView {
    user_id: BuyerId,
    added_at: Timestamp,
}

pub(super) fn endpoints(service: &Arc<Service>) -> [Endpoint; 2] {
    let list = Endpoint::get(
        "/v1/customer-groups",
        "list_customer_groups",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Lists groups of customers, newest first; `user_id` asks for one person's.")
    .query::<ListCustomerGroupsQuery>()
    .answers::<ListView<CustomerGroupView>>(200, "A page of groups.")
    .problem(400, "catalog.invalid_cursor")
    .handler(list, Arc::clone(service));
    let members = Endpoint::get(
        "/v1/customer-groups/{id}/members",
        "list_customer_group_members",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Lists who is in a group of customers, by user id.")
    .path_param::<CustomerGroupId>("id", "The group.")
    .query::<ListGroupMembersQuery>()
    .answers::<ListView<MemberView>>(200, "A page of members.")
    .problem(400, "catalog.invalid_cursor")
    .problem(404, "catalog.customer_group_not_found")
    .handler(members, Arc::clone(service));
    [list, members]
}

/// Lists groups.
async fn list(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListCustomerGroupsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let page = service
        .list_customer_groups(&ctx, query.user_id, page)
        .await?;
    Ok(Reply::page(page.map(CustomerGroupView::from)))
}

/// Lists members.
async fn members(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<CustomerGroupId>,
    ApiQuery(query): ApiQuery<ListGroupMembersQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let page = service.list_customer_group_members(&ctx, id, page).await?;
    Ok(Reply::page(page.map(|member| MemberView {
        user_id: member.user_id,
        added_at: member.added_at,
    })))
}
