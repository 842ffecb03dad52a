//! The Fault and Shadow ends, and raw calls.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tenon_kernel::IdempotencyScope;
use tenon_seam::{
    Dispatch, EdgeSettings, Executed, FaultEffect, FaultSettings, MethodKind, Mode, Peers, Relay,
    RelayMethod, Seam, SeamError, SeamFault, SetupError, Surface, WireCall, WireOutcome, WireReply,
};
use tokio::sync::Notify;

use crate::contract::{Greeter, GreeterClient, GreeterServer, Hall, ctx, greet};

fn faulty(
    effect: FaultEffect,
    change: impl FnOnce(&mut FaultSettings),
) -> (Arc<dyn Greeter>, Arc<Hall>) {
    let mut fault = FaultSettings {
        effect,
        ..FaultSettings::default()
    };
    change(&mut fault);
    let settings = EdgeSettings {
        fault: Some(fault),
        max_attempts: 1,
        ..EdgeSettings::of(Mode::Fault)
    };
    let hall = Arc::new(Hall::default());
    let seam = Seam::new([("greeter".to_owned(), settings)].into()).declare("door", &["greeter"]);
    let greeter = GreeterClient::connect(&seam, "door", Some(Arc::clone(&hall) as _));
    (greeter.expect("the settings hold"), hall)
}

/// In one process a caller can meet every fault that it can meet between two.
#[tokio::test(start_paused = true)]
async fn every_fault_can_be_had_in_one_process_with_an_honest_account() {
    let cases = [
        (FaultEffect::Unavailable, "unavailable", Executed::No, 0),
        (
            FaultEffect::DeadlineExceeded,
            "deadline_exceeded",
            Executed::No,
            0,
        ),
        (FaultEffect::Overloaded, "overloaded", Executed::No, 0),
        (FaultEffect::Cancelled, "cancelled", Executed::Unknown, 0),
        (
            FaultEffect::Unauthenticated,
            "unauthenticated",
            Executed::No,
            0,
        ),
        (FaultEffect::Forbidden, "forbidden", Executed::No, 0),
        (FaultEffect::TooLarge, "too_large", Executed::No, 0),
        (FaultEffect::VersionSkew, "version_skew", Executed::No, 0),
        (FaultEffect::Misuse, "misuse", Executed::No, 0),
        (FaultEffect::KeyReused, "key_reused", Executed::No, 0),
        (FaultEffect::KeyInFlight, "key_in_flight", Executed::No, 0),
        (FaultEffect::Internal, "internal", Executed::Unknown, 0),
        (FaultEffect::LostReply, "unavailable", Executed::Unknown, 1),
        (
            FaultEffect::Silence,
            "deadline_exceeded",
            Executed::Unknown,
            0,
        ),
    ];
    for (effect, name, executed, runs) in cases {
        let (greeter, hall) = faulty(effect, |_| {});
        let error = greeter.greet_again(&ctx(), greet("ada")).await;
        let Err(SeamError::Seam(fault)) = error else {
            panic!("{effect:?}: {error:?}");
        };
        let json = serde_json::to_value(&fault).expect("encodes");
        assert_eq!(json["fault"], name);
        assert_eq!(
            (fault.executed(), hall.runs()),
            (executed, runs),
            "{effect:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_runs_twice_and_a_delay_takes_its_time() {
    let (greeter, hall) = faulty(FaultEffect::Duplicate, |_| {});
    assert!(greeter.greet_again(&ctx(), greet("ada")).await.is_ok());
    assert_eq!(hall.runs(), 2);

    let (greeter, _) = faulty(FaultEffect::Delay, |fault| fault.delay_ms = 150);
    let began = tokio::time::Instant::now();
    assert!(greeter.greet_again(&ctx(), greet("ada")).await.is_ok());
    assert!(began.elapsed() >= Duration::from_millis(150));
}

#[tokio::test(start_paused = true)]
async fn a_share_of_some_methods_is_hit_and_nothing_else() {
    let (greeter, hall) = faulty(FaultEffect::Overloaded, |fault| {
        fault.percent = 30;
        fault.methods = vec!["greet_again".to_owned()];
    });
    for _ in 0..1_000 {
        let _hit = greeter.greet_again(&ctx(), greet("ada")).await;
    }
    let hit = 1_000 - hall.runs();
    assert!((200..=400).contains(&hit), "{hit}");
    for _ in 0..100 {
        assert!(greeter.greet(&ctx(), greet("ada")).await.is_ok());
    }
}

/// A second process that answers as it is told.
struct There {
    body: Mutex<WireOutcome>,
    asked: AtomicU32,
    was_asked: Notify,
}

#[async_trait]
impl Dispatch for There {
    fn module(&self) -> &'static str {
        "greeter"
    }

    fn surface(&self) -> Surface {
        Surface::Contract { version: 1 }
    }

    fn is_query(&self, _: &str) -> bool {
        false
    }

    async fn dispatch(&self, _: WireCall) -> WireReply {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.was_asked.notify_one();
        WireReply {
            tail: Bytes::new(),
            outcome: self.body.lock().expect("no panic while held").clone(),
        }
    }
}

struct One(Arc<There>);

impl Peers for One {
    fn connect(
        &self,
        _: &'static str,
        _: Surface,
        _: &EdgeSettings,
    ) -> Result<Arc<dyn Dispatch>, SetupError> {
        Ok(Arc::clone(&self.0) as _)
    }
}

fn there() -> Arc<There> {
    let same = r#"{"text":"hello ada","caller":"Module(\"door\")","principal":"anonymous"}"#;
    Arc::new(There {
        body: Mutex::new(WireOutcome::Ok(same.into())),
        asked: AtomicU32::new(0),
        was_asked: Notify::new(),
    })
}

fn compared(caller: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for family in prometheus::gather() {
        if family.name() != "tenon_seam_shadow_total" {
            continue;
        }
        for metric in family.get_metric() {
            let label = |name: &str| {
                let found = metric.get_label().iter().find(|label| label.name() == name);
                found.map_or("", |label| label.value()).to_owned()
            };
            if label("caller") == caller {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a small count"
                )]
                counts.insert(label("result"), metric.get_counter().get_value() as u64);
            }
        }
    }
    counts
}

