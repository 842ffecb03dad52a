//! Tokens that are not good for the request that brings them.

use serde_json::json;
use tenon_remote::issue::Issued;
use tenon_seam::{Executed, SeamError, SeamFault};

use crate::raw::{Forged, Line, hash};
use crate::world::{World, greet, keyed};

async fn line(world: &World, process: &crate::world::Process) -> Line {
    Line::open(world, Some(&world.caller), process.address)
        .await
        .expect("the certificate is good")
}

#[tokio::test]
async fn a_proper_token_is_accepted_and_each_defect_is_not() {
    let world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    let now = world.env().now().as_unix_seconds();
    let good = || Forged::of(&world, "greet_once");
    let answer = line.send(&good()).await.expect("it is good");
    assert_eq!(&answer[..], br#"{"text":"hello ada"}"#);

    let other = world.authority.issue("tenon").expect("makes");
    let cases = [
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
            "another path",
            good().with_claim("htu", json!("/_seam/greeter/v1/greet")),
        ),
        ("another method", good().with_claim("htm", json!("GET"))),
        (
            "another body",
            good().with_claim("bsh", json!(hash(b"other"))),
        ),
        (
            "another issuer",
            good().with_claim("iss", json!("catalog-service")),
        ),
        ("an unknown claim", good().with_claim("admin", json!(true))),
        ("without an id", good().with_claim("jti", json!(""))),
        (
            "an unknown kid",
            good().with_header("kid", json!("AAAAAAAAAAAAAAAA")),
        ),
        ("no algorithm", good().with_header("alg", json!("none"))),
        (
            "another algorithm",
            good().with_header("alg", json!("HS256")),
        ),
        ("another type", good().with_header("typ", json!("at+jwt"))),
        (
            "a critical header",
            good().with_header("crit", json!(["exp"])),
        ),
        ("a key in the header", good().with_header("jwk", json!({}))),
        (
            "another key under a known kid",
            Forged {
                signing_key: other.signing_key,
                ..good()
            },
        ),
    ];
    let before = effects(&world);
    for (what, forged) in cases {
        let fault = line.send(&forged).await.expect_err(what);
        assert_eq!(fault, SeamFault::Unauthenticated, "{what}");
        assert_eq!(fault.executed(), Executed::No, "{what}");
    }
    let forged = good();
    for (what, token) in [
        ("none", None),
        ("nonsense", Some("a.b.c")),
        ("two parts", Some("a.b")),
    ] {
        let answer = line.post(&forged.path, &forged.body, token).await;
        let fault = answer.expect("answers").expect_err(what);
        assert_eq!(fault, SeamFault::Unauthenticated, "{what}");
    }
    let token = forged.token();
    let answer = line.post(&forged.path, b"changed under way", Some(&token));
    let fault = answer.await.expect("answers").expect_err("another body");
    assert_eq!(fault, SeamFault::Unauthenticated);
    assert_eq!(effects(&world), before, "none of them ran");
}

#[tokio::test]
async fn the_token_of_a_command_counts_once_and_that_of_a_query_may_come_again() {
    let world = World::new();
    let process = world.start();
    let line = line(&world, &process).await;
    let command = Forged::of(&world, "greet_again");
    assert!(line.send(&command).await.is_ok());
    let fault = line.send(&command).await.expect_err("it was used");
    assert_eq!(fault, SeamFault::Unauthenticated);
    assert_eq!(fault.executed(), Executed::No);
    assert_eq!(effects(&world), 1);

    let query = Forged::of(&world, "greet");
    assert!(line.send(&query).await.is_ok() && line.send(&query).await.is_ok());
}

#[tokio::test]
async fn when_no_more_tokens_can_be_remembered_commands_are_turned_away() {
    let world = World::new();
    let mut settings = world.host_settings();
    settings.limits.max_remembered_tokens = 1;
    let process = world.start_with(&settings, "127.0.0.1:0".parse().expect("an address"));
    let line = line(&world, &process).await;
    assert!(line.send(&Forged::of(&world, "greet_again")).await.is_ok());
    let fault = line.send(&Forged::of(&world, "greet_again")).await;
    assert_eq!(
        fault,
        Err(SeamFault::Overloaded {
            retry_after_ms: 1_000
        })
    );
    assert_eq!(effects(&world), 1);
}

#[tokio::test]
async fn a_new_key_takes_over_while_both_are_trusted() {
    let world = World::new();
    let next = Issued {
        certificate: world.caller.certificate.clone(),
        key: world.caller.key.clone(),
        ..world.authority.issue("tenon").expect("makes")
    };
    let any = "127.0.0.1:0".parse().expect("an address");
    let mut settings = world.host_settings();
    let keys = vec![world.caller.public_key.clone(), next.public_key.clone()];
    settings.trusted_keys.insert("tenon".to_owned(), keys);
    let process = world.start_with(&settings, any);
    for issued in [&world.caller, &next] {
        let caller = world.settings("tenon", issued);
        let greeter = world.connect_by(&caller, process.address, 1);
        assert!(greeter.greet_once(&keyed("k"), greet("ada")).await.is_ok());
    }

    let keys = vec![next.public_key.clone()];
    settings.trusted_keys.insert("tenon".to_owned(), keys);
    let process = world.start_with(&settings, any);
    let old = world.connect(process.address);
    let error = old.greet_once(&keyed("l"), greet("ada")).await;
    assert_eq!(error, Err(SeamError::Seam(SeamFault::Unauthenticated)));
    let new = world.connect_by(&world.settings("tenon", &next), process.address, 1);
    assert!(new.greet_once(&keyed("m"), greet("ada")).await.is_ok());
}

fn effects(world: &World) -> u32 {
    world
        .effects
        .lock()
        .expect("no panic while held")
        .values()
        .sum()
}
