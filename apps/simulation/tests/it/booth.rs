//! Two small contracts, for what is about calls and not about commerce: a desk that asks a vault.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{CallCtx, ErrorKind, ServiceError};
use tenon_seam::{SeamResult, contract};

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Question {
    pub(crate) what: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Reply {
    pub(crate) text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub(crate) enum BoothError {
    #[error("unknown error of a newer version")]
    #[serde(other)]
    Unknown,
}

impl ServiceError for BoothError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Conflict
    }

    fn code(&self) -> &'static str {
        "booth.unknown"
    }
}

#[contract(module = "orders", version = 1)]
pub(crate) trait Desk: Send + Sync + 'static {
    /// Asks; goes on when its caller is gone.
    #[command(idempotent_by = "request", timeout = "20s")]
    async fn ask(&self, ctx: &CallCtx, req: Question) -> SeamResult<Reply, BoothError>;
}

#[contract(module = "payments", version = 1)]
pub(crate) trait Vault: Send + Sync + 'static {
    /// Looks.
    #[query(timeout = "2s")]
    async fn look(&self, ctx: &CallCtx, req: Question) -> SeamResult<Reply, BoothError>;
}

pub(crate) fn question(what: &str) -> Question {
    Question {
        what: what.to_owned(),
    }
}

pub(crate) fn reply(text: &str) -> Reply {
    Reply {
        text: text.to_owned(),
    }
}
