//! A saga as those see it who run the installation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_jobs::{SagaId, SagaStatus, SagaSummary};
use tenon_kernel::Timestamp;

/// A longer process that goes forward step by step, or undoes what it did. What its steps know is not shown.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Saga")]
pub(super) struct SagaView {
    /// After the prefix as the id of the thing that it is of: `saga_x` is of the checkout `chk_x`.
    pub(super) id: SagaId,
    /// In whose data.
    module: String,
    /// `checkout`
    kind: String,
    pub(super) status: StatusView,
    /// The step that comes next.
    step: String,
    /// When it is looked at at the latest: until then somebody is at work on it, or it waits for somebody. Null: nobody will.
    wake_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    /// When it made its last step.
    updated_at: Timestamp,
}

/// Where a saga stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SagaStatus")]
pub(super) enum StatusView {
    /// It goes forward, or waits to.
    Running,
    /// It undoes what was done.
    Compensating,
    /// It reached its goal.
    Completed,
    /// It is undone.
    Compensated,
}

impl SagaView {
    pub(super) fn of(module: &str, saga: SagaSummary) -> Self {
        Self {
            id: SagaId::from_uuid(saga.id),
            module: module.to_owned(),
            kind: saga.kind,
            status: saga.status.into(),
            step: saga.step,
            wake_at: saga.wake_at,
            created_at: saga.created_at,
            updated_at: saga.updated_at,
        }
    }
}

impl From<SagaStatus> for StatusView {
    fn from(status: SagaStatus) -> Self {
        match status {
            SagaStatus::Running => Self::Running,
            SagaStatus::Compensating => Self::Compensating,
            SagaStatus::Completed => Self::Completed,
            SagaStatus::Compensated => Self::Compensated,
        }
    }
}
