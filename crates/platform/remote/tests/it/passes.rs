//! Passes and proofs that are not good for the request that brings them.

use std::time::Duration;

use aws_lc_rs::hmac;
use serde_json::json;
use tenon_remote::issue::Issued;
use tenon_seam::{Executed, SeamFault};

use crate::greeter::Seen;
use crate::raw::{Forged, Line};
use crate::world::{Process, World, ctx, greet};

async fn line(world: &World, process: &Process) -> Line {
    Line::open(world, Some(&world.caller), process.address)
        .await
        .expect("the certificate is good")
}

#[tokio::test]
async fn a_proper_pass_is_accepted_and_each_defect_is_not() {
    let mut world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    let now = world.env().now().as_unix_seconds();
    let good = || Forged::of(&world, &line, "greet");
    for _ in 0..2 {
        let answer = line.send(&good()).await.expect("it is good");
        assert_eq!(&answer[..], br#"{"text":"hello ada"}"#);
    }

    let other = world.authority.issue("tenon").expect("makes");
    let cases = vec![
        (
            "expired",
            good()
                .with_claim("iat", json!(now - 70))
                .with_claim("exp", json!(now - 40)),
        ),
        (
            "from the future",
            good()
                .with_claim("iat", json!(now + 20))
                .with_claim("exp", json!(now + 50)),
        ),
        (
            "good for too long",
            good().with_claim("exp", json!(now + 61)),
        ),
        (
            "another audience",
            good().with_claim("aud", json!("catalog-service")),
        ),
        (
            "another issuer",
            good().with_claim("iss", json!("catalog-service")),
        ),
        (
            "another connection",
            good().with_claim("tls", json!("AAAA")),
        ),
        ("an unknown claim", good().with_claim("admin", json!(true))),
        (
            "an unknown kid",
            good().with_header("kid", json!("AAAAAAAAAAAAAAAA")),
        ),
        ("no algorithm", good().with_header("alg", json!("none"))),
        ("another type", good().with_header("typ", json!("at+jwt"))),
        (
            "another algorithm",
            good().with_header("alg", json!("HS256")),
        ),
        ("a key in the header", good().with_header("jwk", json!({}))),
        (
            "a critical header",
            good().with_header("crit", json!(["exp"])),
        ),
        (
            "another signing key",
            Forged {
                signing_key: other.signing_key,
                ..good()
            },
        ),
        (
            "another proof key",
            Forged {
                key: hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]),
                ..good()
            },
        ),
    ];
    for (what, forged) in cases {
        let fault = line.send(&forged).await.expect_err(what);
        assert_eq!(fault, SeamFault::Unauthenticated, "{what}");
        assert_eq!(fault.executed(), Executed::No, "{what}");
    }
    let unknown_module = line.send(&good().with_claim("sub", json!("window"))).await;
    let edge = "window -> greeter.greet".to_owned();
    assert_eq!(unknown_module, Err(SeamFault::Forbidden { edge }));
    assert_eq!(runs(&mut world), 2, "none of them ran");
}

#[tokio::test]
async fn a_proof_is_good_for_one_request_only() {
    let mut world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    let query = Forged::of(&world, &line, "greet");
    line.send(&query).await.expect("it is good");
    let [pass, proof] = query.headers();
    let altered = ("authorization", {
        let flipped = if proof.1.ends_with('A') { "E" } else { "A" };
        format!("{}{flipped}", &proof.1[..proof.1.len() - 1])
    });
    let (path, body) = (query.path.as_str(), query.body.as_slice());
    let short = ("authorization", proof.1[..proof.1.len() - 4].to_owned());
    let bearer = ("authorization", format!("Bearer {}", pass.1));
    let other_pass = Forged::of(&world, &line, "greet").with_claim("sub", json!("window"));
    let [other_pass, _] = other_pass.headers();
    let cases = [
        (
            "another path",
            "/_seam/greeter/v1/other",
            body,
            vec![pass.clone(), proof.clone()],
        ),
        (
            "another body",
            path,
            b"changed under way",
            vec![pass.clone(), proof.clone()],
        ),
        ("an altered proof", path, body, vec![pass.clone(), altered]),
        ("a shorter proof", path, body, vec![pass.clone(), short]),
        (
            "the proof of another pass",
            path,
            body,
            vec![other_pass, proof.clone()],
        ),
        ("no proof", path, body, vec![pass.clone()]),
        ("no pass", path, body, vec![proof.clone()]),
        (
            "two passes",
            path,
            body,
            vec![pass.clone(), pass.clone(), proof.clone()],
        ),
        (
            "two proofs",
            path,
            body,
            vec![pass.clone(), proof.clone(), proof],
        ),
        ("a pass as a token", path, body, vec![bearer.clone()]),
        ("a pass as its own proof", path, body, vec![pass, bearer]),
    ];
    for (what, path, body, headers) in cases {
        let answer = line.post(path, body, &headers).await;
        let fault = answer.expect("answers").expect_err(what);
        assert_eq!(fault, SeamFault::Unauthenticated, "{what}");
    }
    assert_eq!(runs(&mut world), 1, "none of them ran");
}

