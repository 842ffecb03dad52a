//! Two small modules that are ready, and one change for each thing that must stand in the way.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::report::Report;
use super::{latency, reports};
use crate::check::Finding;
use crate::contracts;
use crate::workspace::Workspace;

const SERVICE: &str = "crates/orders/module/src/service/place_order.rs";
const ERROR: &str = "crates/catalog/contract/src/error.rs";
const CATALOG: &str = "docs/contracts/catalog/v1.json";

/// Files of a workspace in which everything is ready: orders calls catalog.
const READY: [(&str, &str); 18] = [
    (
        "crates/catalog/contract/Cargo.toml",
        "[package]\nname = \"catalog-contract\"\n",
    ),
    (
        "crates/catalog/contract/src/lib.rs",
        "#[contract(module = \"catalog\", version = 1)]\npub trait Catalog {\n    async fn reserve(&self);\n    async fn get_variants(&self);\n}\n",
    ),
    (
        ERROR,
        "pub enum CatalogError { Gone { source: String }, #[serde(other)] Unknown }\n",
    ),
    (
        "crates/catalog/contract/src/testing.rs",
        "impl Catalog for FakeCatalog { async fn reserve(&self) {} async fn get_variants(&self) {} }\n",
    ),
    (
        "crates/catalog/module/Cargo.toml",
        "[package]\nname = \"catalog\"\n",
    ),
    (
        "crates/catalog/module/src/lib.rs",
        "static SQLITE: Migrator = migrate!();\n",
    ),
    (
        "crates/catalog/module/src/http/get_product.rs",
        "fn endpoint() -> Endpoint {\n    Endpoint::get(\"/v1/products\", \"get_product\", Policy::Public)\n}\n",
    ),
    (
        "crates/catalog/module/tests/it/main.rs",
        "async fn all() { catalog.reserve(&ctx).await; catalog.get_variants(&ctx).await; }\n",
    ),
    (
        "crates/orders/contract/Cargo.toml",
        "[package]\nname = \"orders-contract\"\n",
    ),
    (
        "crates/orders/contract/src/lib.rs",
        "#[contract(module = \"orders\", version = 1)]\npub trait Orders { async fn get_orders(&self); }\n",
    ),
    (
        "crates/orders/contract/src/testing.rs",
        "impl Orders for FakeOrders { async fn get_orders(&self) {} }\n",
    ),
    (
        "crates/orders/module/Cargo.toml",
        "[package]\nname = \"orders\"\n[package.metadata.tenon]\nuses = [\"catalog\"]\n[dependencies]\ncatalog-contract.workspace = true\n",
    ),
    (
        "crates/orders/module/src/lib.rs",
        "pub const USES: &[&str] = &[\"catalog\"];\nmod tests_of { }\n",
    ),
    (
        "crates/orders/module/src/service.rs",
        "pub(crate) struct Service { catalog: Arc<dyn Catalog> }\n",
    ),
    (
        SERVICE,
        "impl Service {\n    pub(crate) async fn place_order(&self, ctx: &CallCtx) {\n        let call = command(ctx, \"reserve\");\n        \
         self.catalog.reserve(&call, request).await;\n        self.prices(ctx).await\n    }\n    async fn prices(&self, ctx: &CallCtx) {\n        \
         self.catalog.get_variants(&ctx.calling_from(\"orders\"), request).await;\n    }\n}\n",
    ),
    (
        "crates/orders/module/src/http/place_order.rs",
        "fn endpoint() -> Endpoint {\n    Endpoint::post(\n        \"/v1/orders\",\n        \"place_order\",\n        Policy::Bearer,\n    )\n}\n\
         async fn handler() { service.place_order(&ctx).await; }\n",
    ),
    (
        "crates/orders/module/tests/it/main.rs",
        "async fn all() { orders.get_orders(&ctx).await; }\n",
    ),
    (
        "migrations/catalog/sqlite/1001_products.sql",
        "CREATE TABLE products (id BLOB) STRICT;\n",
    ),
];

