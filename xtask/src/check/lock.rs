//! What the program is made of: crates of the one registry, known by their hash, and none of those that may not be in it.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Finding;

const LOCK: &str = "Cargo.lock";
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// Not even as something optional, each for the reason that `deny.toml` gives.
const NEVER: [&str; 5] = [
    "fancy-regex",
    "native-tls",
    "openssl",
    "openssl-sys",
    "pcre2",
];

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let path = root.join(LOCK);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let lock: toml::Table = fs::read_to_string(&path)?.parse().context(LOCK)?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let mut findings = Vec::new();
    for package in packages.into_iter().flatten() {
        let text = |name: &str| package.get(name).and_then(toml::Value::as_str);
        let name = text("name").unwrap_or_default();
        let mut finding = |rule, what| {
            findings.push(Finding {
                rule,
                file: LOCK.into(),
                line: 0,
                what,
            });
        };
        if NEVER.contains(&name) {
            finding("lock-has-no-banned-crate", format!("{name} stays out"));
        }
        match (text("source"), text("checksum")) {
            (None, _) | (Some(REGISTRY), Some(_)) => {}
            (Some(REGISTRY), None) => {
                finding("lock-knows-every-hash", format!("{name} has no checksum"));
            }
            (Some(source), _) => {
                finding("lock-has-one-registry", format!("{name} is from {source}"));
            }
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(lock: &str) -> Vec<&'static str> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join(LOCK), lock).expect("writable");
        let findings = check(folder.path()).expect("readable").into_iter();
        findings.map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_crate_from_elsewhere_without_a_hash_or_banned_is_found() {
        let good = format!(
            "[[package]]\nname = \"kernel\"\n[[package]]\nname = \"regex\"\nsource = \"{REGISTRY}\"\nchecksum = \"a\"\n"
        );
        assert_eq!(rules(&good), Vec::<&str>::new());
        assert_eq!(
            rules(&good.replace("regex", "fancy-regex")),
            ["lock-has-no-banned-crate"]
        );
        assert_eq!(
            rules(&good.replace("checksum", "other")),
            ["lock-knows-every-hash"]
        );
        let elsewhere = good.replace(REGISTRY, "git+https://example.org/regex");
        assert_eq!(rules(&elsewhere), ["lock-has-one-registry"]);
    }
}
