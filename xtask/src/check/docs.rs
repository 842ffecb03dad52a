//! Documents: every error code has its page, links lead somewhere, every source file says what it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Finding, failure_table, rust_text, security};
use crate::workspace::{Kind, Workspace, files};

pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut codes = BTreeSet::new();
    for package in &workspace.packages {
        for (file, text) in package.sources(&workspace.root)? {
            if !text.starts_with("//! ") {
                findings.push(Finding {
                    rule: "file-says-what-it-is",
                    file: file.clone(),
                    line: 1,
                    what: "a source file starts with one `//!` sentence".to_owned(),
                });
            }
            if package.kind == Kind::Contract {
                codes.extend(
                    error_codes(&text)
                        .into_iter()
                        .map(|(line, code)| (file.clone(), line, code)),
                );
            }
        }
    }
    for (file, line, code) in codes {
        if !workspace
            .root
            .join(format!("docs/errors/{code}.md"))
            .is_file()
        {
            findings.push(Finding {
                rule: "error-has-a-page",
                file,
                line,
                what: format!("write docs/errors/{code}.md: cause and remedy"),
            });
        }
    }
    findings.extend(links(&workspace.root)?);
    findings.extend(failure_table::check(workspace)?);
    findings.extend(security::check(workspace)?);
    Ok(findings)
}

/// Codes that `fn code` returns: `"orders.out_of_stock"`.
fn error_codes(text: &str) -> Vec<(usize, String)> {
    if !text.contains("fn code(&self)") {
        return Vec::new();
    }
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let (literals, _) = rust_text::split(text);
    literals
        .into_iter()
        .filter(|literal| {
            literal
                .text
                .split_once('.')
                .is_some_and(|(module, name)| is_word(module) && is_word(name))
        })
        .map(|literal| (literal.line, literal.text))
        .collect()
}

/// Relative links of Markdown files lead to files that exist.
fn links(root: &Path) -> Result<Vec<Finding>> {
    let mut documents = files(&root.join("docs"), "md")?;
    documents.extend(
        ["README.md", "CONTRIBUTING.md"]
            .map(|name| root.join(name))
            .into_iter()
            .filter(|path| path.is_file()),
    );
    let mut findings = Vec::new();
    for path in documents {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        for (number, line) in text.lines().enumerate() {
            for target in line
                .split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next())
            {
                let file = target.split('#').next().unwrap_or_default();
                let leaves = file.is_empty() || file.contains("://") || file.starts_with("mailto:");
                let folder = path.parent().unwrap_or(root);
                if !leaves && !folder.join(file).exists() {
                    findings.push(Finding {
                        rule: "links-lead-somewhere",
                        file: path.strip_prefix(root).unwrap_or(&path).to_owned(),
                        line: number + 1,
                        what: format!("{target} does not exist"),
                    });
                }
            }
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(source: &str, page: bool, readme: &str) -> Vec<&'static str> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
            fs::write(path, text).expect("writable");
        };
        write(
            "crates/orders/contract/Cargo.toml",
            "[package]\nname = \"orders-contract\"\n",
        );
        write("crates/orders/contract/src/error.rs", source);
        write("README.md", readme);
        if page {
            write("docs/errors/orders.out_of_stock.md", "# Out of stock\n");
        }
        let workspace = Workspace::read(folder.path()).expect("readable");
        check(&workspace)
            .expect("readable")
            .into_iter()
            .map(|finding| finding.rule)
            .collect()
    }

    const SOURCE: &str =
        "//! Errors.\nfn code(&self) -> &'static str { \"orders.out_of_stock\" }\n";

    #[test]
    fn each_rule_can_break() {
        assert_eq!(
            rules(
                SOURCE,
                true,
                "[x](docs/errors/orders.out_of_stock.md#cause)"
            ),
            Vec::<&str>::new()
        );
        assert_eq!(rules(SOURCE, false, ""), ["error-has-a-page"]);
        assert_eq!(rules(&SOURCE[4..], true, ""), ["file-says-what-it-is"]);
        assert_eq!(
            rules(SOURCE, true, "[x](docs/none.md)"),
            ["links-lead-somewhere"]
        );
    }
}
