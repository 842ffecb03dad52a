//! Messages that are too large, either way.

use std::time::Duration;

use tenon_seam::{Executed, MethodKind, RelayMethod, SeamFault, Surface};

use crate::world::{World, ctx};

fn method(kind: MethodKind, max_request: usize, max_response: usize) -> RelayMethod {
    let name = match kind {
        MethodKind::Query => "greet",
        MethodKind::Command { .. } => "greet_again",
    };
    RelayMethod {
        name: name.into(),
        kind,
        timeout: Duration::from_secs(2),
        max_request,
        max_response,
    }
}

const COMMAND: MethodKind = MethodKind::Command { keyed: false };

#[tokio::test]
async fn an_answer_that_is_too_large_ran_and_is_not_read_to_its_end() {
    let world = World::new();
    let process = world.start();
    let seam = world.seam(&world.caller_settings(), process.address, 1);
    let relay = seam
        .relay("door", "greeter", Surface::Contract { version: 1 }, None)
        .expect("the settings hold");
    // Far beyond what is let through beside the body, and just beyond it.
    for shout in ["shout 1000000", "shout 90"] {
        let body = format!(r#"{{"name":"{shout}"}}"#);
        for (kind, executed) in [(COMMAND, Executed::Yes), (MethodKind::Query, Executed::No)] {
            let method = method(kind, 1_000, 100);
            let fault = relay.call(&ctx(), &method, body.clone().into()).await;
            assert_eq!(
                fault,
                Err(SeamFault::TooLarge {
                    limit: 100,
                    executed
                }),
                "{shout}"
            );
        }
    }
    let effects = world.effects.lock().expect("no panic while held");
    assert_eq!(effects.get("again"), Some(&2), "they ran");
}

#[tokio::test]
async fn a_request_that_is_too_large_does_not_run() {
    let world = World::new();
    let mut settings = world.host_settings();
    settings.limits.max_request_bytes = 10_000;
    let process = world.start_with(&settings, "127.0.0.1:0".parse().expect("an address"));
    let seam = world.seam(&world.caller_settings(), process.address, 1);
    let relay = seam
        .relay("door", "greeter", Surface::Contract { version: 1 }, None)
        .expect("the settings hold");
    let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(20_000));
    for (bound, limit) in [(100, 100), (1_000_000, 10_000)] {
        let method = method(COMMAND, bound, 1_000);
        let fault = relay.call(&ctx(), &method, body.clone().into()).await;
        let executed = Executed::No;
        assert_eq!(fault, Err(SeamFault::TooLarge { limit, executed }));
    }
    assert!(
        world
            .effects
            .lock()
            .expect("no panic while held")
            .is_empty()
    );
}
