//! `GET /v1/search`

mod query;
mod view;

use std::sync::Arc;

use axum::extract::State;
use tenon_access::Policy;
use tenon_web::{ApiQuery, Ctx, Endpoint, Problem, Reply, page_request};

use self::query::SearchQuery;
use self::view::SearchView;
use super::TAG;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/search", "search", Policy::Public)
        .tag(TAG)
        .summary("Finds products on sale by words, with facets.")
        .description(
            "A product is found if it has every word of `q` in its title, description, category, SKUs or titles of variants, \
             in upper or lower case, with or without accents; the last word may be the beginning of one. If there is none, \
             typos are forgiven: one in words of four letters and more, two from eight letters on, none in words with digits. \
             `q` has no syntax: marks only separate words. \
             Each facet is counted with all filters but its own, so a count is what choosing it would leave. \
             A change of a product is found from the moment it is answered. \
             At most 5,000 matching products are looked at; `complete` says whether these were all.",
        )
        .query::<SearchQuery>()
        .answers::<SearchView<'static>>(200, "A page of products, and what can be chosen.")
        .problem(400, "catalog.invalid_cursor")
        .problem(422, "catalog.invalid")
        .handler(handler, Arc::clone(service))
}

/// Finds products.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor.clone())?;
    let found = service.search(&ctx, query.into_wish(), page).await?;
    let reply = Reply::ok(&SearchView::of(&found));
    Ok(match &found.next_cursor {
        Some(cursor) => reply.next_page(cursor),
        None => reply,
    })
}