fn document(methods: &Value) -> String {
    let request = json!({ "type": "object", "required": ["order_id"], "properties": {
        "order_id": { "type": "string", "pattern": "^ord_[0-9]{2}$" },
        "reason": { "type": "string", "maxLength": 10 },
        "ids": { "type": "array", "maxItems": 5, "items": { "type": "integer" } } } });
    let error = json!({ "oneOf": [{ "const": "gone" }, { "const": "unknown" }] });
    let mut rows = serde_json::Map::new();
    for (name, kind) in methods.as_object().expect("methods by name") {
        rows.insert(name.clone(), json!({
            "kind": kind, "timeout_ms": 300, "max_request": 100, "max_response": 100,
            "request": { "$ref": "#/$defs/Request" }, "response": { "type": "boolean" }, "error": { "$ref": "#/$defs/Error" },
        }));
    }
    json!({ "methods": rows, "$defs": { "Request": request, "Error": error } }).to_string()
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("the folder can be made");
    fs::write(path, text).expect("the file can be written");
}

fn ready() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in READY {
        write(folder.path(), path, text);
    }
    let catalog = json!({ "reserve": "command keyed by ctx", "get_variants": "query" });
    write(folder.path(), CATALOG, &document(&catalog));
    write(
        folder.path(),
        "docs/contracts/orders/v1.json",
        &document(&json!({ "get_orders": "query" })),
    );
    folder
}

fn read(root: &Path, contracts: &[Finding]) -> BTreeMap<String, Report> {
    let workspace = Workspace::read(root).expect("readable manifests");
    let reports = reports(&workspace, contracts, None, None).expect("readable sources");
    reports
        .into_iter()
        .map(|report| (report.module.clone(), report))
        .collect()
}

/// Changes one file and expects exactly this check to stand in the way of `module`; returns file and line.
fn expect_blocked(module: &str, rule: &str, path: &str, text: &str) -> (String, usize, String) {
    let folder = ready();
    write(folder.path(), path, text);
    let report = &read(folder.path(), &[])[module];
    assert!(!report.blocks.is_empty(), "{rule} found nothing");
    assert!(
        report.blocks.iter().all(|finding| finding.rule == rule),
        "{:#?}",
        report.blocks
    );
    let first = &report.blocks[0];
    (
        first.file.display().to_string(),
        first.line,
        first.what.clone(),
    )
}

fn original(path: &str) -> &'static str {
    READY
        .iter()
        .find(|(name, _)| *name == path)
        .expect("it is there")
        .1
}

#[test]
fn ready_modules_have_nothing_in_the_way_and_their_calls_are_counted() {
    let reports = read(ready().path(), &[]);
    for report in reports.values() {
        assert_eq!(report.blocks, [], "{}", report.module);
    }
    let endpoint = |module: &str, operation: &str| {
        let found = reports[module]
            .endpoints
            .iter()
            .find(|it| it.operation == operation);
        let endpoint = found.unwrap_or_else(|| panic!("{module} has no {operation}"));
        (
            endpoint.calls.keys().cloned().collect::<Vec<_>>(),
            endpoint.is_forwarded,
        )
    };
    let both = vec![
        "catalog.get_variants".to_owned(),
        "catalog.reserve".to_owned(),
    ];
    assert_eq!(endpoint("orders", "place_order"), (both.clone(), true));
    assert_eq!(endpoint("catalog", "place_order"), (both, false));
    assert_eq!(endpoint("catalog", "get_product"), (Vec::new(), true));
}

#[test]
fn an_implementation_edge_is_named_in_the_report_of_the_module_it_leads_to() {
    let manifest = format!(
        "{}catalog.workspace = true\n",
        original("crates/orders/module/Cargo.toml")
    );
    let found = expect_blocked(
        "catalog",
        "no-implementation-edge",
        "crates/orders/module/Cargo.toml",
        &manifest,
    );
    assert_eq!(found.1, 7, "{found:?}");
}

#[test]
fn a_join_across_modules_is_in_the_way_of_both() {
    let sql = "const SQL: &str = \"SELECT 1 FROM products\";\n";
    for module in ["orders", "catalog"] {
        let found = expect_blocked(
            module,
            "no-foreign-sql",
            "crates/orders/module/src/store/find.rs",
            sql,
        );
        assert_eq!(
            (found.0.as_str(), found.1),
            ("crates/orders/module/src/store/find.rs", 1)
        );
    }
}

#[test]
fn an_undeclared_call_is_found_where_it_is_made() {
    let manifest = original("crates/orders/module/Cargo.toml").replace("[\"catalog\"]", "[]");
    let found = expect_blocked(
        "orders",
        "calls-are-declared",
        "crates/orders/module/Cargo.toml",
        &manifest,
    );
    assert_eq!((found.0.as_str(), found.1), (SERVICE, 4));
}