#[tokio::test]
async fn a_request_that_is_moved_to_another_connection_is_refused() {
    let mut world = World::new();
    let process = world.start();
    let (here, there) = (line(&world, &process).await, line(&world, &process).await);
    assert_ne!(here.name, there.name);
    let query = Forged::of(&world, &here, "greet");
    here.send(&query).await.expect("it is good");
    let fault = there.send(&query).await.expect_err("moved");
    assert_eq!(fault, SeamFault::Unauthenticated);
    // Not even if the other connection's own proof goes with it.
    let key = there.key.clone();
    let fault = there.send(&Forged { key, ..query }).await;
    assert_eq!(fault, Err(SeamFault::Unauthenticated));
    assert_eq!(runs(&mut world), 1);
}

#[tokio::test]
async fn a_pass_is_of_no_use_to_another_service() {
    let mut world = World::new();
    let mut settings = world.host_settings();
    let thief = world.authority.issue("thief").expect("makes");
    let callers = vec!["door".to_owned()];
    settings.callers.insert("thief".to_owned(), callers);
    let keys = vec![thief.public_key.clone()];
    settings.trusted_keys.insert("thief".to_owned(), keys);
    let process = world.start_with(&settings, "127.0.0.1:0".parse().expect("an address"));
    let line = Line::open(&world, Some(&thief), process.address);
    let line = line.await.expect("the certificate is good");
    // Even with the other's signing key, and with its name in the claims.
    let fault = line.send(&Forged::of(&world, &line, "greet")).await;
    assert_eq!(fault, Err(SeamFault::Unauthenticated));
    assert_eq!(runs(&mut world), 0);
}

#[tokio::test]
async fn a_command_needs_an_id_of_its_own() {
    let mut world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    for method in ["greet_once", "greet_again", "unknown"] {
        let without = Forged {
            jti: None,
            ..Forged::of(&world, &line, method)
        };
        let fault = line.send(&without).await;
        assert_eq!(fault, Err(SeamFault::Unauthenticated), "{method}");
    }
    assert_eq!(runs(&mut world), 0);
}

#[tokio::test]
async fn a_pass_that_was_accepted_ends_with_its_time() {
    let world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    let query = Forged::of(&world, &line, "greet");
    assert!(line.send(&query).await.is_ok());
    world.clock.advance(Duration::from_secs(35));
    assert!(line.send(&query).await.is_ok(), "clocks may differ");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(line.send(&query).await, Err(SeamFault::Unauthenticated));
}

#[tokio::test]
async fn a_caller_renews_its_pass_in_time_and_may_use_the_next_key() {
    let world = World::new();
    let next = Issued {
        certificate: world.caller.certificate.clone(),
        key: world.caller.key.clone(),
        ..world.authority.issue("tenon").expect("makes")
    };
    let mut settings = world.host_settings();
    let keys = vec![world.caller.public_key.clone(), next.public_key.clone()];
    settings.trusted_keys.insert("tenon".to_owned(), keys);
    let process = world.start_with(&settings, "127.0.0.1:0".parse().expect("an address"));
    for issued in [&world.caller, &next] {
        let caller = world.settings("tenon", issued);
        let greeter = world.connect_by(&caller, process.address, 1);
        for _ in 0..4 {
            assert!(greeter.greet(&ctx(), greet("ada")).await.is_ok());
            world.clock.advance(Duration::from_secs(19));
        }
    }
}

/// How many calls reached the module.
fn runs(world: &mut World) -> usize {
    let mut runs = 0;
    while let Ok(seen) = world.seen.try_recv() {
        runs += usize::from(seen == Seen::Began);
    }
    runs
}
