//! Repeats, breaker and budget: the same at every end.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{CallCtx, IdempotencyScope};
use tenon_seam::{EdgeSettings, Executed, Mode, Seam, SeamError, SeamFault, SeamResult};

use crate::contract::{ENDS, Greet, Greeter, GreeterClient, GreeterError, Greeting, ctx, greet};

const DOWN: SeamFault = SeamFault::Unavailable {
    executed: Executed::No,
};
const LOST: SeamFault = SeamFault::Unavailable {
    executed: Executed::Unknown,
};
const BUSY: SeamFault = SeamFault::Overloaded { retry_after_ms: 30 };
const IN_FLIGHT: SeamFault = SeamFault::KeyInFlight { retry_after_ms: 30 };

/// Fails as it is told, then answers; counts what reaches it.
#[derive(Default)]
struct Scripted {
    faults: Mutex<Vec<SeamFault>>,
    calls: Mutex<u32>,
}

impl Scripted {
    fn with(faults: &[SeamFault]) -> Arc<Self> {
        let faults = Mutex::new(faults.iter().rev().cloned().collect());
        Arc::new(Self {
            faults,
            ..Self::default()
        })
    }

    fn calls(&self) -> u32 {
        *self.calls.lock().expect("no panic while held")
    }

    fn answer(&self) -> SeamResult<Greeting, GreeterError> {
        *self.calls.lock().expect("no panic while held") += 1;
        match self.faults.lock().expect("no panic while held").pop() {
            Some(fault) => Err(SeamError::Seam(fault)),
            None => Ok(Greeting {
                text: "hello".to_owned(),
                caller: String::new(),
                principal: String::new(),
            }),
        }
    }
}

#[async_trait]
impl Greeter for Scripted {
    async fn greet(&self, _: &CallCtx, _: Greet) -> SeamResult<Greeting, GreeterError> {
        self.answer()
    }

    async fn greet_once(&self, _: &CallCtx, _: Greet) -> SeamResult<Greeting, GreeterError> {
        self.answer()
    }

    async fn greet_again(&self, _: &CallCtx, _: Greet) -> SeamResult<Greeting, GreeterError> {
        self.answer()
    }
}

fn connect(mode: Mode, module: &Arc<Scripted>) -> Arc<dyn Greeter> {
    let settings = EdgeSettings::of(mode);
    let seam = Seam::new([("greeter".to_owned(), settings)].into()).declare("door", &["greeter"]);
    GreeterClient::connect(&seam, "door", Some(Arc::clone(module) as _)).expect("the settings hold")
}

fn keyed() -> CallCtx {
    ctx().with_idempotency(IdempotencyScope {
        key: "k".to_owned(),
        subject: "s".to_owned(),
        fingerprint: [0; 32],
    })
}

fn fault(outcome: SeamResult<Greeting, GreeterError>) -> Option<SeamFault> {
    match outcome {
        Ok(_) => None,
        Err(SeamError::Seam(fault)) => Some(fault),
        Err(SeamError::Domain(error)) => panic!("{error}"),
    }
}

