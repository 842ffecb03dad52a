//! What each endpoint costs more, measured beside predicted.

use std::path::Path;

use anyhow::Result;

use crate::golden;
use crate::readiness;

/// An operation in both recordings. Durations are microseconds.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) operation: String,
    /// Calls to another process that one request makes on average, its own forwarding included.
    pub(super) hops: f64,
    pub(super) local: u64,
    pub(super) remote: u64,
    /// Hops times the cost of a call.
    pub(super) predicted: Option<f64>,
}

/// Operations that cross a process boundary now, those with most calls first. All of them if every module left.
pub(super) fn read(
    root: &Path,
    module: Option<&str>,
    local: &Path,
    remote: &Path,
    per_call_us: Option<u64>,
) -> Result<Vec<Row>> {
    let (before, after) = (golden::medians(local)?, golden::medians(remote)?);
    let hops = match module {
        Some(module) => readiness::hops(root, module, local)?,
        None => before.keys().map(|id| (id.clone(), f64::NAN)).collect(),
    };
    let mut rows = Vec::new();
    for (operation, hops) in hops {
        let (Some(local), Some(remote)) = (before.get(&operation), after.get(&operation)) else {
            continue;
        };
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a request")]
        let predicted = per_call_us
            .filter(|_| hops.is_finite())
            .map(|cost| hops * cost as f64);
        rows.push(Row {
            operation,
            hops,
            local: *local,
            remote: *remote,
            predicted,
        });
    }
    rows.sort_by(|a, b| {
        b.hops
            .total_cmp(&a.hops)
            .then(a.operation.cmp(&b.operation))
    });
    Ok(rows)
}
