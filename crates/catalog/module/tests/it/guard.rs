//! Who may do what: every operation, without and with too little of a credential.

use catalog::{CatalogSettings, Deps};
use http::Method;
use serde_json::json;
use tenon_access::Policy;
use tenon_kernel::{CursorKey, Role};
use tenon_testkit::{Kit, TestApp, TestEngine};
use tenon_web::policy_table;

#[tokio::test]
async fn every_operation_says_no_to_those_who_may_not() {
    let kit = Kit::new(TestEngine::Sqlite).await;
    let deps = Deps {
        db: kit.db(catalog::MIGRATIONS).await,
        cursor_key: CursorKey::new(b"secret"),
    };
    let catalog =
        catalog::Catalog::build(CatalogSettings::default(), deps).expect("the settings are good");
    let table = policy_table(&catalog.module.endpoints);
    let app = TestApp::new(kit, vec![catalog.module]).await;
    let (anonymous, customer) = (app.anonymous(), app.user("carla", &[Role::Customer]));

    let mut guarded = 0;
    for (method, path, operation, policy) in table {
        let path = path
            .replace("{id}", "prd_00000000000000000000000001")
            .replace("{user_id}", "usr_00000000000000000000000001");
        match policy {
            // A quote is a read with more to say than fits a query.
            Policy::Public => assert!(
                method == Method::GET || operation == "quote_prices",
                "{operation}: only reads are for everyone"
            ),
            Policy::Has(Role::Staff) => {
                guarded += 1;
                let nobody = anonymous
                    .request(method.clone(), &path)
                    .key("k")
                    .json(&json!({}))
                    .await;
                assert_eq!(nobody.status(), 401, "{operation}");
                let little = customer
                    .request(method, &path)
                    .key("k")
                    .json(&json!({}))
                    .await;
                assert_eq!(little.status(), 403, "{operation}");
            }
            other => panic!("{operation}: nobody decided about {other:?}"),
        }
    }
    assert_eq!(guarded, 20);
}
