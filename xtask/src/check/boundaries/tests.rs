//! A healthy little workspace, and one change for each rule that must make the check fail.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::check;
use crate::check::Finding;
use crate::workspace::Workspace;

/// Files of a workspace in which every rule holds.
const HEALTHY: [(&str, &str); 12] = [
    (
        "crates/platform/store/Cargo.toml",
        "[package]\nname = \"tenon-store\"\n[dependencies]\ntenon-kernel.workspace = true\n",
    ),
    (
        "crates/platform/kernel/Cargo.toml",
        "[package]\nname = \"tenon-kernel\"\n",
    ),
    (
        "crates/catalog/contract/Cargo.toml",
        "[package]\nname = \"catalog-contract\"\n[dependencies]\ntenon-kernel.workspace = true\n",
    ),
    (
        "crates/catalog/module/Cargo.toml",
        "[package]\nname = \"catalog\"\n[dependencies]\ncatalog-contract.workspace = true\n",
    ),
    (
        "crates/catalog/module/src/lib.rs",
        "pub const USES: &[&str] = &[];\npub const LISTENS: &[&str] = &[];\n",
    ),
    (
        "crates/orders/contract/Cargo.toml",
        "[package]\nname = \"orders-contract\"\n[dependencies]\nserde.workspace = true\n",
    ),
    (
        "crates/orders/module/Cargo.toml",
        "[package]\nname = \"orders\"\n[package.metadata.tenon]\nuses = [\"catalog\"]\n[dependencies]\n\
         orders-contract.workspace = true\ncatalog-contract.workspace = true\ntenon-store.workspace = true\n",
    ),
    (
        "crates/orders/module/src/lib.rs",
        "pub const USES: &[&str] = &[\"catalog\"];\npub const LISTENS: &[&str] = &[];\n",
    ),
    (
        "crates/orders/module/src/domain/order.rs",
        "// may not .await\npub fn total() {}\n",
    ),
    (
        "crates/orders/module/src/store/find.rs",
        "const SQL: &str = \"SELECT id FROM orders JOIN outbox ON true\";\n",
    ),
    (
        "migrations/orders/sqlite/1001_orders.sql",
        "CREATE TABLE orders (id BLOB) STRICT;\n",
    ),
    (
        "migrations/platform/sqlite/0001_outbox.sql",
        "CREATE TABLE outbox (id BLOB) STRICT;\n",
    ),
];

fn healthy() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in HEALTHY {
        write(folder.path(), path, text);
    }
    write(
        folder.path(),
        "migrations/catalog/sqlite/1001_products.sql",
        "CREATE TABLE products (id BLOB) STRICT;\n",
    );
    folder
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("the folder can be made");
    fs::write(path, text).expect("the file can be written");
}

fn findings(root: &Path) -> Vec<Finding> {
    check(&Workspace::read(root).expect("readable manifests")).expect("readable sources")
}

/// Changes one file of the healthy workspace and expects exactly this rule to be broken.
fn expect_broken(rule: &str, path: &str, text: &str) -> Vec<Finding> {
    let folder = healthy();
    write(folder.path(), path, text);
    let found = findings(folder.path());
    assert!(!found.is_empty(), "{rule} found nothing");
    assert!(
        found.iter().all(|finding| finding.rule == rule),
        "{found:#?}"
    );
    found
}

#[test]
fn a_healthy_workspace_breaks_no_rule() {
    assert_eq!(findings(healthy().path()), []);
}

#[test]
fn a_module_that_depends_on_another_module_is_found_in_every_section() {
    for section in [
        "dependencies",
        "dev-dependencies",
        "build-dependencies",
        "target.'cfg(unix)'.dependencies",
    ] {
        let manifest =
            format!("[package]\nname = \"catalog\"\n[{section}]\norders.workspace = true\n");
        expect_broken(
            "module-knows-contracts-only",
            "crates/catalog/module/Cargo.toml",
            &manifest,
        );
    }
}