#[test]
fn methods_without_fake_or_test_are_found() {
    let fake = "impl Catalog for FakeCatalog { async fn reserve(&self) {} }\n";
    let found = expect_blocked(
        "catalog",
        "methods-are-covered",
        "crates/catalog/contract/src/testing.rs",
        fake,
    );
    assert_eq!(found.1, 4, "{found:?}");
    let test = "async fn all() { catalog.get_variants(&ctx).await; }\n";
    let found = expect_blocked(
        "catalog",
        "methods-are-covered",
        "crates/catalog/module/tests/it/main.rs",
        test,
    );
    assert!(found.2.contains("reserve"), "{found:?}");
}

#[test]
fn local_state_needs_a_reason_and_reasons_need_state() {
    let (file, manifest) = (
        "crates/orders/module/src/service/cache.rs",
        "crates/orders/module/Cargo.toml",
    );
    for state in [
        "struct S { a: Arc<Mutex<u8>> }\n",
        "static SEEN: OnceLock<u8> = OnceLock::new();\n",
        "struct S { a: tenon_cache::Cache<u8, u8> }\n",
        "static COUNT: AtomicU64 = AtomicU64::new(0);\n",
    ] {
        expect_blocked("orders", "no-local-state", file, state);
    }
    let stated = |why: &str| {
        let head = original(manifest).replace("[dependencies]", &format!(
            "[package.metadata.tenon.local-state]\n\"src/service/cache.rs\" = \"{why}\"\n[dependencies]"));
        let folder = ready();
        write(folder.path(), manifest, &head);
        folder
    };
    let folder = stated("a copy elsewhere reads the store again");
    assert_eq!(
        read(folder.path(), &[])["orders"].blocks.len(),
        1,
        "a reason without state"
    );
    write(folder.path(), file, "struct S { a: Mutex<u8> }\n");
    assert_eq!(read(folder.path(), &[])["orders"].blocks, []);
    let folder = stated("because");
    write(folder.path(), file, "struct S { a: Mutex<u8> }\n");
    assert_eq!(
        read(folder.path(), &[])["orders"].blocks.len(),
        1,
        "no reason at all"
    );
}

#[test]
fn an_error_that_only_means_something_in_one_process_is_found() {
    for text in [
        "pub enum CatalogError { Store { #[source] cause: u8 }, #[serde(other)] Unknown }\n",
        "pub enum CatalogError { Store { #[serde(skip)] cause: u8 } }\n",
        "pub enum CatalogError { Store { cause: BoxError } }\n",
        "pub enum CatalogError { Store(Box<dyn std::error::Error>) }\n",
    ] {
        let found = expect_blocked("catalog", "errors-cross-the-seam", ERROR, text);
        assert_eq!((found.0.as_str(), found.1), (ERROR, 1));
    }
    let code = "fn f(e: Box<E>) { e.downcast_ref::<Io>(); }\n";
    expect_blocked(
        "orders",
        "errors-cross-the-seam",
        "crates/orders/module/src/service/f.rs",
        code,
    );
    let closed = document(&json!({ "reserve": "query", "get_variants": "query" }))
        .replace("unknown", "worse");
    expect_blocked("catalog", "errors-cross-the-seam", CATALOG, &closed);
}

#[test]
fn a_command_repeated_without_its_key_is_found() {
    let cases = [
        "self.catalog.reserve(&ctx.calling_from(\"orders\"), request).await;",
        "let call = ctx.child();\n self.catalog.reserve(&call, request).await;",
        "loop { let call = command(ctx, env.new_id()); self.catalog.reserve(&call, request).await; }",
    ];
    for case in cases {
        let text =
            format!("impl Service {{ async fn again(&self, ctx: &CallCtx) {{ {case} }} }}\n");
        expect_blocked("orders", "retry-is-idempotent", SERVICE, &text);
    }
    let keyed = "impl Service { async fn again(&self) { let call = command(ctx, id); loop { self.catalog.reserve(&call, r).await; } } }\n";
    let folder = ready();
    write(folder.path(), SERVICE, keyed);
    assert_eq!(read(folder.path(), &[])["orders"].blocks, []);
    // A command that is idempotent by its request may be called without a key, but not again and again.
    let by_request =
        document(&json!({ "reserve": "command keyed by request", "get_variants": "query" }));
    let again = "impl Service { async fn again(&self) { loop { self.catalog.reserve(&ctx, r).await; } } }\n";
    let folder = ready();
    write(folder.path(), CATALOG, &by_request);
    write(folder.path(), SERVICE, again);
    assert_eq!(
        read(folder.path(), &[])["orders"].blocks[0].rule,
        "retry-is-idempotent"
    );
}

