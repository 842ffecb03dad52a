//! `GET /v1/operations/{id}`: how a command goes that takes long.

mod view;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use tenon_access::Policy;
use tenon_jobs::{Operation, OperationId};
use tenon_kernel::{CallCtx, ErrorKind, Principal, Role};
use tenon_store::{Db, StoreError};
use tenon_web::{ApiPath, Ctx, Endpoint, Onward, Preferences, Problem, Reply};

pub use self::view::OperationView;
use super::parts;

/// The operation that a module's part has towards the process with the public API.
pub(super) const PART: &str = "part_of_operation";
const PATH: &str = "/v1/operations/{id}";
const POLICY: Policy = Policy::SignedIn;
/// Longest wait of a long poll.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// How often a waiting reader looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// When to look again, in seconds: soon enough for a person who waits.
const RETRY_AFTER: &str = "2";

/// 202 for a command that goes on as an operation.
pub fn accepted(operation: Operation) -> Reply {
    let location = format!("/v1/operations/{}", operation.id);
    Reply::accepted(&OperationView::from(operation))
        .header("location", location)
        .header("retry-after", RETRY_AFTER)
}

/// A module's part.
pub(super) fn part(db: &Db) -> Endpoint {
    Endpoint::get(PATH, PART, POLICY)
        .waits(LONGEST_WAIT)
        .handler(answer_part, db.clone())
}

/// The whole.
pub(super) fn endpoint(parts: Vec<Endpoint>) -> Endpoint {
    Endpoint::get(PATH, "get_operation", POLICY)
        .tag("platform")
        .summary("Shows how a command goes that takes long, or waits for its next change.")
        .description(
            "Commands that answered 202 with this `Location` go on in the background. Whoever sent the command may look, \
             and staff. While it goes on there is `Retry-After`; with `Prefer: wait=20` (RFC 7240) the answer comes as \
             soon as something changes, after at most so many seconds. Send the known `ETag` in `If-None-Match` to miss \
             no change. Operations are kept for 30 days after their end.",
        )
        .path_param::<OperationId>("id", "The operation.")
        .versioned()
        .waits(LONGEST_WAIT)
        .answers::<OperationView>(200, "The operation.")
        .with_header("Retry-After", "Seconds after which to look again; absent once it has ended.")
        .problem(404, "operation_not_found")
        .handler(answer, Arc::new(parts))
}

async fn answer(
    State(parts): State<Arc<Vec<Endpoint>>>,
    onward: Onward,
    ApiPath(_): ApiPath<OperationId>,
) -> Result<Reply, Problem> {
    let found = parts::find(&onward, &parts).await?;
    found.as_ref().map(reply).ok_or_else(|| {
        Problem::new(
            ErrorKind::NotFound,
            "operation_not_found",
            "There is no such operation, or it is not the caller's.",
        )
    })
}

fn reply(view: &OperationView) -> Reply {
    let reply = Reply::ok(view).version(view.version());
    if view.is_over() {
        reply
    } else {
        reply.header("retry-after", RETRY_AFTER)
    }
}

async fn answer_part(
    State(db): State<Db>,
    Ctx(ctx): Ctx,
    preferences: Preferences,
    headers: HeaderMap,
    ApiPath(id): ApiPath<OperationId>,
) -> Result<Reply, Problem> {
    let at_most = preferences.wait(LONGEST_WAIT).unwrap_or_default();
    let found = find(&db, &ctx, id, known(&headers), at_most).await?;
    Ok(Reply::ok(&found.map(OperationView::from)))
}

/// Finds an operation that the caller may see, as soon as it is another version than `known` (the present one, if absent)
/// or over; after `at_most` as it is.
async fn find(
    db: &Db,
    ctx: &CallCtx,
    id: OperationId,
    known: Option<i64>,
    at_most: Duration,
) -> Result<Option<Operation>, StoreError> {
    let (mut known, mut waited) = (known, Duration::ZERO);
    loop {
        let found = Operation::find(&mut db.read(ctx), id).await?;
        let Some(operation) = found.filter(|found| may_see(ctx, found)) else {
            return Ok(None);
        };
        let known = *known.get_or_insert(operation.version);
        if operation.version != known || operation.is_over() || waited >= at_most {
            return Ok(Some(operation));
        }
        let pause = LOOK_EVERY.min(at_most.saturating_sub(waited));
        tokio::time::sleep(pause).await;
        waited += pause;
    }
}

fn may_see(ctx: &CallCtx, operation: &Operation) -> bool {
    let Principal::User(user) = &ctx.principal else {
        return false;
    };
    let is_staff = |role: &Role| matches!(role, Role::Staff | Role::Admin);
    operation.owner == ctx.principal.to_string() || user.roles.iter().any(is_staff)
}

/// The version that the caller has.
fn known(headers: &HeaderMap) -> Option<i64> {
    let etag = headers.get("if-none-match")?.to_str().ok()?;
    etag.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok()
}
