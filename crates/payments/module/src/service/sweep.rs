//! Puts work back that should have been done: the safety net under the jobs.

use std::time::Duration;

use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use crate::jobs::{PollAttempt, SendAttempt, SendCapture, SendRefund, SendVoid};
use crate::store;
use crate::store::sweep::Overdue;

/// How late something may be before it is swept up: jobs are not punctual to the second.
const LATE: Duration = Duration::from_mins(1);

impl Service {
    /// Enqueues a job for everything overdue; a job that is waiting already stays alone. Returns how much there was.
    pub(crate) async fn sweep(&self, ctx: &CallCtx) -> Result<usize, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let before = self.db.env().now() - LATE;
            let overdue = store::sweep::overdue(&mut self.db.read(&ctx), before).await?;
            if overdue.is_empty() {
                return Ok(0);
            }
            let mut tx = self.db.begin(&mut ctx, "payments.sweep").await?;
            for work in &overdue {
                let now = |key: String| JobOptions {
                    run_at: None,
                    unique_key: Some(key),
                };
                match *work {
                    Overdue::Attempt(id) => {
                        tx.enqueue(&SendAttempt { attempt_id: id }, now(id.to_string()))
                            .await?;
                        tx.enqueue(&PollAttempt { attempt_id: id }, now(id.to_string()))
                            .await?;
                    }
                    Overdue::Capture(id) => {
                        tx.enqueue(&SendCapture { capture_id: id }, now(id.to_string()))
                            .await?;
                    }
                    Overdue::Refund(id) => {
                        tx.enqueue(&SendRefund { refund_id: id }, now(id.to_string()))
                            .await?;
                    }
                    Overdue::Void(id) => {
                        tx.enqueue(&SendVoid { attempt_id: id }, now(id.to_string()))
                            .await?;
                    }
                }
            }
            tx.commit().await?;
            Ok(overdue.len())
        })
        .await
    }
}
