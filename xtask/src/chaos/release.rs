//! Proves that a release carries neither crash points nor planted bugs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use toml::{Table, Value};

use crate::check::Finding;
use crate::process;
use crate::workspace::Workspace;

/// Words that only code that acts has in it.
const WORDS: [&str; 2] = ["TENON_CRASH_POINTS", "TENON_PLANTED"];
/// What a release must not turn on.
const FEATURE: &str = "planted-bugs";

/// The rule `release-carries-no-chaos`: no profile of a release has debug assertions, nobody turns the feature on.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let root: Table = toml::from_str(&fs::read_to_string(workspace.root.join("Cargo.toml"))?)?;
    let mut broken = |file: PathBuf, what: String| {
        findings.push(Finding {
            rule: "release-carries-no-chaos",
            file,
            line: 0,
            what,
        });
    };
    let profiles = root.get("profile").and_then(Value::as_table);
    for (name, profile) in profiles.into_iter().flatten() {
        if name != "dev" && profile.get("debug-assertions").is_some() {
            broken(
                "Cargo.toml".into(),
                format!("profile.{name} sets debug-assertions"),
            );
        }
    }
    for package in &workspace.packages {
        let manifest = package.folder.join("Cargo.toml");
        if names_feature(&package.manifest, package.name == "tenon-chaos") {
            broken(manifest, format!("{} turns {FEATURE} on", package.name));
        }
    }
    if names_feature(&root, false) {
        broken(
            "Cargo.toml".into(),
            format!("a dependency turns {FEATURE} on"),
        );
    }
    if let Err(error) = check_release(&workspace.root) {
        broken(
            "crates/platform/chaos/src/lib.rs".into(),
            format!("{error:#}"),
        );
    }
    Ok(findings)
}

/// Whether a manifest mentions the feature anywhere, but for the place where it is declared, turning on nothing.
fn names_feature(manifest: &Table, declares: bool) -> bool {
    let mut manifest = manifest.clone();
    if declares
        && let Some(features) = manifest.get_mut("features").and_then(Value::as_table_mut)
        && features
            .get(FEATURE)
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
    {
        features.remove(FEATURE);
    }
    format!("{manifest:?}").contains(FEATURE)
}

/// Builds the crate as a release does and looks into it; and as debug builds do, to see that looking finds something.
pub(super) fn check_release(root: &Path) -> Result<()> {
    let place = root.join("var/chaos/release-proof");
    let found = words(&build(root, &place, &["--profile", "dev"], "debug")?)?;
    ensure!(
        found.contains(&WORDS[0]),
        "a debug build has no crash points, so nothing can be shown"
    );
    for (profile, folder) in [("release", "release"), ("dist", "dist")] {
        let found = words(&build(root, &place, &["--profile", profile], folder)?)?;
        ensure!(
            found.is_empty(),
            "a build with profile {profile} carries {found:?}"
        );
    }
    let mut cargo = process::cargo(root);
    let refused = cargo
        .args(["build", "--quiet", "--package", "tenon-chaos", "--release"])
        .args(["--features", FEATURE, "--target-dir"])
        .arg(&place)
        .output()?;
    let told = String::from_utf8_lossy(&refused.stderr);
    if refused.status.success() || !told.contains("a release must not carry them") {
        bail!("a release with {FEATURE} compiles");
    }
    Ok(())
}

/// Builds `tenon-chaos` alone; returns the library.
fn build(root: &Path, place: &Path, profile: &[&str], folder: &str) -> Result<PathBuf> {
    let mut cargo = process::cargo(root);
    cargo.args(["build", "--quiet", "--package", "tenon-chaos"]);
    let built = cargo
        .args(profile)
        .arg("--target-dir")
        .arg(place)
        .status()?;
    ensure!(built.success(), "tenon-chaos does not compile as {folder}");
    Ok(place.join(folder).join("libtenon_chaos.rlib"))
}

/// The words that stand in a library.
fn words(library: &Path) -> Result<Vec<&'static str>> {
    let bytes = fs::read(library).with_context(|| library.display().to_string())?;
    let contains = |word: &&str| {
        bytes
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    };
    Ok(WORDS.into_iter().filter(|word| contains(word)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_that_turns_the_bugs_on_is_found() {
        let parse = |text: &str| -> Table { toml::from_str(text).expect("TOML") };
        let declares = parse("[features]\nplanted-bugs = []");
        assert!(!names_feature(&declares, true));
        assert!(names_feature(&declares, false));
        for text in [
            "[features]\ndefault = [\"planted-bugs\"]\nplanted-bugs = []",
            "[dependencies]\ntenon-chaos = { workspace = true, features = [\"planted-bugs\"] }",
            "[features]\nall = [\"tenon-chaos/planted-bugs\"]",
        ] {
            assert!(names_feature(&parse(text), true), "{text}");
        }
    }
}
