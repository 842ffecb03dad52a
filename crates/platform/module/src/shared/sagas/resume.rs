//! `POST /v1/admin/sagas/{id}/resumptions`: has a saga go on without waiting for its time.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_jobs::{SagaId, SagaSummary, find_saga};
use tenon_kernel::{CallCtx, ErrorKind};
use tenon_seam::audit::AuditRecorded;
use tenon_store::{StoreError, retrying};
use tenon_web::{ApiPath, Ctx, Endpoint, Onward, Problem, Reply};

use super::view::SagaView;
use super::{POLICY, Sagas};
use crate::shared::parts;

/// The operation that a module's part has towards the process with the public API.
pub(in crate::shared) const PART: &str = "part_of_saga_resumption";
const PATH: &str = "/v1/admin/sagas/{id}/resumptions";

/// What a module says about a saga of its own.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    saga: SagaView,
    /// Whether it is looked at now.
    is_resumed: bool,
}

pub(in crate::shared) fn part(sagas: &Arc<Sagas>) -> Endpoint {
    Endpoint::post(PATH, PART, POLICY)
        .path_param::<SagaId>("id", "The saga.")
        .handler(answer_part, Arc::clone(sagas))
}

pub(in crate::shared) fn endpoint(parts: Vec<Endpoint>) -> Endpoint {
    Endpoint::post(PATH, "resume_saga", POLICY)
        .tag("platform")
        .summary("Has a saga go on without waiting for its time.")
        .description(
            "Its next step is tried at once, in the background. Harmless whatever it waits for, and when repeated: one that \
             has nothing to do yet stays as it is, and of two that drive it one stops. Who asked is in the audit log, as \
             `saga.resumed`.",
        )
        .path_param::<SagaId>("id", "The saga.")
        .answers::<SagaView>(202, "It is looked at; the saga as it stands.")
        .without_location()
        .problem(404, "saga_not_found")
        .problem(409, "saga_not_resumable")
        .handler(answer, Arc::new(parts))
}

async fn answer(
    State(parts): State<Arc<Vec<Endpoint>>>,
    onward: Onward,
    ApiPath(_): ApiPath<SagaId>,
) -> Result<Reply, Problem> {
    let found = parts::find::<Answered>(&onward, &parts).await?;
    let Answered { saga, is_resumed } = found.ok_or_else(|| {
        Problem::new(
            ErrorKind::NotFound,
            "saga_not_found",
            "There is no such saga.",
        )
    })?;
    if is_resumed {
        return Ok(Reply::accepted(&saga));
    }
    Err(Problem::new(
        ErrorKind::Conflict,
        "saga_not_resumable",
        "It has ended, or the module does not know its kind any more.",
    )
    .with_extension("saga_status", json!(saga.status)))
}

async fn answer_part(
    State(sagas): State<Arc<Sagas>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<SagaId>,
) -> Result<Reply, Problem> {
    Ok(Reply::ok(&sagas.resume(&ctx, id).await?))
}

impl Sagas {
    /// Has a saga of this module looked at. Whoever asked is written down with it.
    async fn resume(&self, ctx: &CallCtx, id: SagaId) -> Result<Option<Answered>, StoreError> {
        let found = find_saga(&mut self.db.read(ctx), id.uuid()).await?;
        if found.is_none() {
            return Ok(None);
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "sagas.resume").await?;
            let Some(saga) = find_saga(&mut tx, id.uuid()).await? else {
                return Ok(None);
            };
            let kind = self.kinds.iter().find(|kind| kind.name() == saga.kind);
            let Some(kind) = kind.filter(|_| !saga.status.is_finished()) else {
                return Ok(Some(self.answered(saga, false)));
            };
            kind.resume(&mut tx, saga.id).await?;
            tx.emit(&AuditRecorded {
                action: "saga.resumed".to_owned(),
                target: id.to_string(),
                before: None,
                after: Some(json!({ "kind": saga.kind, "step": saga.step })),
            })
            .await?;
            tx.commit().await?;
            Ok(Some(self.answered(saga, true)))
        })
        .await
    }

    fn answered(&self, saga: SagaSummary, is_resumed: bool) -> Answered {
        Answered {
            saga: SagaView::of(self.db.module(), saga),
            is_resumed,
        }
    }
}
