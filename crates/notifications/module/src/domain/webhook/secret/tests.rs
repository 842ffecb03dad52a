//! Signatures are those that others make, and what is sealed opens in its place alone.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

use super::*;

/// The example of the Standard Webhooks specification.
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SECONDS: i64 = 1_614_265_330;
const BODY: &[u8] = br#"{"test": 2432232314}"#;

const KINDS: [Signature; 2] = [Signature::V1, Signature::V1a];

fn endpoint_id() -> WebhookEndpointId {
    WebhookEndpointId::from_uuid(uuid::Uuid::from_u128(7))
}

fn place(number: i64, secret: &Secret) -> SecretPlace {
    SecretPlace {
        endpoint_id: endpoint_id(),
        number,
        public_key: secret.public_key(),
    }
}

fn decoded(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(STANDARD.decode(text).expect("base64"))
}

fn sign(secret: &Secret) -> String {
    signatures(std::slice::from_ref(secret), ID, SECONDS, BODY)
}

#[test]
fn signatures_are_those_of_the_specification() {
    let secret = Secret::Shared(decoded("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    assert_eq!(
        secret.reveal().as_deref(),
        Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    );
    assert_eq!(sign(&secret), expected);
    let other = Secret::generate(&Env::system(), Signature::V1);
    let two = signatures(&[other, secret], ID, SECONDS, BODY);
    assert!(two.ends_with(&format!(" {expected}")) && two.split(' ').count() == 2);
}

/// The key pair is that of RFC 8032, 7.1, test 1; the signature was made by OpenSSL, of the same message as above.
#[test]
fn asymmetric_signatures_are_those_that_other_libraries_make() {
    let secret = Secret::private(decoded("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="));
    let public_key = secret.public_key().expect("it is a pair");
    assert_eq!(
        public_key.to_string(),
        "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    );
    assert_eq!(
        sign(&secret),
        "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw=="
    );
    assert_eq!(secret.reveal(), None, "nobody else needs it");
    let shared = Secret::generate(&Env::system(), Signature::V1);
    let two = signatures(&[secret, shared], ID, SECONDS, BODY);
    let kinds: Vec<_> = two.split(' ').map(|it| it.split(',').next()).collect();
    assert_eq!(kinds, [Some("v1a"), Some("v1")]);
}

#[test]
fn an_asymmetric_signature_is_good_for_what_was_signed_alone() {
    let env = Env::system();
    let secret = Secret::generate(&env, Signature::V1a);
    let signature = sign(&secret);
    let signature = decoded(signature.strip_prefix("v1a,").expect("of this version"));
    let is_good = |secret: &Secret, id: &str, seconds: i64, body: &[u8]| {
        let public_key = secret.public_key().expect("it is a pair");
        let signed = [format!("{id}.{seconds}.").as_bytes(), body].concat();
        UnparsedPublicKey::new(&ED25519, public_key.as_bytes())
            .verify(&signed, &signature)
            .is_ok()
    };
    assert!(is_good(&secret, ID, SECONDS, BODY));
    assert!(!is_good(&secret, "msg_other", SECONDS, BODY));
    assert!(!is_good(&secret, ID, SECONDS + 1, BODY));
    assert!(!is_good(&secret, ID, SECONDS, br#"{"test": 2432232315}"#));
    let other = Secret::generate(&env, Signature::V1a);
    assert!(!is_good(&other, ID, SECONDS, BODY));
}

#[test]
fn a_secret_opens_in_its_place_only_and_unaltered() {
    let (key, env) = (WebhookKey::new(b"one"), Env::system());
    for kind in KINDS {
        let secret = Secret::generate(&env, kind);
        let sealed = key.seal(&env, endpoint_id(), 1, &secret);
        assert_eq!(key.open(place(1, &secret), &sealed).as_ref(), Some(&secret));
        assert_eq!(key.open(place(2, &secret), &sealed), None);
        let other_installation = WebhookKey::new(b"two");
        assert_eq!(other_installation.open(place(1, &secret), &sealed), None);
        // As another kind, or beside the public key of another.
        for other in KINDS.map(|kind| Secret::generate(&env, kind)) {
            if other.public_key() != secret.public_key() {
                assert_eq!(key.open(place(1, &other), &sealed), None);
            }
        }
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            let opened = key.open(place(1, &secret), &altered);
            assert_eq!(opened, None, "byte {position}");
            assert_eq!(key.open(place(1, &secret), &sealed[..position]), None);
        }
        assert_ne!(sealed, key.seal(&env, endpoint_id(), 1, &secret));
        if let Some(revealed) = secret.reveal() {
            assert!(!format!("{secret:?}{key:?}").contains(&revealed));
        }
    }
}
