//! The same answers at every end.

use tenon_kernel::IdempotencyScope;
use tenon_seam::SeamError;

use crate::contract::{ENDS, GREETER_METHODS, GreeterError, connect, ctx, greet};

#[tokio::test]
async fn every_end_gives_the_same_answer() {
    let mut answers = Vec::new();
    for mode in ENDS {
        answers.push(
            connect(mode)
                .greet(&ctx(), greet("ada"))
                .await
                .expect("a greeting"),
        );
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].text, "hello ada");
    assert_eq!(answers[0].caller, "Module(\"door\")");
    assert_eq!(answers[0].principal, "anonymous");
}

#[tokio::test]
async fn a_refusal_arrives_in_the_words_of_the_contract() {
    for mode in ENDS {
        let error = connect(mode)
            .greet(&ctx(), greet("sleeper"))
            .await
            .expect_err("asleep");
        assert_eq!(
            error,
            SeamError::Domain(GreeterError::Asleep {
                name: "sleeper".to_owned()
            })
        );
    }
}

#[tokio::test]
async fn cost_and_replay_come_back_to_the_caller() {
    for mode in ENDS {
        let scope = IdempotencyScope {
            key: "k".to_owned(),
            subject: "s".to_owned(),
            fingerprint: [0; 32],
        };
        let ctx = ctx().with_idempotency(scope);
        connect(mode)
            .greet_once(&ctx, greet("ada"))
            .await
            .expect("a greeting");
        assert!(ctx.was_replayed());
        assert_eq!(ctx.stats().statements(), 1);
        let calls = ctx.stats().seam_calls();
        assert_eq!(calls.iter().map(|calls| calls.count).sum::<u32>(), 1);
    }
}

#[test]
fn an_error_of_a_newer_version_decodes() {
    let newer: GreeterError =
        serde_json::from_str(r#"{"code":"moved_away","to":"Rome"}"#).expect("decodes");
    assert_eq!(newer, GreeterError::Unknown);
}

#[test]
fn the_table_of_methods_knows_paths_and_schemas() {
    assert_eq!(GREETER_METHODS[0].path(), "/_seam/greeter/v1/greet");
    let mut generator = schemars::SchemaGenerator::default();
    let schema = (GREETER_METHODS[0].request)(&mut generator);
    assert_eq!(
        schema.get("$ref").and_then(|r| r.as_str()),
        Some("#/$defs/Greet")
    );
}
