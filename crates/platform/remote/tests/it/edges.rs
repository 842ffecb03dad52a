//! Who may call what, and what is there to be called.

use std::time::Duration;

use serde_json::json;
use tenon_seam::{Executed, MethodKind, RelayMethod, SeamError, SeamFault, Surface};

use crate::greeter::{GreeterClient, GreeterError, newer};
use crate::raw::{Forged, Line, frame};
use crate::world::{World, ctx, greet, keyed};

#[tokio::test]
async fn answers_refusals_and_costs_come_back() {
    let world = World::new();
    let process = world.start();
    let greeter = world.connect(process.address);
    let greeting = greeter.greet(&ctx(), greet("ada")).await.expect("answers");
    assert_eq!(greeting.text, "hello ada");
    let refusal = greeter.greet(&ctx(), greet("sleeper")).await;
    let name = "sleeper".to_owned();
    assert_eq!(
        refusal,
        Err(SeamError::Domain(GreeterError::Asleep { name }))
    );
    let ctx = keyed("k");
    assert!(greeter.greet_once(&ctx, greet("ada")).await.is_ok());
    assert!(!ctx.was_replayed());
    assert!(greeter.greet_once(&ctx, greet("ada")).await.is_ok());
    assert!(ctx.was_replayed());
}

#[tokio::test]
async fn an_edge_that_only_the_caller_declares_is_refused_by_the_receiver() {
    let world = World::new();
    let process = world.start();
    let seam = world.seam(&world.caller_settings(), process.address, 1);
    let greeter = GreeterClient::connect(&seam, "window", None).expect("the settings hold");
    let fault = SeamFault::Forbidden {
        edge: "window -> greeter.greet_once".to_owned(),
    };
    assert_eq!(fault.executed(), Executed::No);
    let refused = greeter.greet_once(&keyed("k"), greet("ada")).await;
    assert_eq!(refused, Err(SeamError::Seam(fault)));
    assert!(
        world
            .effects
            .lock()
            .expect("no panic while held")
            .is_empty()
    );
}

#[tokio::test]
async fn a_service_that_may_not_speak_for_the_module_is_refused() {
    let world = World::new();
    let mut settings = world.host_settings();
    settings.callers = [("tenon".to_owned(), vec!["cellar".to_owned()])].into();
    let process = world.start_with(&settings, "127.0.0.1:0".parse().expect("an address"));
    let refused = world
        .connect(process.address)
        .greet(&ctx(), greet("ada"))
        .await;
    let edge = "door -> greeter.greet".to_owned();
    assert_eq!(refused, Err(SeamError::Seam(SeamFault::Forbidden { edge })));
}

#[tokio::test]
async fn a_context_that_names_another_caller_than_the_pass_is_refused() {
    let world = World::new();
    let process = world.start();
    let line = Line::open(&world, Some(&world.caller), process.address).await;
    let line = line.expect("the certificate is good");
    let head = json!({
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "principal": { "kind": "anonymous" }, "caller": { "module": "cellar" },
        "interface": "rest", "hops": 1
    });
    let forged = Forged {
        body: frame(&head, br#"{"name":"ada"}"#),
        ..Forged::of(&world, &line, "greet_again")
    };
    let fault = line.send(&forged).await;
    assert_eq!(fault, Err(SeamFault::Unauthenticated));
    assert!(
        world
            .effects
            .lock()
            .expect("no panic while held")
            .is_empty()
    );
}

#[tokio::test]
async fn what_the_other_side_does_not_know_is_a_version_skew() {
    let world = World::new();
    let process = world.start();
    let seam = world.seam(&world.caller_settings(), process.address, 1);
    let skew = SeamFault::VersionSkew;
    assert_eq!(skew.executed(), Executed::No);

    let newer = newer::GreeterClient::connect(&seam, "door", None).expect("the settings hold");
    let refused = newer::Greeter::greet(newer.as_ref(), &ctx(), greet("ada")).await;
    assert_eq!(
        refused,
        Err(SeamError::Seam(skew.clone())),
        "a newer contract"
    );

    let relay = |surface| {
        seam.relay("door", "greeter", surface, None)
            .expect("the settings hold")
    };
    let method = RelayMethod {
        name: "sing".into(),
        kind: MethodKind::Command { keyed: false },
        timeout: Duration::from_secs(1),
        max_request: 1_000,
        max_response: 1_000,
    };
    let one = relay(Surface::Contract { version: 1 });
    let refused = one.call(&ctx(), &method, "{}".into()).await;
    assert_eq!(refused, Err(skew.clone()), "an unknown method");
    let http = relay(Surface::Http);
    let refused = http.call(&ctx(), &method, "{}".into()).await;
    assert_eq!(refused, Err(skew), "an unknown surface");
}

#[tokio::test]
async fn a_module_that_breaks_is_an_incident_and_the_next_call_works() {
    let world = World::new();
    let process = world.start();
    let greeter = world.connect(process.address);
    let broken = greeter.greet_again(&ctx(), greet("clumsy")).await;
    let Err(SeamError::Seam(fault @ SeamFault::Internal { .. })) = broken else {
        panic!("{broken:?}");
    };
    assert_eq!(fault.executed(), Executed::Unknown);
    assert!(greeter.greet(&ctx(), greet("ada")).await.is_ok());
}
