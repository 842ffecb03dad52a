//! Manifests: every dependency once, in the root, with its reason; everything else inherited.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result};

use super::Finding;
use crate::workspace::{Package, Workspace};

/// Members that every package inherits from the workspace.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// The packages in which a block of unsafe code may be expected (ADR 34). Their lints are those of the workspace, written
/// out: Cargo inherits all or none.
const WITH_UNSAFE_CODE: [&str; 1] = ["tenon-machine"];

pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let path = workspace.root.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let root: toml::Table = text.parse()?;
    let shared: BTreeSet<&str> = root
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(toml::Value::as_table)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    let mut findings = Vec::new();
    for package in &workspace.packages {
        findings.extend(inherits(package, &root));
        findings.extend(dependencies_from_root(package));
    }
    let used: BTreeSet<&str> = workspace
        .packages
        .iter()
        .flat_map(|package| &package.dependencies)
        .map(String::as_str)
        .collect();
    for unused in shared.difference(&used) {
        findings.push(Finding {
            rule: "dependency-is-used",
            file: "Cargo.toml".into(),
            line: text
                .lines()
                .position(|line| line.starts_with(&format!("{unused} ")))
                .map_or(0, |at| at + 1),
            what: format!("no package uses {unused}"),
        });
    }
    Ok(findings)
}

fn inherits(package: &Package, root: &toml::Table) -> Vec<Finding> {
    let file = package.folder.join("Cargo.toml");
    let finding = |rule, what| Finding {
        rule,
        file: file.clone(),
        line: 0,
        what,
    };
    let from_workspace = |value: Option<&toml::Value>| {
        value.and_then(|value| value.get("workspace")) == Some(&toml::Value::Boolean(true))
    };
    let section = package.manifest.get("package");
    let mut findings = Vec::new();
    for member in INHERITED {
        if !from_workspace(section.and_then(|section| section.get(member))) {
            findings.push(finding(
                "manifest-inherits",
                format!("write `{member}.workspace = true`"),
            ));
        }
    }
    if section
        .and_then(|section| section.get("description"))
        .and_then(toml::Value::as_str)
        .is_none_or(str::is_empty)
    {
        findings.push(finding(
            "manifest-describes",
            "a package says in `description` what it is".to_owned(),
        ));
    }
    let lints = package.manifest.get("lints");
    let name = section
        .and_then(|section| section.get("name"))
        .and_then(toml::Value::as_str);
    let may_differ = name.is_some_and(|name| WITH_UNSAFE_CODE.contains(&name));
    if may_differ {
        if lints != lints_with_unsafe_code(root).as_ref() {
            findings.push(finding(
                "manifest-lints",
                "write out the lints of the workspace, with `unsafe_code = \"deny\"`".to_owned(),
            ));
        }
    } else if !from_workspace(lints) {
        findings.push(finding(
            "manifest-lints",
            "write `[lints] workspace = true`".to_owned(),
        ));
    }
    findings
}

/// The lints of the workspace, but that an exception from one of them is possible.
fn lints_with_unsafe_code(root: &toml::Table) -> Option<toml::Value> {
    let mut lints = root.get("workspace")?.get("lints")?.clone();
    let unsafe_code = lints.get_mut("rust")?.get_mut("unsafe_code")?;
    *unsafe_code = toml::Value::String("deny".to_owned());
    Some(lints)
}

fn dependencies_from_root(package: &Package) -> Vec<Finding> {
    let mut findings = Vec::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let table = package
            .manifest
            .get(section)
            .and_then(toml::Value::as_table);
        for (name, value) in table.into_iter().flatten() {
            if value.get("workspace") != Some(&toml::Value::Boolean(true)) {
                findings.push(Finding {
                    rule: "dependency-stands-once",
                    file: package.folder.join("Cargo.toml"),
                    line: 0,
                    what: format!("{name} belongs into [workspace.dependencies], with its reason"),
                });
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"xtask\"\ndescription = \"Tasks.\"\nversion.workspace = true\n\
        edition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n\
        [dependencies]\nserde.workspace = true\n[lints]\nworkspace = true\n";
    const ROOT: &str = "[workspace]\n[workspace.dependencies]\nserde = \"1\"\n";

    fn rules(root: &str, member: &str) -> Vec<&'static str> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("xtask")).expect("the folder can be made");
        fs::write(folder.path().join("Cargo.toml"), root).expect("writable");
        fs::write(folder.path().join("xtask/Cargo.toml"), member).expect("writable");
        let workspace = Workspace::read(folder.path()).expect("readable");
        check(&workspace)
            .expect("readable")
            .into_iter()
            .map(|finding| finding.rule)
            .collect()
    }

    #[test]
    fn good_manifests_break_no_rule() {
        assert_eq!(rules(ROOT, GOOD), Vec::<&str>::new());
    }

    #[test]
    fn a_package_with_unsafe_code_has_all_other_lints() {
        let root =
            format!("{ROOT}[workspace.lints.rust]\nunsafe_code = \"forbid\"\nunused = \"deny\"\n");
        let with = |name: &str, lints: &str| {
            let member = GOOD.replace("\"xtask\"", name);
            rules(&root, &member.replace("[lints]\nworkspace = true\n", lints))
        };
        let all = "[lints.rust]\nunsafe_code = \"deny\"\nunused = \"deny\"\n";
        assert_eq!(with("\"tenon-machine\"", all), Vec::<&str>::new());
        assert_eq!(with("\"tenon-other\"", all), ["manifest-lints"]);
        for wrong in [
            "[lints.rust]\nunsafe_code = \"deny\"\n",
            "[lints.rust]\nunsafe_code = \"allow\"\nunused = \"deny\"\n",
            "",
        ] {
            assert_eq!(with("\"tenon-machine\"", wrong), ["manifest-lints"]);
        }
    }

    #[test]
    fn each_rule_can_break() {
        assert_eq!(
            rules(ROOT, &GOOD.replace("license.workspace = true\n", "")),
            ["manifest-inherits"]
        );
        assert_eq!(
            rules(ROOT, &GOOD.replace("[lints]\nworkspace = true\n", "")),
            ["manifest-lints"]
        );
        assert_eq!(
            rules(ROOT, &GOOD.replace("Tasks.", "")),
            ["manifest-describes"]
        );
        assert_eq!(
            rules(
                ROOT,
                &GOOD.replace("serde.workspace = true", "serde = \"1\"")
            ),
            ["dependency-stands-once"]
        );
        let unused = format!("{ROOT}toml = \"1\"\n");
        assert_eq!(rules(&unused, GOOD), ["dependency-is-used"]);
    }
}