#[tokio::test]
async fn a_shadow_compares_queries_in_the_background_and_never_sends_commands() {
    let there = there();
    let settings = EdgeSettings {
        url: Some("https://there:7443".to_owned()),
        ..EdgeSettings::of(Mode::Shadow)
    };
    let seam = Seam::new([("greeter".to_owned(), settings)].into())
        .declare("mirror", &["greeter"])
        .with_peers(Arc::new(One(Arc::clone(&there))));
    let hall: Arc<dyn Greeter> = Arc::new(Hall::default());
    let greeter = GreeterClient::connect(&seam, "mirror", Some(hall)).expect("the settings hold");
    let ask = || async {
        let answer = greeter.greet(&ctx(), greet("ada")).await.expect("answers");
        assert_eq!(answer.text, "hello ada", "the module here answers");
        there.was_asked.notified().await;
        tokio::task::yield_now().await;
    };
    let say = |outcome| *there.body.lock().expect("no panic while held") = outcome;
    let same = r#"{"text":"hello ada","caller":"Module(\"mirror\")","principal":"anonymous"}"#;
    say(WireOutcome::Ok(same.into()));
    ask().await;
    say(WireOutcome::Ok(r#"{"text":"good day"}"#.into()));
    ask().await;
    ask().await;
    say(WireOutcome::Fault(SeamFault::VersionSkew));
    ask().await;
    let counts = compared("mirror");
    let wanted = [("different", 2), ("failed", 1), ("same", 1)];
    assert_eq!(
        counts,
        wanted.map(|(name, count)| (name.to_owned(), count)).into()
    );

    let keyed = ctx().with_idempotency(IdempotencyScope {
        key: "k".to_owned(),
        subject: "s".to_owned(),
        fingerprint: [0; 32],
    });
    assert!(greeter.greet_once(&keyed, greet("ada")).await.is_ok());
    tokio::task::yield_now().await;
    assert_eq!(there.asked.load(Ordering::SeqCst), 4, "commands stay here");
}

fn relay(settings: EdgeSettings, here: Option<Arc<dyn Dispatch>>) -> Result<Relay, SetupError> {
    Seam::new([("greeter".to_owned(), settings)].into())
        .declare("door", &["greeter"])
        .with_peers(Arc::new(One(there())))
        .relay("door", "greeter", Surface::Contract { version: 1 }, here)
}

#[tokio::test]
async fn raw_calls_pass_the_same_layers() {
    let method = RelayMethod {
        name: "greet".into(),
        kind: MethodKind::Query,
        timeout: Duration::from_millis(100),
        max_request: 100,
        max_response: 1_000,
    };
    let server = || Some(Arc::new(GreeterServer::new(Arc::new(Hall::default()))) as _);
    let here = relay(EdgeSettings::default(), server()).expect("the settings hold");
    let far = relay(EdgeSettings::remote("https://there:7443"), None).expect("the settings hold");
    let body = Bytes::from_static(br#"{"name":"ada"}"#);
    for relay in [&here, &far] {
        let answer = relay
            .call(&ctx(), &method, body.clone())
            .await
            .expect("answers");
        assert!(answer.starts_with(br#"{"text":"hello ada""#), "{answer:?}");
        let large = relay.call(&ctx(), &method, "x".repeat(101).into()).await;
        let executed = Executed::No;
        assert_eq!(
            large,
            Err(SeamFault::TooLarge {
                limit: 100,
                executed
            })
        );
        let tight = RelayMethod {
            max_response: 10,
            ..method.clone()
        };
        let large = relay.call(&ctx(), &tight, body.clone()).await;
        assert_eq!(
            large,
            Err(SeamFault::TooLarge {
                limit: 10,
                executed
            })
        );
        let ctx = ctx();
        let unit = ctx.open_unit();
        let inside = relay.call(&ctx, &method, body.clone()).await;
        assert!(
            matches!(inside, Err(SeamFault::Misuse { .. })),
            "{inside:?}"
        );
        drop(unit);
    }
    let silent = here
        .call(&ctx(), &method, Bytes::from_static(br#"{"name":"nobody"}"#))
        .await;
    let executed = Executed::No;
    assert_eq!(silent, Err(SeamFault::DeadlineExceeded { executed }));
}

#[test]
fn an_end_that_contradicts_where_the_module_is_does_not_start() {
    let server = || Some(Arc::new(GreeterServer::new(Arc::new(Hall::default()))) as _);
    let setting = |outcome: Result<Relay, SetupError>| outcome.err().map(|error| error.setting);
    let mode = Some("modules.greeter.mode".to_owned());
    let remote = || EdgeSettings::remote("https://there:7443");
    assert_eq!(setting(relay(EdgeSettings::default(), None)), mode);
    assert_eq!(setting(relay(remote(), server())), mode);
    assert_eq!(setting(relay(remote(), None)), None);
    let url = Some("modules.greeter.url".to_owned());
    assert_eq!(setting(relay(EdgeSettings::of(Mode::Remote), None)), url);
    let seam = Seam::new([("greeter".to_owned(), remote())].into());
    assert!(!seam.is_here("greeter") && seam.is_here("catalog"));
    let alone = seam.relay("door", "greeter", Surface::Http, None);
    assert_eq!(setting(alone), mode, "no peers");
}
