//! Every fault of the layers, at every end.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tenon_kernel::Deadline;
use tenon_seam::{EdgeSettings, Executed, Mode, Seam, SeamError, SeamFault};

use crate::contract::{ENDS, GreeterClient, GreeterError, Hall, connect, connect_as, ctx, greet};

#[tokio::test]
async fn an_undeclared_caller_is_refused() {
    for mode in ENDS {
        let error = connect_as("stranger", mode, 512)
            .greet(&ctx(), greet("ada"))
            .await
            .expect_err("not declared");
        let edge = "stranger -> greeter.greet".to_owned();
        assert_eq!(error, SeamError::Seam(SeamFault::Forbidden { edge }));
    }
}

#[tokio::test]
async fn a_call_inside_a_transaction_is_refused() {
    for mode in ENDS {
        let ctx = ctx();
        let unit = ctx.open_unit();
        let error = connect(mode)
            .greet(&ctx, greet("ada"))
            .await
            .expect_err("a unit is open");
        assert!(matches!(error, SeamError::Seam(SeamFault::Misuse { .. })));
        drop(unit);
        assert!(connect(mode).greet(&ctx, greet("ada")).await.is_ok());
    }
}

#[tokio::test]
async fn a_keyed_command_without_key_is_refused() {
    for mode in ENDS {
        let error = connect(mode)
            .greet_once(&ctx(), greet("ada"))
            .await
            .expect_err("no key");
        assert!(matches!(error, SeamError::Seam(SeamFault::Misuse { .. })));
    }
}

#[tokio::test]
async fn a_request_over_the_limit_is_refused() {
    for mode in ENDS {
        let error = connect(mode)
            .greet(&ctx(), greet(&"x".repeat(2_000)))
            .await
            .expect_err("too large");
        assert_eq!(
            error,
            SeamError::Seam(SeamFault::TooLarge {
                limit: 1_000,
                executed: Executed::No
            })
        );
    }
}

#[tokio::test]
async fn a_silent_module_ends_at_the_deadline() {
    for mode in ENDS {
        let error = connect(mode)
            .greet(&ctx(), greet("nobody"))
            .await
            .expect_err("never answers");
        assert_eq!(
            error,
            SeamError::Seam(SeamFault::DeadlineExceeded {
                executed: Executed::No
            })
        );
    }
}

#[tokio::test]
async fn an_edge_may_give_calls_more_time_or_less() {
    for mode in ENDS {
        for (percent, least, most) in [(50, 0, 100), (100, 0, 200), (10_000, 201, 20_000)] {
            let settings = EdgeSettings {
                timeout_percent: percent,
                ..EdgeSettings::of(mode)
            };
            let seam =
                Seam::new([("greeter".to_owned(), settings)].into()).declare("door", &["greeter"]);
            let greeter = GreeterClient::connect(&seam, "door", Some(Arc::new(Hall::default())))
                .expect("the settings hold");
            let told = greeter
                .greet(&ctx(), greet("hurried"))
                .await
                .expect("a number");
            let left: u64 = told.text.parse().expect("a number");
            assert!(
                (least..=most).contains(&left),
                "{mode:?} {percent} %: {left}"
            );
        }
    }
}

#[tokio::test]
async fn a_passed_deadline_ends_before_the_module() {
    for mode in ENDS {
        let mut ctx = ctx();
        ctx.deadline = Deadline::after(Duration::ZERO);
        let error = connect(mode)
            .greet(&ctx, greet("ada"))
            .await
            .expect_err("too late");
        assert_eq!(
            error,
            SeamError::Seam(SeamFault::DeadlineExceeded {
                executed: Executed::No
            })
        );
    }
}

#[tokio::test]
async fn a_full_edge_sheds() {
    for mode in ENDS {
        let greeter = connect_as("door", mode, 1);
        let (first_ctx, second_ctx) = (ctx(), ctx());
        let (first, second) = tokio::join!(
            greeter.greet(&first_ctx, greet("nobody")),
            greeter.greet(&second_ctx, greet("ada"))
        );
        assert!(matches!(
            first,
            Err(SeamError::Seam(SeamFault::DeadlineExceeded { .. }))
        ));
        assert!(matches!(
            second,
            Err(SeamError::Seam(SeamFault::Overloaded { .. }))
        ));
    }
}

#[tokio::test]
async fn calls_that_go_round_end() {
    for mode in ENDS {
        let mut ctx = ctx();
        ctx.hops = 8;
        let error = connect(mode)
            .greet(&ctx, greet("ada"))
            .await
            .expect_err("a loop");
        assert!(matches!(error, SeamError::Seam(SeamFault::Misuse { .. })));
    }
    assert_eq!(
        connect(Mode::Local)
            .greet(&ctx(), greet("ada"))
            .await
            .expect("no loop")
            .text,
        "hello ada"
    );
}

fn any_fault() -> impl Strategy<Value = SeamFault> {
    let executed = prop_oneof![
        Just(Executed::No),
        Just(Executed::Unknown),
        Just(Executed::Yes)
    ];
    prop_oneof![
        executed
            .clone()
            .prop_map(|executed| SeamFault::Unavailable { executed }),
        executed
            .clone()
            .prop_map(|executed| SeamFault::DeadlineExceeded { executed }),
        any::<u64>().prop_map(|retry_after_ms| SeamFault::Overloaded { retry_after_ms }),
        Just(SeamFault::Cancelled),
        Just(SeamFault::Unauthenticated),
        any::<String>().prop_map(|edge| SeamFault::Forbidden { edge }),
        (any::<u64>(), executed)
            .prop_map(|(limit, executed)| SeamFault::TooLarge { limit, executed }),
        Just(SeamFault::VersionSkew),
        any::<String>().prop_map(|rule| SeamFault::Misuse { rule }),
        Just(SeamFault::KeyReused),
        any::<u64>().prop_map(|retry_after_ms| SeamFault::KeyInFlight { retry_after_ms }),
        any::<String>().prop_map(|incident| SeamFault::Internal { incident }),
    ]
}

proptest! {
    #[test]
    fn every_failure_survives_encoding(fault in any_fault(), name: String) {
        for error in [SeamError::Seam(fault), SeamError::Domain(GreeterError::Asleep { name })] {
            let text = serde_json::to_string(&error).expect("encodes");
            let back: SeamError<GreeterError> = serde_json::from_str(&text).expect("decodes");
            prop_assert_eq!(back, error);
        }
    }
}
