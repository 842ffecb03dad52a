//! `GET /v1/admin/sagas`: the unfinished sagas of all modules.

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_jobs::{SagaId, unfinished_sagas_after};
use tenon_kernel::Timestamp;
use tenon_web::{ApiQuery, Ctx, Endpoint, Onward, Problem, Reply, page_request};
use uuid::Uuid;

use super::view::SagaView;
use super::{POLICY, Sagas};
use crate::shared::parts::{Gathered, NamedPart, gather, no_such_page, with_next};

/// The operation that a module's part has towards the process with the public API.
pub(in crate::shared) const PART: &str = "part_of_sagas";
const PATH: &str = "/v1/admin/sagas";

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListSagasQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of sagas.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SagaList")]
struct SagasView {
    /// At most `limit` items.
    data: Vec<SagaView>,
    /// Send it back as `cursor` for the next page; null on the last page.
    next_cursor: Option<String>,
    /// Whether there is a next page.
    has_more: bool,
    /// Modules whose process does not answer now: their sagas are missing on this page.
    unreachable: Vec<String>,
}

pub(in crate::shared) fn part(sagas: &Arc<Sagas>) -> Endpoint {
    Endpoint::get(PATH, PART, POLICY)
        .query::<ListSagasQuery>()
        .handler(answer_part, Arc::clone(sagas))
}

pub(in crate::shared) fn endpoint(parts: Vec<NamedPart>) -> Endpoint {
    Endpoint::get(PATH, "list_sagas", POLICY)
        .tag("platform")
        .summary("Lists the sagas of all modules that are not at their end, oldest first.")
        .description(
            "Checkouts, for one. `wake_at` in the past says that nobody has come: it stands still. A page is put together from \
             all modules; one that does not answer is named in `unreachable`, and what it has between this page and the next \
             is not listed.",
        )
        .query::<ListSagasQuery>()
        .answers::<SagasView>(200, "A page of sagas.")
        .problem(400, "invalid_cursor")
        .handler(answer, Arc::new(parts))
}

async fn answer(
    State(parts): State<Arc<Vec<NamedPart>>>,
    onward: Onward,
    ApiQuery(query): ApiQuery<ListSagasQuery>,
) -> Result<Reply, Problem> {
    let (limit, _) = query.page()?;
    let mut sagas: Gathered<SagaView> = gather(&onward, parts.iter()).await;
    sagas.data.sort_by_key(SagaView::place);
    let next = sagas.cut(limit, |last| {
        format!("{}.{}", last.created_at.as_micros(), last.id)
    });
    let reply = Reply::ok(&SagasView {
        data: sagas.data,
        next_cursor: next.clone(),
        has_more: next.is_some(),
        unreachable: sagas.unreachable,
    });
    Ok(with_next(reply, next))
}

/// One more than the page holds: the whole has to know whether there is more.
async fn answer_part(
    State(sagas): State<Arc<Sagas>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListSagasQuery>,
) -> Result<Reply, Problem> {
    let (limit, after) = query.page()?;
    let limit = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
    let found = unfinished_sagas_after(&sagas.db, &ctx, after, limit).await?;
    let module = sagas.db.module();
    let views: Vec<_> = found
        .into_iter()
        .map(|saga| SagaView::of(module, saga))
        .collect();
    Ok(Reply::ok(&views))
}

impl ListSagasQuery {
    /// How many sagas, and behind which place. The cursor holds nothing but the place of the last one of the page before.
    fn page(&self) -> Result<(usize, Option<(Timestamp, Uuid)>), Problem> {
        let page = page_request(self.limit, self.cursor.clone())?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let after = page.cursor.map(|cursor| place(cursor.as_str()));
        let after = after.map(|place| place.ok_or_else(no_such_page));
        Ok((limit, after.transpose()?))
    }
}

impl SagaView {
    fn place(&self) -> (Timestamp, Uuid) {
        (self.created_at, self.id.uuid())
    }
}

fn place(text: &str) -> Option<(Timestamp, Uuid)> {
    /// The end of the year 9999.
    const LATEST: i64 = 253_402_300_799_999_999;
    let (micros, id) = text.split_once('.')?;
    let micros = micros.parse().ok().filter(|it| (0..=LATEST).contains(it))?;
    let id: SagaId = id.parse().ok()?;
    Some((Timestamp::from_micros(micros), id.uuid()))
}