#[test]
fn a_module_may_test_with_a_stand_in_for_the_outside_world_only() {
    let folder = healthy();
    let manifest =
        "[package]\nname = \"catalog\"\n[dev-dependencies]\nsimulator.workspace = true\n";
    write(folder.path(), "crates/catalog/module/Cargo.toml", manifest);
    write(
        folder.path(),
        "apps/simulator/Cargo.toml",
        "[package]\nname = \"simulator\"\n",
    );
    assert_eq!(findings(folder.path()), []);
    let knowing = "[package]\nname = \"simulator\"\n[dependencies]\norders.workspace = true\n";
    write(folder.path(), "apps/simulator/Cargo.toml", knowing);
    assert_eq!(findings(folder.path()).len(), 1);
    write(
        folder.path(),
        "apps/simulator/Cargo.toml",
        "[package]\nname = \"simulator\"\n",
    );
    write(
        folder.path(),
        "crates/catalog/module/Cargo.toml",
        &manifest.replace("dev-dependencies", "dependencies"),
    );
    assert_eq!(findings(folder.path()).len(), 1);
}

#[test]
fn a_renamed_dependency_does_not_hide() {
    let manifest = "[package]\nname = \"catalog\"\n[dependencies]\nnothing = { package = \"orders\", path = \"../../orders/module\" }\n";
    expect_broken(
        "module-knows-contracts-only",
        "crates/catalog/module/Cargo.toml",
        manifest,
    );
}

#[test]
fn a_platform_crate_that_knows_a_contract_is_found() {
    let manifest =
        "[package]\nname = \"tenon-store\"\n[dependencies]\norders-contract.workspace = true\n";
    expect_broken(
        "platform-knows-no-module",
        "crates/platform/store/Cargo.toml",
        manifest,
    );
}

#[test]
fn a_contract_that_does_io_is_found() {
    let manifest = "[package]\nname = \"orders-contract\"\n[dependencies]\nsqlx.workspace = true\n";
    expect_broken(
        "contract-does-no-io",
        "crates/orders/contract/Cargo.toml",
        manifest,
    );
}

#[test]
fn a_contract_may_test_with_what_it_does_not_ship() {
    let folder = healthy();
    let manifest =
        "[package]\nname = \"orders-contract\"\n[dev-dependencies]\nproptest.workspace = true\n";
    write(folder.path(), "crates/orders/contract/Cargo.toml", manifest);
    assert_eq!(findings(folder.path()), []);
    let manifest =
        "[package]\nname = \"orders-contract\"\n[dev-dependencies]\norders.workspace = true\n";
    expect_broken(
        "contract-does-no-io",
        "crates/orders/contract/Cargo.toml",
        manifest,
    );
}

#[test]
fn a_part_of_a_module_is_its_own() {
    let part = |text: &str| {
        let folder = healthy();
        write(folder.path(), "crates/orders/rates/Cargo.toml", text);
        let manifest =
            "[package]\nname = \"orders\"\n[dependencies]\norders-rates.workspace = true\n";
        write(folder.path(), "crates/orders/module/Cargo.toml", manifest);
        let lib = "pub const USES: &[&str] = &[];\npub const LISTENS: &[&str] = &[];\n";
        write(folder.path(), "crates/orders/module/src/lib.rs", lib);
        folder
    };
    let good =
        "[package]\nname = \"orders-rates\"\n[dependencies]\ntenon-kernel.workspace = true\n";
    let folder = part(good);
    assert_eq!(findings(folder.path()), []);
    for path in [
        "crates/catalog/module/Cargo.toml",
        "crates/catalog/contract/Cargo.toml",
        "crates/platform/store/Cargo.toml",
    ] {
        let folder = part(good);
        let name = match path.split('/').nth(2) {
            Some("module") => "catalog",
            Some("contract") => "catalog-contract",
            _ => "tenon-store",
        };
        let knowing = format!(
            "[package]\nname = \"{name}\"\n[dependencies]\norders-rates.workspace = true\n"
        );
        write(folder.path(), path, &knowing);
        let found = findings(folder.path());
        assert_eq!(found.len(), 1, "{path}: {found:#?}");
        assert_eq!(found[0].rule, "part-is-its-modules-own");
    }
    let knowing =
        "[package]\nname = \"orders-rates\"\n[dependencies]\norders-contract.workspace = true\n";
    let found = findings(part(knowing).path());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].rule, "part-knows-no-module");
}

