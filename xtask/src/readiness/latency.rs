//! Predicted latency: counted calls times what one was measured to cost. Nothing is predicted without a measurement.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::report::Report;

/// Calls to other modules by operation and callee, as a golden recording counted them.
#[derive(Debug)]
pub(super) struct Recorded(BTreeMap<String, BTreeMap<String, f64>>);

/// What one call to another process costs.
#[derive(Debug)]
pub(super) struct PerCall {
    microseconds: f64,
    source: String,
}

impl Recorded {
    /// Calls of one operation by callee.
    pub(super) fn calls(&self, operation: &str) -> BTreeMap<String, f64> {
        let calls = self.0.get(operation).cloned().unwrap_or_default();
        calls
            .into_iter()
            .filter(|(_, times)| *times > 0.0)
            .collect()
    }
}

/// Reads `samples.<operation>.seam_calls` of a golden recording.
pub(super) fn recording(path: &Path) -> Result<Recorded> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let document: Value =
        serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    let samples = document.get("samples").and_then(Value::as_object);
    let mut calls = BTreeMap::new();
    for (operation, sample) in samples.into_iter().flatten() {
        let Some(by_callee) = sample.get("seam_calls").and_then(Value::as_object) else {
            continue;
        };
        let numbers = by_callee
            .iter()
            .filter_map(|(callee, times)| Some((callee.clone(), times.as_f64()?)));
        calls.insert(operation.clone(), numbers.collect());
    }
    if calls.is_empty() {
        bail!("{}: no operation has `seam_calls`", path.display());
    }
    Ok(Recorded(calls))
}

/// Reads the measured cost of a call; `None` if nobody measured it.
pub(super) fn per_call(path: &Path) -> Result<Option<PerCall>> {
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let document: Value =
        serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    let microseconds = document.get("per_call_us").and_then(Value::as_f64);
    let source = document.get("source").and_then(Value::as_str);
    match (microseconds, source) {
        (Some(microseconds), Some(source)) if microseconds > 0.0 => Ok(Some(PerCall {
            microseconds,
            source: source.to_owned(),
        })),
        _ => bail!(
            "{}: `per_call_us` above 0 and `source` are needed",
            path.display()
        ),
    }
}

/// Adds the prediction to every endpoint.
pub(super) fn predict(per_call: Option<&PerCall>, report: &mut Report) {
    let Some(per_call) = per_call else {
        return;
    };
    report.measured = Some(format!(
        "{} µs ({})",
        per_call.microseconds, per_call.source
    ));
    for endpoint in &mut report.endpoints {
        endpoint.added_us = Some(endpoint.hops() * per_call.microseconds);
    }
}
