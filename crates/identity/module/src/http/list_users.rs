//! `GET /v1/users`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Page, Role};
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::views::UserView;
use super::{TAG, problem};
use crate::service::Service;

/// Which users, which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    /// 1 to 200; 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only the user with this address.
    email: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/users", "list_users", Policy::Has(Role::Admin))
        .tag(TAG)
        .summary("Lists users, newest first.")
        .query::<Query>()
        .answers::<ListView<UserView>>(200, "Users.")
        .problem(400, "identity.invalid_cursor")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let users = match query.email {
        Some(email) => {
            let found = service
                .find_user_by_email(&ctx, &email)
                .await
                .map_err(problem)?;
            Page {
                data: found.into_iter().collect(),
                next_cursor: None,
            }
        }
        None => service.list_users(&ctx, page).await.map_err(problem)?,
    };
    Ok(Reply::page(users.map(|account| UserView::from(&account))))
}
