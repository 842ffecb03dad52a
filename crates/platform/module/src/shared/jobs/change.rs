//! `PATCH /v1/admin/jobs/{id}`: puts a job back to work that was given up, or cancels one.

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_jobs::{JobId, JobState, JobSummary, cancel, find_job, put_back};
use tenon_kernel::{CallCtx, ErrorKind, Retry};
use tenon_seam::audit::AuditRecorded;
use tenon_store::{StoreError, Tx, retrying};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, Onward, Problem, Reply};

use super::view::JobView;
use super::{Jobs, POLICY};
use crate::shared::parts;

/// The operation that a module's part has towards the process with the public API.
pub(in crate::shared) const PART: &str = "part_of_job_change";
const PATH: &str = "/v1/admin/jobs/{id}";
const MAX_BODY: usize = 8 * 1024;

/// What to change: absent members stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateJobBody {
    /// Where it is to stand.
    state: Option<WantedState>,
}

/// Where a job can be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum WantedState {
    /// Back to work, with all attempts before it: a dead one.
    Pending,
    /// It will never run: a dead one, or one that waits.
    Cancelled,
}

/// What a module says about a job of its own.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    job: JobView,
    refusal: Option<Refusal>,
}

/// Why a job stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Refusal {
    /// It cannot go there from where it is.
    Transition,
    /// Something waits for jobs of its kind.
    NotCancellable,
}

pub(in crate::shared) fn part(jobs: &Arc<Jobs>) -> Endpoint {
    Endpoint::patch(PATH, PART, POLICY)
        .path_param::<JobId>("id", "The job.")
        .max_body(MAX_BODY)
        .body::<UpdateJobBody>()
        .handler(answer_part, Arc::clone(jobs))
}

pub(in crate::shared) fn endpoint(parts: Vec<Endpoint>) -> Endpoint {
    Endpoint::patch(PATH, "update_job", POLICY)
        .tag("platform")
        .summary("Puts a job back to work that was given up, or cancels one.")
        .description(
            "`pending` puts a dead job back, with all attempts before it; its operation goes on. If another one of its kind and \
             key waits by now, that does the work, and this one is `cancelled`. `cancelled` is for kinds that nothing waits \
             for: what a schedule brings again, or what an operation tells of, which then fails with \
             [`operation_cancelled`](/errors/operation_cancelled). Sent again it changes nothing. There is no `If-Match`: a \
             job that has moved on meanwhile is refused by its state. Who did it is in the audit log, as `job.retried` and \
             `job.cancelled`.",
        )
        .path_param::<JobId>("id", "The job.")
        .max_body(MAX_BODY)
        .body::<UpdateJobBody>()
        .answers::<JobView>(200, "The job as it stands now.")
        .problem(404, "job_not_found")
        .problem(409, "job_transition")
        .problem(409, "job_not_cancellable")
        .handler(answer, Arc::new(parts))
}

async fn answer(
    State(parts): State<Arc<Vec<Endpoint>>>,
    onward: Onward,
    ApiPath(_): ApiPath<JobId>,
    ApiJson(body): ApiJson<UpdateJobBody>,
) -> Result<Reply, Problem> {
    let found = parts::find::<Answered>(&onward, &parts).await?;
    let Answered { job, refusal } = found.ok_or_else(|| {
        Problem::new(
            ErrorKind::NotFound,
            "job_not_found",
            "There is no such job, or it was deleted after its end.",
        )
    })?;
    match refusal {
        None => Ok(Reply::ok(&job)),
        Some(refusal) => Err(refused(&job, refusal, body.state)),
    }
}

fn refused(job: &JobView, refusal: Refusal, wanted: Option<WantedState>) -> Problem {
    match refusal {
        Refusal::Transition => {
            let (from, to) = (json!(job.state), wanted.map_or("", WantedState::as_str));
            let detail = format!(
                "A job that is {} cannot become {to}.",
                from.as_str().unwrap_or_default()
            );
            Problem::new(ErrorKind::Conflict, "job_transition", detail)
                .with_extension("from", from)
                .with_extension("to", to)
        }
        Refusal::NotCancellable => Problem::new(
            ErrorKind::Conflict,
            "job_not_cancellable",
            "Something waits for what jobs of this kind do: put it back to work instead.",
        ),
    }
}

