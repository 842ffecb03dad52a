//! `GET /v1/admin/jobs`: the jobs of all modules.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_jobs::{JobFilter, JobId, list_jobs};
use tenon_web::{ApiQuery, Ctx, Endpoint, Onward, Problem, Reply, page_request};

use super::view::{JobView, StateView};
use super::{Jobs, POLICY};
use crate::shared::parts::{Gathered, NamedPart, gather, no_such_page, with_next};

/// The operation that a module's part has towards the process with the public API.
pub(in crate::shared) const PART: &str = "part_of_jobs";
const PATH: &str = "/v1/admin/jobs";

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListJobsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only jobs in this state.
    state: Option<StateView>,
    /// Only jobs of this kind: `orders.drive_checkout`.
    kind: Option<String>,
    /// Only jobs of this module; of one that there is not there are none.
    module: Option<String>,
}

/// A page of jobs.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JobList")]
struct JobsView {
    /// At most `limit` items.
    data: Vec<JobView>,
    /// Send it back as `cursor` for the next page; null on the last page.
    next_cursor: Option<String>,
    /// Whether there is a next page.
    has_more: bool,
    /// Modules whose process does not answer now: their jobs are missing on this page.
    unreachable: Vec<String>,
}

pub(in crate::shared) fn part(jobs: &Arc<Jobs>) -> Endpoint {
    Endpoint::get(PATH, PART, POLICY)
        .query::<ListJobsQuery>()
        .handler(answer_part, Arc::clone(jobs))
}

pub(in crate::shared) fn endpoint(parts: Vec<NamedPart>) -> Endpoint {
    Endpoint::get(PATH, "list_jobs", POLICY)
        .tag("platform")
        .summary("Lists the jobs of all modules, newest first.")
        .description(
            "What a job holds is not shown; `reason` says why its last attempt failed. `state=dead` lists what was given \
             up. Jobs that were done or cancelled are kept for seven days. A page is put together from all modules; one \
             that does not answer is named in `unreachable`, and what it has between this page and the next is not listed.",
        )
        .query::<ListJobsQuery>()
        .answers::<JobsView>(200, "A page of jobs.")
        .problem(400, "invalid_cursor")
        .handler(answer, Arc::new(parts))
}

/// Ids are in the order of time in all modules, so a page goes on behind the last id of the one before, everywhere.
async fn answer(
    State(parts): State<Arc<Vec<NamedPart>>>,
    onward: Onward,
    ApiQuery(query): ApiQuery<ListJobsQuery>,
) -> Result<Reply, Problem> {
    let (limit, _) = query.page()?;
    let is_asked = |module: &str| query.module.as_deref().is_none_or(|only| only == module);
    let asked = parts.iter().filter(|(module, _)| is_asked(module));
    let mut jobs: Gathered<JobView> = gather(&onward, asked).await;
    jobs.data.sort_by_key(|job| Reverse(job.id));
    let next = jobs.cut(limit, |last| last.id.to_string());
    let reply = Reply::ok(&JobsView {
        data: jobs.data,
        next_cursor: next.clone(),
        has_more: next.is_some(),
        unreachable: jobs.unreachable,
    });
    Ok(with_next(reply, next))
}

/// One more than the page holds: it may be this module's alone, and the whole has to know whether there is more.
async fn answer_part(
    State(jobs): State<Arc<Jobs>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListJobsQuery>,
) -> Result<Reply, Problem> {
    let (limit, before) = query.page()?;
    let filter = JobFilter {
        state: query.state.map(Into::into),
        kind: query.kind,
        before,
    };
    let limit = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
    let found = list_jobs(&jobs.db, &ctx, &filter, limit).await?;
    let module = jobs.db.module();
    let views: Vec<_> = found
        .into_iter()
        .map(|job| JobView::of(module, job))
        .collect();
    Ok(Reply::ok(&views))
}

impl ListJobsQuery {
    /// How many jobs, and those before which one. The cursor holds nothing but the last id of the page before.
    fn page(&self) -> Result<(usize, Option<JobId>), Problem> {
        let page = page_request(self.limit, self.cursor.clone())?;
        let before = page.cursor.map(|cursor| cursor.as_str().parse());
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let before = before.transpose().map_err(|_| no_such_page())?;
        Ok((limit, before))
    }
}
