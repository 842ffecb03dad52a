//! Files that a program generates and that are committed: compared, or rewritten with `--bless`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::check::Finding;
use crate::{process, programs};

/// `docs/settings.toml` and `docs/settings.schema.json`.
pub(crate) fn settings(root: &Path, bless: bool) -> Result<Vec<Finding>> {
    let mut findings = compare(root, "docs/settings.toml", &["settings", "sample"], bless)?;
    findings.extend(compare(
        root,
        "docs/settings.schema.json",
        &["settings", "schema"],
        bless,
    )?);
    Ok(findings)
}

/// `docs/openapi.json` and the tables of who may do what and of conventions.
pub(crate) fn openapi(root: &Path, bless: bool) -> Result<Vec<Finding>> {
    let mut findings = compare(root, "docs/openapi.json", &["openapi"], bless)?;
    findings.extend(compare(
        root,
        "docs/policies.md",
        &["openapi", "--policies"],
        bless,
    )?);
    findings.extend(compare(
        root,
        "docs/conventions.md",
        &["openapi", "--conventions"],
        bless,
    )?);
    Ok(findings)
}

/// `docs/asyncapi.json`.
pub(crate) fn asyncapi(root: &Path, bless: bool) -> Result<Vec<Finding>> {
    compare(root, "docs/asyncapi.json", &["asyncapi"], bless)
}

fn compare(root: &Path, file: &str, arguments: &[&str], bless: bool) -> Result<Vec<Finding>> {
    let mut command = programs::quiet(root, "tenon-server", "tenon");
    let generated = process::output(command.args(arguments))?;
    let line = differing_line(root, file, &generated, bless)?;
    let finding = line.map(|line| Finding {
        rule: "generated-is-current",
        file: file.into(),
        line,
        what: "differs from what the program generates: cargo xtask check settings openapi asyncapi --bless"
            .to_owned(),
    });
    Ok(finding.into_iter().collect())
}

/// The first line at which a committed file differs from what was generated, counted from one, or none after `bless`; 0 if
/// one of the two only goes on.
pub(crate) fn differing_line(
    root: &Path,
    file: &str,
    generated: &str,
    bless: bool,
) -> Result<Option<usize>> {
    let path = root.join(file);
    if bless {
        fs::write(&path, generated).with_context(|| path.display().to_string())?;
        return Ok(None);
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if committed == generated {
        return Ok(None);
    }
    let line = committed
        .lines()
        .zip(generated.lines())
        .position(|(old, new)| old != new);
    Ok(Some(line.map_or(0, |line| line + 1)))
}