async fn answer_part(
    State(jobs): State<Arc<Jobs>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<JobId>,
    ApiJson(body): ApiJson<UpdateJobBody>,
) -> Result<Reply, Problem> {
    let answered = match jobs.change(&ctx, id, body.state).await {
        // One of its kind and key came to wait just now: seen in a second look.
        Err(StoreError::Duplicate { .. }) => jobs.change(&ctx, id, body.state).await?,
        answered => answered?,
    };
    Ok(Reply::ok(&answered))
}

impl Jobs {
    /// Changes a job if it is one of this module's. Whoever did it, and the change, are written together.
    async fn change(
        &self,
        ctx: &CallCtx,
        id: JobId,
        wanted: Option<WantedState>,
    ) -> Result<Option<Answered>, StoreError> {
        let Some(job) = find_job(&mut self.db.read(ctx), id).await? else {
            return Ok(None);
        };
        let Some(wanted) = wanted else {
            return Ok(Some(self.answered(job, None)));
        };
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "jobs.change").await?;
            let Some(before) = find_job(&mut tx, id).await? else {
                return Ok(None);
            };
            if before.state == wanted.state() {
                return Ok(Some(self.answered(before, None)));
            }
            if let Some(refusal) = self.refusal(&before, wanted) {
                return Ok(Some(self.answered(before, Some(refusal))));
            }
            match wanted {
                WantedState::Pending => put_back(&mut tx, id).await?,
                WantedState::Cancelled => cancel(&mut tx, id, &cancelled()).await?,
            };
            let after = find_job(&mut tx, id).await?;
            let after = after.ok_or_else(|| StoreError::inconsistent(format!("jobs {id}")))?;
            if after.state == before.state || after.state == JobState::Running {
                // A worker was faster.
                return Ok(Some(self.answered(after, Some(Refusal::Transition))));
            }
            record(&mut tx, &before, &after).await?;
            tx.commit().await?;
            Ok(Some(self.answered(after, None)))
        })
        .await
    }

    fn refusal(&self, job: &JobSummary, wanted: WantedState) -> Option<Refusal> {
        match (job.state, wanted) {
            (JobState::Dead, WantedState::Pending) => None,
            (JobState::Dead | JobState::Pending, WantedState::Cancelled) => {
                let is_known = self.cancellable.contains(job.kind.as_str());
                (!is_known).then_some(Refusal::NotCancellable)
            }
            _ => Some(Refusal::Transition),
        }
    }

    fn answered(&self, job: JobSummary, refusal: Option<Refusal>) -> Answered {
        Answered {
            job: JobView::of(self.db.module(), job),
            refusal,
        }
    }
}

impl WantedState {
    fn as_str(self) -> &'static str {
        self.state().as_str()
    }

    fn state(self) -> JobState {
        match self {
            Self::Pending => JobState::Pending,
            Self::Cancelled => JobState::Cancelled,
        }
    }
}

/// For the audit log.
async fn record(
    tx: &mut Tx<'_>,
    before: &JobSummary,
    after: &JobSummary,
) -> Result<(), StoreError> {
    let action = match after.state {
        JobState::Pending => "job.retried",
        _ => "job.cancelled",
    };
    let members =
        |job: &JobSummary| json!({ "state": job.state.as_str(), "attempts": job.attempts });
    tx.emit(&AuditRecorded {
        action: action.to_owned(),
        target: after.id.to_string(),
        before: Some(members(before)),
        after: Some(members(after)),
    })
    .await?;
    Ok(())
}

/// What whoever sent the command of the job's operation is told.
fn cancelled() -> Value {
    Problem::new(
        ErrorKind::Conflict,
        "operation_cancelled",
        "Somebody who runs the installation cancelled it.",
    )
    .with_retry(Retry::Never)
    .document()
}
