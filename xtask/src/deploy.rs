//! Keeps `deploy/` honest without a container engine: what the files name exists, and nothing runs as root.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::check::Finding;

/// Prefix of settings in the environment.
const SETTING: &str = "TENON__";
/// What a container of ours is not allowed.
const CONFINED: [&str; 3] = [
    "read_only: true",
    "cap_drop: [\"ALL\"]",
    "security_opt: [\"no-new-privileges:true\"]",
];

pub(crate) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let read = |name: &str| -> Result<String> {
        let path = root.join("deploy").join(name);
        fs::read_to_string(&path).with_context(|| path.display().to_string())
    };
    findings.extend(dockerfile(root, &read("Dockerfile")?));
    let schema = fs::read_to_string(root.join("docs/settings.schema.json"))
        .unwrap_or_else(|_| "{}".to_owned());
    let schema: serde_json::Value =
        serde_json::from_str(&schema).context("docs/settings.schema.json")?;
    findings.extend(compose(&read("compose.yaml")?, &schema));
    Ok(findings)
}

fn dockerfile(root: &Path, text: &str) -> Vec<Finding> {
    let finding = |line, what: String| Finding {
        rule: "image-is-honest",
        file: "deploy/Dockerfile".into(),
        line,
        what,
    };
    let mut findings = Vec::new();
    let mut user = None;
    let mut stages = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
    {
        if let Some(image) = line.strip_prefix("FROM ") {
            let mut words = image.split_whitespace();
            let name = words.next().unwrap_or_default();
            if !stages.iter().any(|stage: &String| stage == name)
                && (!name.contains(':') || name.ends_with(":latest"))
            {
                findings.push(finding(number, format!("{name} names no version")));
            }
            stages.extend(words.nth(1).map(str::to_owned));
            user = None;
        } else if let Some(name) = line.strip_prefix("USER ") {
            user = Some(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("COPY ")
            && !rest.starts_with("--from=")
        {
            let sources: Vec<&str> = rest.split_whitespace().collect();
            for source in sources
                .iter()
                .take(sources.len().saturating_sub(1))
                .filter(|source| !source.starts_with("--"))
            {
                if !root.join(source).exists() {
                    findings.push(finding(number, format!("{source} does not exist")));
                }
            }
        }
    }
    let is_root = user
        .as_deref()
        .is_none_or(|user| user == "root" || user.split(':').next() == Some("0"));
    if is_root {
        findings.push(finding(
            0,
            "the last stage runs as root: name a USER".to_owned(),
        ));
    }
    findings
}

fn compose(text: &str, schema: &serde_json::Value) -> Vec<Finding> {
    let finding = |line, what: String| Finding {
        rule: "compose-is-honest",
        file: "deploy/compose.yaml".into(),
        line,
        what,
    };
    let mut findings = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
    {
        let line = line.trim_start_matches("- ");
        if line.starts_with(SETTING) {
            let key = line.split([':', '=']).next().unwrap_or_default().to_owned();
            if !is_setting(&key, schema) {
                findings.push(finding(number, format!("{key} is not a setting")));
            }
        }
        if let Some(image) = line.strip_prefix("image:") {
            let image = image.trim();
            if !image.contains(':') || image.ends_with(":latest") {
                findings.push(finding(number, format!("{image} names no version")));
            }
        }
        if line.contains("privileged: true") {
            findings.push(finding(number, "nothing needs to be privileged".to_owned()));
        }
    }
    // What is built here is ours to confine; the database's image comes with what it needs.
    if text.contains("dockerfile:") {
        for confined in CONFINED.iter().filter(|line| !text.contains(*line)) {
            findings.push(finding(0, format!("write `{confined}`")));
        }
    }
    findings
}

/// Whether `TENON__WEB__LISTEN` leads to a member of the settings' schema.
fn is_setting(variable: &str, schema: &serde_json::Value) -> bool {
    let path = variable.trim_start_matches(SETTING).to_lowercase();
    path.split("__")
        .try_fold(schema, |at, name| {
            let member = at.get("properties").and_then(|members| members.get(name));
            member.or_else(|| at.get("additionalProperties").filter(|any| any.is_object()))
        })
        .is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: &str = "FROM debian:12 AS build\nCOPY Cargo.toml .\nFROM build\nUSER 10001\n";

    fn image(text: &str) -> usize {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("Cargo.toml"), "").expect("writable");
        dockerfile(folder.path(), text).len()
    }

    #[test]
    fn each_image_rule_can_break() {
        assert_eq!(image(IMAGE), 0);
        assert_eq!(image(&IMAGE.replace(":12", "")), 1);
        assert_eq!(image(&IMAGE.replace("Cargo.toml", "Nothing.toml")), 1);
        assert_eq!(image(&IMAGE.replace("10001", "root")), 1);
        assert_eq!(image(&IMAGE.replace("USER 10001\n", "")), 1);
    }

    #[test]
    fn each_compose_rule_can_break() {
        let schema = serde_json::json!({ "properties": {
            "web": { "properties": { "listen": {} } },
            "modules": { "additionalProperties": { "properties": { "mode": {} } } },
        }});
        let good =
            "image: postgres:15\nTENON__WEB__LISTEN: x\nTENON__MODULES__ORDERS__MODE: wire\n";
        assert_eq!(compose(good, &schema), []);
        assert_eq!(
            compose(&good.replace("LISTEN", "LISTENS"), &schema).len(),
            1
        );
        assert_eq!(compose(&good.replace(":15", ""), &schema).len(), 1);
        assert_eq!(compose("privileged: true", &schema).len(), 1);
        let ours = format!("{good}dockerfile: Dockerfile\n{}\n", CONFINED.join("\n"));
        assert_eq!(compose(&ours, &schema), []);
        for confined in CONFINED {
            assert_eq!(compose(&ours.replace(confined, ""), &schema).len(), 1);
        }
    }
}