#[tokio::test(start_paused = true)]
async fn queries_and_keyed_commands_are_repeated_and_unkeyed_ones_never() {
    for mode in ENDS {
        for lost in [DOWN, LOST, BUSY] {
            let module = Scripted::with(&[lost.clone(), lost.clone()]);
            let query = connect(mode, &module).greet(&ctx(), greet("ada")).await;
            assert_eq!((fault(query), module.calls()), (None, 3), "{mode:?} {lost}");

            let module = Scripted::with(&[lost.clone(), lost.clone()]);
            let command = connect(mode, &module)
                .greet_once(&keyed(), greet("ada"))
                .await;
            assert_eq!(
                (fault(command), module.calls()),
                (None, 3),
                "{mode:?} {lost}"
            );

            let module = Scripted::with(std::slice::from_ref(&lost));
            let command = connect(mode, &module)
                .greet_again(&keyed(), greet("ada"))
                .await;
            assert_eq!(
                (fault(command), module.calls()),
                (Some(lost), 1),
                "{mode:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_waiting_does_not_help_is_not_repeated() {
    let hopeless = [
        SeamFault::VersionSkew,
        SeamFault::Unauthenticated,
        SeamFault::KeyReused,
        IN_FLIGHT,
        SeamFault::Internal {
            incident: "i".to_owned(),
        },
    ];
    for mode in ENDS {
        for said in &hopeless {
            let module = Scripted::with(std::slice::from_ref(said));
            let command = connect(mode, &module)
                .greet_once(&keyed(), greet("ada"))
                .await;
            assert_eq!(fault(command), Some(said.clone()), "{mode:?}");
            assert_eq!(module.calls(), 1, "{mode:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_that_may_have_run_is_never_said_not_to_have_run() {
    for mode in ENDS {
        for last in [DOWN, BUSY] {
            let module = Scripted::with(&[LOST, DOWN, last]);
            let command = connect(mode, &module)
                .greet_once(&keyed(), greet("ada"))
                .await;
            assert_eq!(
                (fault(command), module.calls()),
                (Some(LOST), 3),
                "{mode:?}"
            );
        }
        // The attempt that is still running is our own.
        let module = Scripted::with(&[LOST, IN_FLIGHT]);
        let command = connect(mode, &module)
            .greet_once(&keyed(), greet("ada"))
            .await;
        assert_eq!((fault(command), module.calls()), (None, 3), "{mode:?}");
        // A query has no effect, whatever became of it.
        let module = Scripted::with(&[LOST, LOST, LOST]);
        let query = connect(mode, &module).greet(&ctx(), greet("ada")).await;
        assert_eq!((fault(query), module.calls()), (Some(DOWN), 3), "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_that_would_come_too_late_is_not_made() {
    for mode in ENDS {
        let late = SeamFault::Overloaded {
            retry_after_ms: 10_000,
        };
        let module = Scripted::with(std::slice::from_ref(&late));
        let query = connect(mode, &module).greet(&ctx(), greet("ada")).await;
        assert_eq!((fault(query), module.calls()), (Some(late), 1), "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn repeats_stay_rare_when_everything_fails_half_the_time() {
    for mode in ENDS {
        let faults: Vec<_> = (0..2_000)
            .flat_map(|_| [BUSY, SeamFault::VersionSkew])
            .collect();
        let module = Scripted::with(&faults);
        let greeter = connect(mode, &module);
        let calls = 1_000;
        for _ in 0..calls {
            let _failed = greeter.greet(&ctx(), greet("ada")).await;
        }
        let repeats = module.calls() - calls;
        assert!((100..=111).contains(&repeats), "{mode:?}: {repeats}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_module_that_does_not_answer_is_left_alone_and_found_again_within_a_second() {
    for mode in ENDS {
        let module = Scripted::with(&vec![DOWN; 16]);
        let greeter = connect(mode, &module);
        for _ in 0..16 {
            let command = greeter.greet_again(&ctx(), greet("ada")).await;
            assert_eq!(fault(command), Some(DOWN), "{mode:?}");
        }
        for _ in 0..10 {
            let refused = greeter.greet_again(&ctx(), greet("ada")).await;
            assert_eq!(fault(refused), Some(DOWN), "{mode:?}");
        }
        assert_eq!(module.calls(), 16, "{mode:?}: nothing got through");
        tokio::time::advance(Duration::from_secs(1)).await;
        let found = greeter.greet_again(&ctx(), greet("ada")).await;
        assert_eq!((fault(found), module.calls()), (None, 17), "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_and_overload_do_not_open_the_breaker() {
    for mode in ENDS {
        let module = Scripted::with(&vec![SeamFault::VersionSkew; 100]);
        let greeter = connect(mode, &module);
        for _ in 0..100 {
            let _refused = greeter.greet_again(&ctx(), greet("ada")).await;
        }
        assert_eq!(module.calls(), 100, "{mode:?}");
        assert!(greeter.greet_again(&ctx(), greet("ada")).await.is_ok());
    }
}
