//! Extracting and undoing leaves the tree byte by byte as it was; edits are not lost; what is written fits together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::facts::Facts;
use super::identities::Identities;
use super::ledger::Ledger;
use super::{FOLDER, standalone, tree};
use crate::workspace::Workspace;

const TREE: [(&str, &str); 11] = [
    (
        ".cargo/config.toml",
        "[alias]\nxtask = \"run --package xtask --\"\n\n[env]\nFAST = \"1\"\n",
    ),
    (
        ".config/nextest.toml",
        "[profile.default]\nfail-fast = false\n\n[[profile.default.overrides]]\nfilter = \"package(tenon-server)\"\n",
    ),
    (
        "Cargo.toml",
        "[workspace]\nmembers = [\"apps/*\"]\n\n[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\n\
         # --- own crates ---\ntenon-kernel = { path = \"crates/platform/kernel\" }\ntenon-testkit = { path = \"crates/platform/testkit\", default-features = false } # kit\n\
         orders-contract = { path = \"crates/orders/contract\" }\ncatalog = { path = \"crates/catalog/module\" }\ncatalog-contract = { path = \"crates/catalog/contract\" }\n\
         serde = \"1\"\nunused = \"1\"\n\n[workspace.lints.rust]\nunsafe_code = \"forbid\"\n\n[profile.dev]\ndebug = 1\n",
    ),
    (
        "apps/server/Cargo.toml",
        "[package]\nname = \"tenon-server\"\n",
    ),
    (
        "crates/catalog/contract/Cargo.toml",
        "[package]\nname = \"catalog-contract\"\n[dependencies]\ntenon-kernel.workspace = true\n",
    ),
    (
        "crates/catalog/module/Cargo.toml",
        "[package]\nname = \"catalog\"\n[dependencies]\nserde.workspace = true\n[dev-dependencies]\ntenon-testkit.workspace = true\n",
    ),
    ("crates/catalog/module/src/lib.rs", "//! The catalog.\n"),
    (
        "crates/orders/module/Cargo.toml",
        "[package]\nname = \"orders\"\n[package.metadata.tenon]\nuses = [\"catalog\"]\n",
    ),
    (
        "crates/orders/module/src/lib.rs",
        "//! Orders.\nfn assemble() { parts.module_key }\n",
    ),
    (
        "crates/audit/module/Cargo.toml",
        "[package]\nname = \"audit\"\n[package.metadata.tenon]\nlistens = [\"*\"]\n",
    ),
    ("crates/audit/module/src/lib.rs", "//! Audit.\n"),
];

fn world() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in TREE {
        super::ledger::put(&folder.path().join(path), text).expect("writable");
    }
    folder
}

/// Every file of a tree with its bytes.
fn bytes(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut queue = vec![root.to_owned()];
    while let Some(folder) = queue.pop() {
        for entry in fs::read_dir(&folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                found.insert(path.clone(), Vec::new());
                queue.push(path);
            } else {
                let text = fs::read(&path).expect("readable");
                found.insert(path, text);
            }
        }
    }
    found
}