#[test]
fn contracts_in_a_circle_are_found() {
    let folder = healthy();
    let manifest = |name: &str, other: &str| {
        format!("[package]\nname = \"{name}\"\n[dependencies]\n{other}.workspace = true\n")
    };
    write(
        folder.path(),
        "crates/orders/contract/Cargo.toml",
        &manifest("orders-contract", "catalog-contract"),
    );
    write(
        folder.path(),
        "crates/catalog/contract/Cargo.toml",
        &manifest("catalog-contract", "orders-contract"),
    );
    let found = findings(folder.path());
    assert_eq!(
        found.iter().map(|finding| finding.rule).collect::<Vec<_>>(),
        ["contract-graph-is-acyclic"]
    );
}

#[test]
fn modules_that_call_each_other_are_found() {
    let folder = healthy();
    write(
        folder.path(),
        "crates/catalog/module/Cargo.toml",
        "[package]\nname = \"catalog\"\n[package.metadata.tenon]\nuses = [\"orders\"]\n[dependencies]\norders-contract.workspace = true\n",
    );
    write(
        folder.path(),
        "crates/catalog/module/src/lib.rs",
        "pub const USES: &[&str] = &[\"orders\"];\npub const LISTENS: &[&str] = &[];\n",
    );
    let found = findings(folder.path());
    assert_eq!(
        found.iter().map(|finding| finding.rule).collect::<Vec<_>>(),
        ["call-graph-is-acyclic"]
    );
}

#[test]
fn an_undeclared_use_is_found() {
    let manifest =
        "[package]\nname = \"catalog\"\n[dependencies]\norders-contract.workspace = true\n";
    expect_broken(
        "uses-are-declared",
        "crates/catalog/module/Cargo.toml",
        manifest,
    );
    expect_broken(
        "uses-are-declared",
        "crates/orders/module/src/lib.rs",
        "pub const USES: &[&str] = &[];\npub const LISTENS: &[&str] = &[];\n",
    );
}

#[test]
fn an_undeclared_listening_is_found() {
    let code = |listens| format!("pub const USES: &[&str] = &[\"catalog\"];\n{listens}");
    for listens in ["", "pub const LISTENS: &[&str] = &[\"catalog\"];\n"] {
        expect_broken(
            "uses-are-declared",
            "crates/orders/module/src/lib.rs",
            &code(listens),
        );
    }
}

#[test]
fn sql_outside_the_store_is_found_with_its_line() {
    let text = "//! x\n\nconst SQL: &str = \"DELETE FROM orders\";\n";
    let found = expect_broken(
        "sql-stays-in-store",
        "crates/orders/module/src/service/purge.rs",
        text,
    );
    assert_eq!(found[0].line, 3);
}

#[test]
fn a_join_across_modules_is_found() {
    let text = "const SQL: &str = \"SELECT 1 FROM orders JOIN products ON true\";\n";
    let found = expect_broken(
        "sql-names-own-tables",
        "crates/orders/module/src/store/find.rs",
        text,
    );
    assert!(found[0].what.contains("it belongs to catalog"), "{found:?}");
    let text = "const SQL: &str = r#\"SELECT 1 FROM catalog.products\"#;\n";
    expect_broken(
        "sql-names-own-tables",
        "crates/orders/module/src/store/find.rs",
        text,
    );
}

#[test]
fn an_impure_domain_is_found() {
    let text = "pub async fn total() {}\n";
    expect_broken(
        "domain-is-pure",
        "crates/orders/module/src/domain/order.rs",
        text,
    );
}
