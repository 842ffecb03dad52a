//! `PUT` and `DELETE /v1/customer-groups/{id}/members/{user_id}`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{BuyerId, CustomerGroupId};
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use crate::service::Service;
use crate::service::change_group_member::Membership;

const PATH: &str = "/v1/customer-groups/{id}/members/{user_id}";

pub(super) fn endpoints(service: &Arc<Service>) -> [Endpoint; 2] {
    let add = Endpoint::put(PATH, "add_customer_group_member", Policy::Has(Role::Staff))
        .tag(TAG)
        .summary("Puts somebody into a group of customers.")
        .description(
            "Their prices are those of the group from now on. Whether there is such a person is not checked.",
        )
        .path_param::<CustomerGroupId>("id", "The group.")
        .path_param::<BuyerId>("user_id", "Who.")
        .answers_empty(204, "They are in it.")
        .problem(404, "catalog.customer_group_not_found")
        .handler(add, Arc::clone(service));
    let remove = Endpoint::delete(
        PATH,
        "remove_customer_group_member",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Takes somebody out of a group of customers.")
    .path_param::<CustomerGroupId>("id", "The group.")
    .path_param::<BuyerId>("user_id", "Who.")
    .answers_empty(204, "They are not in it.")
    .problem(404, "catalog.customer_group_not_found")
    .handler(remove, Arc::clone(service));
    [add, remove]
}

/// Puts somebody in.
async fn add(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(member): ApiPath<(CustomerGroupId, BuyerId)>,
) -> Result<Reply, Problem> {
    service
        .change_group_member(&ctx, member, Membership::Starts)
        .await?;
    Ok(Reply::no_content())
}

/// Takes somebody out.
async fn remove(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(member): ApiPath<(CustomerGroupId, BuyerId)>,
) -> Result<Reply, Problem> {
    service
        .change_group_member(&ctx, member, Membership::Ends)
        .await?;
    Ok(Reply::no_content())
}