/// Makes the tree one in which exactly these modules are extracted.
fn extract(root: &Path, modules: &[&str], force: bool) -> anyhow::Result<()> {
    let facts = Facts::read(&Workspace::read(root)?)?;
    let extracted: BTreeSet<String> = modules.iter().map(|name| (*name).to_owned()).collect();
    let files = tree::files(&facts, &extracted, &Identities::unknown(&extracted))?;
    Ledger::read(root)?
        .changes(root, &files, force)?
        .apply(root)?;
    Ledger::new(extracted, &files).write(root)
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn undoing_leaves_the_tree_byte_by_byte_as_it_was() {
    let folder = world();
    let root = folder.path();
    let before = bytes(root);
    extract(root, &["catalog"], false).expect("extracted");
    let one = bytes(root);
    assert!(one.len() > before.len() + 8, "{}", one.len());
    extract(root, &["catalog", "orders"], false).expect("both");
    extract(root, &["catalog"], false).expect("one back");
    assert_eq!(bytes(root), one, "the second module left something behind");
    extract(root, &[], false).expect("all back");
    assert_eq!(bytes(root), before);
}

#[test]
fn edited_files_are_neither_overwritten_nor_removed_unless_forced() {
    let folder = world();
    let root = folder.path();
    let before = bytes(root);
    extract(root, &["catalog"], false).expect("extracted");
    let main = "apps/catalog-service/src/main.rs";
    fs::write(root.join(main), "// mine\n").expect("writable");
    for modules in [&[] as &[&str], &["catalog"]] {
        let refused = extract(root, modules, false)
            .expect_err("edited")
            .to_string();
        assert!(refused.contains(main), "{refused}");
        assert_eq!(read(root, main), "// mine\n");
    }
    extract(root, &[], true).expect("forced");
    assert_eq!(bytes(root), before);
}

#[test]
fn a_file_that_was_there_before_is_not_overwritten() {
    let folder = world();
    let main = folder.path().join("apps/catalog-service/src/main.rs");
    super::ledger::put(&main, "// somebody's\n").expect("writable");
    assert!(extract(folder.path(), &["catalog"], false).is_err());
}

#[test]
fn a_service_hosts_its_module_and_reaches_the_others_where_they_are() {
    let folder = world();
    let root = folder.path();
    extract(root, &["orders"], false).expect("extracted");
    let main = read(root, "apps/orders-service/src/main.rs");
    assert!(main.lines().count() <= 80, "{} lines", main.lines().count());
    for part in [
        "CatalogClient::connect(node.seam(), \"orders\", None)",
        "orders::Orders::assemble(&settings.orders, &parts, catalog)",
        "OrdersServer::new(module.contract)",
        "&[\"orders\"]",
    ] {
        assert!(main.contains(part), "{part} is missing in {main}");
    }
    let manifest = read(root, "apps/orders-service/Cargo.toml");
    assert!(
        manifest.contains("catalog-contract.workspace") && !manifest.contains("catalog.workspace"),
        "{manifest}"
    );
    let parsed: toml::Table = read(root, "deploy/services/orders/settings.toml")
        .parse()
        .expect("TOML");
    assert_eq!(
        parsed["modules"]["catalog"]["service"].as_str(),
        Some("tenon")
    );
    // Who may speak for whom: the monolith for the app and for audit, which hears orders.
    let callers: Vec<&str> = parsed["seam"]["callers"]["tenon"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    assert_eq!(callers, ["app", "audit"]);
    let monolith: toml::Table = read(root, "deploy/services/tenon.toml")
        .parse()
        .expect("TOML");
    assert_eq!(
        monolith["modules"]["orders"]["mode"].as_str(),
        Some("remote")
    );
    assert_eq!(
        monolith["seam"]["callers"]["orders-service"][0].as_str(),
        Some("orders")
    );

    // When catalog leaves too, orders reaches it there, and catalog trusts orders' service instead of the monolith.
    extract(root, &["catalog", "orders"], false).expect("both");
    let parsed: toml::Table = read(root, "deploy/services/orders/settings.toml")
        .parse()
        .expect("TOML");
    assert_eq!(
        parsed["modules"]["catalog"]["service"].as_str(),
        Some("catalog-service")
    );
    let catalog: toml::Table = read(root, "deploy/services/catalog/settings.toml")
        .parse()
        .expect("TOML");
    assert_eq!(
        catalog["seam"]["callers"]["orders-service"][0].as_str(),
        Some("orders")
    );
    assert!(catalog.get("modules").is_none(), "catalog reaches nobody");
    let monolith: toml::Table = read(root, "deploy/services/tenon.toml")
        .parse()
        .expect("TOML");
    assert!(
        monolith["seam"].get("listen").is_none(),
        "no service reaches the monolith any more"
    );
}

#[test]
fn deploy_files_run_as_nobody_and_let_in_only_who_may_call() {
    let folder = world();
    let root = folder.path();
    extract(root, &["catalog", "orders"], false).expect("extracted");
    let image = read(root, &format!("{FOLDER}/catalog/Dockerfile"));
    assert!(image.contains("USER 65532:65532") && image.contains("--package catalog-service"));
    let manifest = read(root, &format!("{FOLDER}/catalog/kubernetes.yaml"));
    assert!(manifest.contains("app: orders-service\n") && manifest.contains("app: tenon\n"));
    assert!(
        !manifest.contains('@'),
        "a placeholder was left: {manifest}"
    );
    let compose = read(root, &format!("{FOLDER}/compose.yaml"));
    assert!(
        compose.contains("TENON__MODULES__CATALOG__URL: https://catalog-service:7440"),
        "{compose}"
    );
    let plan = read(root, &format!("{FOLDER}/catalog/MOVE.md"));
    assert!(
        plan.contains("audit, orders") && !plan.contains("@module@") && !plan.contains("@users@"),
        "{plan}"
    );
}

#[test]
fn a_repository_of_its_own_has_the_same_versions_and_no_other_module() {
    let folder = world();
    let root = folder.path();
    let facts = Facts::read(&Workspace::read(root).expect("readable")).expect("readable");
    let files = standalone::files(root, &facts, "catalog", None).expect("files");
    let manifest: toml::Table = files[Path::new("Cargo.toml")].parse().expect("TOML");
    let dependencies = manifest["workspace"]["dependencies"]
        .as_table()
        .expect("a table");
    assert_eq!(dependencies["serde"].as_str(), Some("1"));
    assert_eq!(
        dependencies["catalog"]["path"].as_str(),
        Some("crates/catalog/module")
    );
    assert_eq!(
        dependencies["tenon-kernel"]["path"].as_str(),
        root.join("crates/platform/kernel").to_str()
    );
    assert_eq!(
        dependencies["tenon-testkit"]["default-features"].as_bool(),
        Some(false)
    );
    assert!(!dependencies.contains_key("unused") && !dependencies.contains_key("orders-contract"));
    assert_eq!(
        manifest["workspace"]["lints"]["rust"]["unsafe_code"].as_str(),
        Some("forbid")
    );
    assert_eq!(manifest["profile"]["dev"]["debug"].as_integer(), Some(1));
    assert!(
        files
            .keys()
            .all(|path| !path.starts_with("crates/orders") && !path.starts_with("apps/server"))
    );

    let runner = &files[Path::new(".config/nextest.toml")];
    assert!(
        runner.contains("[profile.default]") && !runner.contains("package("),
        "{runner}"
    );
    let cargo = &files[Path::new(".cargo/config.toml")];
    assert!(
        cargo.contains("[env]") && !cargo.contains("xtask"),
        "{cargo}"
    );

    let platform: standalone::Platform = "git=https://example.org/tenon.git"
        .parse()
        .expect("a source");
    let files = standalone::files(root, &facts, "catalog", Some(&platform)).expect("files");
    let text = &files[Path::new("Cargo.toml")];
    assert!(
        text.contains("tenon-kernel = { git = \"https://example.org/tenon.git\" }"),
        "{text}"
    );
    assert!("svn=x".parse::<standalone::Platform>().is_err());
}
