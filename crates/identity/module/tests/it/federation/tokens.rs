//! Forged ID tokens: each is good but for one thing.

use serde_json::{Value, json};

use super::idp::Forge;
use super::keys::{Signer, hs256, message, with_signature};
use super::{EMAIL, Tab, on_each_engine, person};
use crate::oauth::browser::value;

fn forge(forge: impl Fn(&Signer, Value, Value) -> String + Send + Sync + 'static) -> Box<Forge> {
    Box::new(forge)
}

fn claims(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Box<Forge> {
    forge(move |signer, header, mut claims| {
        change(&mut claims);
        signer.sign(&header, &claims)
    })
}

fn without(name: &'static str) -> Box<Forge> {
    claims(move |claims| {
        claims.as_object_mut().expect("an object").remove(name);
    })
}

fn with(name: &'static str, said: Value) -> Box<Forge> {
    claims(move |claims| claims[name] = said.clone())
}

fn later(name: &'static str, seconds: i64) -> Box<Forge> {
    claims(move |claims| {
        let now = claims["iat"].as_i64().expect("a time");
        claims[name] = json!(now + seconds);
    })
}

fn header(name: &'static str, said: Value) -> Box<Forge> {
    forge(move |signer, mut header, claims| {
        header[name] = said.clone();
        signer.sign(&header, &claims)
    })
}

fn by_another_key() -> Box<Forge> {
    let stranger = Signer::ed25519();
    forge(move |_, header, claims| stranger.sign(&header, &claims))
}

/// The public key as the secret of an HMAC.
fn by_public_key(alg: &'static str) -> Box<Forge> {
    forge(move |signer, mut header, claims| {
        header["alg"] = json!(alg);
        hs256(&signer.public_bytes(), &header, &claims)
    })
}

fn unsigned(alg: &'static str) -> Box<Forge> {
    forge(move |_, mut header, claims| {
        header["alg"] = json!(alg);
        with_signature(&message(&header, &claims), b"")
    })
}

/// A good signature over other claims.
fn moved_signature() -> Box<Forge> {
    forge(|signer, header, mut claims| {
        let good = signer.sign(&header, &claims);
        claims["sub"] = json!("8");
        let signature = good.rsplit('.').next().expect("a part");
        format!("{}.{signature}", message(&header, &claims))
    })
}

fn forgeries() -> Vec<(&'static str, Box<Forge>)> {
    let evil = json!({ "kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43) });
    vec![
        ("alg none", unsigned("none")),
        ("alg None", unsigned("None")),
        ("no signature", unsigned("EdDSA")),
        ("HS256 with the public key", by_public_key("HS256")),
        ("HS256 that says EdDSA", by_public_key("EdDSA")),
        ("RS256 by an Ed25519 key", header("alg", json!("RS256"))),
        ("another key of the same name", by_another_key()),
        ("a moved signature", moved_signature()),
        ("an unknown kid", header("kid", json!("second"))),
        ("jku", header("jku", json!("https://evil.example/jwks"))),
        ("x5u", header("x5u", json!("https://evil.example/cert"))),
        ("jwk", header("jwk", evil)),
        ("crit", header("crit", json!(["exp"]))),
        ("an access token", header("typ", json!("at+jwt"))),
        ("a logout token", header("typ", json!("logout+jwt"))),
        ("another issuer", with("iss", json!("https://evil.example"))),
        ("no issuer", without("iss")),
        ("another audience", with("aud", json!("another"))),
        ("no audience", without("aud")),
        (
            "two audiences and no azp",
            with("aud", json!(["tenon:acme", "another"])),
        ),
        ("another azp", with("azp", json!("another"))),
        ("another nonce", with("nonce", json!("A".repeat(43)))),
        ("no nonce", without("nonce")),
        ("expired", later("exp", -30)),
        ("no exp", without("exp")),
        ("exp that is no number", with("exp", json!("9999999999"))),
        ("from the future", later("iat", 31)),
        ("from long ago", later("iat", -901)),
        ("no iat", without("iat")),
        ("not yet", later("nbf", 31)),
        ("signed in tomorrow", later("auth_time", 31)),
        ("no subject", without("sub")),
        ("an empty subject", with("sub", json!(""))),
        ("a long subject", with("sub", json!("x".repeat(256)))),
        ("a subject that is a number", with("sub", json!(7))),
        ("a subject with a line break", with("sub", json!("7\n"))),
        (
            "another access token",
            with("at_hash", json!("A".repeat(43))),
        ),
        (
            "two parts",
            forge(|_, header, claims| message(&header, &claims)),
        ),
        ("nothing", forge(|_, _, _| String::new())),
        ("no JSON", forge(|_, _, _| "e30.e30.e30".to_owned())),
    ]
}

#[tokio::test]
async fn no_forged_token_is_believed() {
    on_each_engine(async |federated| {
        federated.acme.is_visited_by(person("7", EMAIL));
        for (what, forged) in forgeries() {
            federated.acme.state().forge = Some(forged);
            let said = federated.travel(&mut Tab::default(), "acme").await;
            assert_eq!(value(&said, "error"), "server_error", "{what}");
            assert_eq!(value(&said, "state"), "a state", "{what}");
        }
        assert!(federated.world.events("user.registered").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_key_and_every_allowance_is_taken() {
    on_each_engine(async |federated| {
        let acme = &federated.acme;
        acme.is_visited_by(person("7", EMAIL));
        for (kid, signer) in [
            ("p256", Signer::p256()),
            ("rsa", Signer::rsa()),
            ("ed25519", Signer::ed25519()),
        ] {
            // Keys that nobody has seen are asked for, once the pause is over.
            federated.world.advance(61);
            {
                let mut state = acme.state();
                state.signer = signer;
                state.kid = kid.to_owned();
            }
            let said = federated.travel(&mut Tab::default(), "acme").await;
            value(&said, "code");
        }
        let allowed: Vec<(&str, Box<Forge>)> = vec![
            ("a list of one", with("aud", json!(["tenon:acme"]))),
            ("azp", with("azp", json!("tenon:acme"))),
            ("29 seconds ahead", later("iat", 29)),
            ("29 seconds late", later("exp", -29)),
            ("dated back", later("iat", -300)),
            ("without at_hash", without("at_hash")),
            (
                "without typ",
                forge(|signer, mut header, claims| {
                    header.as_object_mut().expect("an object").remove("typ");
                    signer.sign(&header, &claims)
                }),
            ),
            (
                "without kid",
                forge(|signer, mut header, claims| {
                    header.as_object_mut().expect("an object").remove("kid");
                    signer.sign(&header, &claims)
                }),
            ),
        ];
        for (what, allowed) in allowed {
            acme.state().forge = Some(allowed);
            let said = federated.travel(&mut Tab::default(), "acme").await;
            assert!(said.iter().any(|(name, _)| name == "code"), "{what}");
        }
    })
    .await;
}

/// The keys of one provider say nothing about what another one says.
#[tokio::test]
async fn a_token_by_the_key_of_another_provider_is_not_believed() {
    on_each_engine(async |federated| {
        federated.acme.is_visited_by(person("7", EMAIL));
        federated
            .other
            .is_visited_by(person("9", "bob@example.org"));
        value(
            &federated.travel(&mut Tab::default(), "other").await,
            "code",
        );
        let other = federated.other.signs();
        federated.acme.state().forge =
            Some(forge(move |_, header, claims| other(&header, &claims)));
        let said = federated.travel(&mut Tab::default(), "acme").await;
        assert_eq!(value(&said, "error"), "server_error");
    })
    .await;
}
