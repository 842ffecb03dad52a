//! Both ceremonies, and each thing that has to be as it was asked for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::soft::SoftAuthenticator;
use crate::{Assertion, Attestation, Passkey, Refused, RelyingParty};

const OWNER: Uuid = Uuid::from_u128(7);
const ORIGIN: &str = "https://shop.example";
const FIRST: [u8; 32] = [1; 32];
const SECOND: [u8; 32] = [2; 32];

fn party() -> RelyingParty {
    let origins = [ORIGIN, "https://m.shop.example:8443"].map(|it| Url::parse(it).expect("a URL"));
    RelyingParty::new("shop.example", "Shop", &origins).expect("they go together")
}

fn options(challenge: &[u8]) -> Value {
    json!({
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "user": { "id": URL_SAFE_NO_PAD.encode(OWNER.as_bytes()) },
    })
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("text");
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

fn attestation(said: &Value) -> Attestation {
    Attestation {
        credential_id: bytes(&said["id"]),
        client_data: bytes(&said["response"]["clientDataJSON"]),
        attestation_object: bytes(&said["response"]["attestationObject"]),
    }
}

fn assertion(said: &Value) -> Assertion {
    let response = &said["response"];
    Assertion {
        credential_id: bytes(&said["id"]),
        client_data: bytes(&response["clientDataJSON"]),
        authenticator_data: bytes(&response["authenticatorData"]),
        signature: bytes(&response["signature"]),
        user_handle: response["userHandle"]
            .is_string()
            .then(|| bytes(&response["userHandle"])),
    }
}

fn registered() -> (SoftAuthenticator, Passkey) {
    let mut device = SoftAuthenticator::new(ORIGIN, "shop.example");
    let said = attestation(&device.create(&options(&FIRST)));
    let passkey = party().register(&FIRST, OWNER, &[], &said).expect("taken");
    assert_eq!(passkey.credential_id, device.credential_id);
    (device, passkey)
}

/// What comes of a proof after something about the device was changed.
fn proved(change: impl FnOnce(&mut SoftAuthenticator)) -> Result<Passkey, Refused> {
    let (mut device, passkey) = registered();
    change(&mut device);
    let said = assertion(&device.get(&options(&SECOND)));
    party().verify(&SECOND, OWNER, true, &passkey, &said)
}

#[test]
fn a_key_is_registered_and_proves_itself() {
    let (mut device, passkey) = registered();
    let said = assertion(&device.get(&options(&SECOND)));
    let party = party();
    let after = party
        .verify(&SECOND, OWNER, true, &passkey, &said)
        .expect("it counts");
    assert_ne!(after.kept, passkey.kept, "the counter has moved");
    let again = party.verify(&SECOND, OWNER, true, &after, &said);
    assert_eq!(again, Err(Refused::CounterWentBack));
    assert!(party.algorithms().contains(&-7), "ES256");
}

#[test]
fn every_allowed_origin_counts_and_no_other() {
    proved(|device| device.origin = "https://m.shop.example:8443".to_owned()).expect("allowed");
    for origin in [
        "https://m.shop.example",
        "http://shop.example",
        "https://shop.example.evil.example",
        "https://evil.example",
    ] {
        let refused = proved(|device| device.origin = origin.to_owned());
        assert!(matches!(refused, Err(Refused::Mismatch(_))), "{origin}");
    }
}

#[test]
fn a_proof_that_is_not_what_was_asked_for_is_refused() {
    let changes: [fn(&mut SoftAuthenticator); 5] = [
        |device| device.rp_id = "evil.example".to_owned(),
        |device| device.verifies_user = false,
        |device| device.user_handle = None,
        |device| device.user_handle = Some(Uuid::from_u128(8).as_bytes().to_vec()),
        |device| device.credential_id[0] ^= 1,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let refused = proved(change);
        assert!(
            matches!(refused, Err(Refused::Mismatch(_))),
            "{number}: {refused:?}"
        );
    }
    let (mut device, passkey) = registered();
    let other = assertion(&device.get(&options(&FIRST)));
    let refused = party().verify(&SECOND, OWNER, true, &passkey, &other);
    assert!(
        matches!(refused, Err(Refused::Mismatch(_))),
        "another challenge"
    );
    let mut forged = assertion(&device.get(&options(&SECOND)));
    let last = forged.signature.len() - 1;
    forged.signature[last] ^= 1;
    let refused = party().verify(&SECOND, OWNER, true, &passkey, &forged);
    assert!(
        matches!(refused, Err(Refused::Mismatch(_))),
        "another signature"
    );
    let unreadable = Passkey {
        kept: "{}".to_owned(),
        ..passkey
    };
    let refused = party().verify(&SECOND, OWNER, true, &unreadable, &forged);
    assert_eq!(refused, Err(Refused::Unreadable));
}

#[test]
fn after_a_password_the_authenticator_need_not_say_whose() {
    let (mut device, passkey) = registered();
    device.user_handle = None;
    let said = assertion(&device.get(&options(&SECOND)));
    party()
        .verify(&SECOND, OWNER, false, &passkey, &said)
        .expect("it counts");
}

#[test]
fn a_key_is_registered_only_as_asked_for() {
    let said = |challenge: &[u8], change: fn(&mut SoftAuthenticator)| {
        let mut device = SoftAuthenticator::new(ORIGIN, "shop.example");
        change(&mut device);
        attestation(&device.create(&options(challenge)))
    };
    let party = party();
    let cases = [
        said(&SECOND, |_| ()),
        said(&FIRST, |device| {
            device.origin = "https://evil.example".to_owned();
        }),
        said(&FIRST, |device| device.rp_id = "evil.example".to_owned()),
        said(&FIRST, |device| device.verifies_user = false),
        Attestation {
            credential_id: vec![9; 32],
            ..said(&FIRST, |_| ())
        },
        Attestation {
            attestation_object: vec![0xff; 64],
            ..said(&FIRST, |_| ())
        },
        Attestation {
            client_data: b"{}".to_vec(),
            ..said(&FIRST, |_| ())
        },
    ];
    for (number, case) in cases.iter().enumerate() {
        let refused = party.register(&FIRST, OWNER, &[], case);
        assert!(matches!(refused, Err(Refused::Mismatch(_))), "{number}");
    }
    let known = said(&FIRST, |_| ());
    let refused = party.register(
        &FIRST,
        OWNER,
        std::slice::from_ref(&known.credential_id),
        &known,
    );
    assert!(
        matches!(refused, Err(Refused::Mismatch(_))),
        "it is there already"
    );
}

#[test]
fn a_domain_and_its_origins_go_together() {
    let url = |text: &str| Url::parse(text).expect("a URL");
    for (id, origins) in [
        ("shop.example", vec![]),
        ("shop.example", vec![url("https://evil.example")]),
        (
            "shop.example",
            vec![url(ORIGIN), url("https://evil.example")],
        ),
        ("shop.example", vec![url("https://notshop.example")]),
        ("127.0.0.1", vec![url("http://127.0.0.1:8080")]),
    ] {
        assert!(
            RelyingParty::new(id, "Shop", &origins).is_err(),
            "{id} {origins:?}"
        );
    }
    RelyingParty::new("localhost", "Shop", &[url("http://localhost:8080")]).expect("possible");
}
