//! Who used a deprecated part of the API, and when last.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_module::Module;
use tenon_store::Migrations;
use tenon_testkit::{AppOptions, Kit, TestApp, TestEngine, engines};
use tenon_web::{Deprecation, Endpoint, Reply};

const LAMPS: Migrations = Migrations {
    module: "lamps",
    sqlite: None,
    postgres: None,
};
const TERMS: Deprecation = Deprecation::new("2026-12-01", "2027-07-01", "Use `/v1/lights`.");
const DAY: Duration = Duration::from_hours(24);

async fn app(engine: TestEngine, forwarded: bool) -> TestApp {
    let kit = Kit::new(engine).await;
    let lamps = kit.db(LAMPS).await;
    let list = Endpoint::get("/v1/lamps", "list_lamps", Policy::Public)
        .summary("Lists lamps.")
        .answers::<Value>(200, "Lamps.")
        .deprecated(TERMS)
        .handler(async || Reply::ok(&json!({})), ());
    let lamps = Module {
        endpoints: vec![list],
        ..Module::new(lamps)
    };
    let options = AppOptions {
        forwarded,
        ..AppOptions::default()
    };
    TestApp::with(kit, vec![lamps], options).await
}

async fn listed(app: &TestApp) -> Value {
    let staff = app.user("sam", &[Role::Staff]);
    staff.get("/v1/admin/deprecations").await.expect(200)
}

#[tokio::test]
async fn staff_sees_each_credential_once_with_its_days() {
    for engine in engines() {
        for forwarded in [true, false] {
            let app = app(engine, forwarded).await;
            let before = listed(&app).await;
            assert_eq!(before["data"][0]["part"], "list_lamps");
            assert_eq!(before["data"][0]["module"], "lamps");
            assert_eq!(before["data"][0]["sunset_at"], "2027-07-01T00:00:00Z");
            assert_eq!(before["data"][0]["credentials"], json!([]));

            let alice = app.user("alice", &[Role::Customer]);
            let bob = app.user("bob", &[Role::Customer]);
            for _ in 0..3 {
                let told = alice.get("/v1/lamps").await;
                assert_eq!(told.header("deprecation"), Some("@1796083200"));
                bob.get("/v1/lamps").await.expect(200);
            }
            app.kit().advance(DAY);
            alice.get("/v1/lamps").await.expect(200);
            app.anonymous().get("/v1/lamps").await.expect(200);

            let part = &listed(&app).await["data"][0];
            assert_eq!(part["credentials_total"], 2, "people are not told apart");
            assert_eq!(part["days_total"], 3, "{engine:?}");
            let credentials = part["credentials"].as_array().expect("a list");
            let kinds: Vec<_> = credentials
                .iter()
                .map(|it| (&it["kind"], &it["id"], &it["days"]))
                .collect();
            let (null, one, two) = (Value::Null, json!(1), json!(2));
            let kind = |name: &str| json!(name);
            let (account, anonymous) = (kind("account"), kind("anonymous"));
            assert_eq!(kinds, [(&account, &null, &two), (&anonymous, &null, &one)]);
            for credential in credentials {
                let last = credential["last_used_at"].as_str().expect("a time");
                assert!(last.ends_with("T00:00:00Z"), "{last}");
            }
        }
    }
}

#[tokio::test]
async fn who_has_not_used_it_for_long_is_forgotten() {
    for engine in engines() {
        let app = app(engine, true).await;
        app.anonymous().get("/v1/lamps").await.expect(200);
        app.kit().advance(399 * DAY);
        app.settle().await;
        assert_eq!(listed(&app).await["data"][0]["credentials_total"], 1);
        app.kit().advance(2 * DAY);
        app.settle().await;
        assert_eq!(listed(&app).await["data"][0]["credentials_total"], 0);
    }
}

#[tokio::test]
async fn the_list_is_for_staff() {
    let app = app(TestEngine::Sqlite, true).await;
    let path = "/v1/admin/deprecations";
    let customer = app.user("alice", &[Role::Customer]);
    customer.get(path).await.expect(403);
    app.anonymous().get(path).await.expect(401);
}
