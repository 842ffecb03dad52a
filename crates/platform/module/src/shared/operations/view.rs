//! An operation as its caller sees it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenon_jobs::{Operation, OperationId, OperationState};
use tenon_kernel::{ErrorKind, Retry, Timestamp};
use tenon_web::Problem;

/// A command that goes on in the background.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Operation")]
pub struct OperationView {
    id: OperationId,
    /// Operation id of the command.
    kind: String,
    state: StateView,
    progress: ProgressView,
    /// Where the thing is that it works on.
    location: String,
    /// What it did so far, in the words of the command's own answer; null before it did anything.
    result: Option<Map<String, Value>>,
    /// If it failed, why: a problem document (RFC 9457). What was done before stays.
    problem: Option<Map<String, Value>>,
    /// Grows with each change; also the `ETag`.
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Null while it goes on.
    ended_at: Option<Timestamp>,
}

/// How far it is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OperationProgress")]
struct ProgressView {
    /// Steps that were done.
    done: i64,
    /// Steps in all.
    total: i64,
}

/// How an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OperationState")]
enum StateView {
    /// Nothing was done yet.
    Pending,
    /// Some of it was done.
    Running,
    /// All of it was done.
    Succeeded,
    /// It was refused, or given up after several attempts.
    Failed,
}

impl OperationView {
    pub(super) fn version(&self) -> i64 {
        self.version
    }

    pub(super) fn is_over(&self) -> bool {
        self.ended_at.is_some()
    }
}

impl From<Operation> for OperationView {
    fn from(operation: Operation) -> Self {
        let problem = match operation.state {
            OperationState::Failed => Some(operation.problem.unwrap_or_else(given_up)),
            _ => None,
        };
        Self {
            id: operation.id,
            kind: operation.kind,
            state: operation.state.into(),
            progress: ProgressView {
                done: operation.done,
                total: operation.total,
            },
            location: operation.location,
            result: operation.result.and_then(members),
            problem: problem.and_then(members),
            version: operation.version,
            created_at: operation.created_at,
            updated_at: operation.updated_at,
            ended_at: operation.ended_at,
        }
    }
}

impl From<OperationState> for StateView {
    fn from(state: OperationState) -> Self {
        match state {
            OperationState::Pending => Self::Pending,
            OperationState::Running => Self::Running,
            OperationState::Succeeded => Self::Succeeded,
            OperationState::Failed => Self::Failed,
        }
    }
}

/// Why is in the dead letter, for those who run the installation.
fn given_up() -> Value {
    Problem::new(
        ErrorKind::Internal,
        "operation_given_up",
        "its job is a dead letter",
    )
    .with_detail("It was tried several times and given up.")
    .with_retry(Retry::Never)
    .document()
}

fn members(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}
