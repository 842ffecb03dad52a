//! Contract documents: generated from the method tables, blessed once, never changed incompatibly.

mod blessed;
mod compare;
mod difference;
mod documents;
mod listed;
mod order;
mod schema;

use std::path::Path;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::check::Finding;
use crate::workspace::Workspace;
use crate::{process, programs};

pub(crate) use self::order::{Options, run};

/// Where the blessed documents are.
pub(crate) const FOLDER: &str = "docs/contracts";

/// `cargo xtask check contracts [--bless]`
pub(crate) fn check(workspace: &Workspace, bless: bool) -> Result<Vec<Finding>> {
    let mut findings = listed::check(workspace)?;
    let today = today(&workspace.root)?;
    findings.extend(listed::has_documents(workspace, &today));
    findings.extend(blessed::check(&workspace.root, &today, bless)?);
    Ok(findings)
}

/// Whether the enum at a pointer has the case `unknown`, so that values of tomorrow decode.
pub(crate) fn is_open_at(document: &Value, pointer: &str) -> bool {
    let place = schema::Place::at(document, pointer).map(schema::Place::resolved);
    let cases = place.and_then(|place| place.cases());
    cases.is_some_and(|cases| schema::is_open(&cases))
}

/// What today's code publishes, by path below [`FOLDER`].
fn today(root: &Path) -> Result<Map<String, Value>> {
    let text = process::output(&mut programs::quiet(root, "contracts", "contracts"))?;
    Ok(serde_json::from_str(&text)?)
}