#[test]
fn a_command_that_names_no_key_is_found() {
    let by_request =
        document(&json!({ "reserve": "command keyed by request", "get_variants": "query" }));
    let folder = ready();
    write(folder.path(), CATALOG, &by_request);
    assert_eq!(read(folder.path(), &[])["catalog"].blocks, []);
    let nameless = by_request.replace("pattern", "description");
    expect_blocked("catalog", "commands-name-a-key", CATALOG, &nameless);
}

#[test]
fn payloads_without_bounds_are_named_and_without_limit_in_the_way() {
    let unbounded = document(&json!({ "reserve": "query", "get_variants": "query" }))
        .replace("\"maxItems\":5,", "");
    let folder = ready();
    write(folder.path(), CATALOG, &unbounded);
    let report = &read(folder.path(), &[])["catalog"];
    assert_eq!(report.blocks, []);
    let named: Vec<&Finding> = report
        .costs
        .iter()
        .filter(|it| it.rule == "payloads-are-bounded")
        .collect();
    assert!(
        named[0].what.contains("1 lists") && named[0].what.contains("/ids"),
        "{named:?}"
    );
    let limitless = unbounded.replace("\"max_request\":100", "\"max_request\":0");
    expect_blocked("catalog", "payloads-are-bounded", CATALOG, &limitless);
}

#[test]
fn a_breaking_contract_change_and_a_missing_document_are_in_the_way() {
    let folder = ready();
    let broken = Finding {
        rule: "contract-stays-compatible",
        file: format!("{}/catalog/v1.json", contracts::FOLDER).into(),
        line: 0,
        what: "BREAKING reserve".to_owned(),
    };
    let reports = read(folder.path(), &[broken]);
    assert_eq!(reports["catalog"].blocks[0].rule, "contract-is-blessed");
    assert!(
        reports["catalog"].blocks[0]
            .what
            .contains("contract-stays-compatible")
    );
    assert!(reports["orders"].is_ready());
    fs::remove_file(folder.path().join(CATALOG)).expect("it is there");
    let rules: Vec<&str> = read(folder.path(), &[])["catalog"]
        .blocks
        .iter()
        .map(|it| it.rule)
        .collect();
    assert_eq!(rules, ["contract-is-blessed"]);
}

#[test]
fn latency_is_predicted_from_measurements_only() {
    let folder = ready();
    let root = folder.path();
    let workspace = Workspace::read(root).expect("readable");
    let path = root.join("per-call.json");
    assert!(latency::per_call(&path).expect("absent is fine").is_none());
    for wrong in [
        "{}",
        "{\"per_call_us\": 0, \"source\": \"x\"}",
        "{\"per_call_us\": 5}",
    ] {
        write(root, "per-call.json", wrong);
        assert!(latency::per_call(&path).is_err(), "{wrong}");
    }
    write(
        root,
        "per-call.json",
        "{\"per_call_us\": 100, \"source\": \"measured\"}",
    );
    let per_call = latency::per_call(&path).expect("readable");
    write(
        root,
        "golden.json",
        "{\"samples\": {\"place_order\": {\"seam_calls\": {\"catalog\": 2.5}}}}",
    );
    let recorded = latency::recording(&root.join("golden.json")).expect("readable");
    let reports = reports(&workspace, &[], Some(&recorded), per_call.as_ref()).expect("readable");
    let added: Vec<(&str, Option<f64>)> = reports[0]
        .endpoints
        .iter()
        .map(|it| (it.operation.as_str(), it.added_us))
        .collect();
    assert_eq!(reports[0].module, "catalog");
    assert_eq!(
        added,
        [("get_product", Some(100.0)), ("place_order", Some(250.0))]
    );
    write(root, "golden.json", "{\"samples\": {}}");
    assert!(latency::recording(&root.join("golden.json")).is_err());
}
