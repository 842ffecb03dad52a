//! Signatures that are not ours.

use aws_lc_rs::hmac;
use serde_json::{Value, json};
use tenon_access::SigningKey;

use super::Forgery;
use crate::world::{World, base64, unbase64};

/// Signatures that are not ours.
pub(super) fn signatures(world: &World) -> Vec<Forgery> {
    let good = world.token();
    let message = &good[..good.rfind('.').expect("a dot")];
    let signature = unbase64(&good[message.len() + 1..]);
    let other = SigningKey::from_bytes(&[9; 32]).expect("32 bytes");
    let other_pair =
        aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&[9; 32]).expect("32 bytes");
    let public = world.key.verifying_key().public;
    let x = base64(&public);
    let hmac_with = |header: Value, key: &[u8]| {
        let message = format!(
            "{}.{}",
            base64(header.to_string().as_bytes()),
            base64(world.claims().to_string().as_bytes())
        );
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes());
        format!("{message}.{}", base64(tag.as_ref()))
    };
    let hs256 = json!({ "alg": "HS256", "typ": "at+jwt", "kid": world.key.kid() });
    let jwk = json!({ "crv": "Ed25519", "kty": "OKP", "x": x }).to_string();
    let flipped = |at: usize| {
        let mut bytes = signature.clone();
        bytes[at] ^= 1;
        format!("{message}.{}", base64(&bytes))
    };
    let altered_payload = {
        let mut claims = world.claims();
        claims["roles"] = json!(["admin"]);
        let header = message.split('.').next().expect("a header");
        format!(
            "{header}.{}.{}",
            base64(claims.to_string().as_bytes()),
            base64(&signature)
        )
    };
    vec![
        (
            "HS256 with the public key",
            hmac_with(hs256.clone(), &public),
        ),
        (
            "HS256 with the public key as text",
            hmac_with(hs256.clone(), x.as_bytes()),
        ),
        ("HS256 with the JWK", hmac_with(hs256, jwk.as_bytes())),
        (
            "EdDSA header over an HMAC",
            hmac_with(world.header(), &public),
        ),
        (
            "another key under our kid",
            format!(
                "{message}.{}",
                base64(other_pair.sign(message.as_bytes()).as_ref())
            ),
        ),
        ("another key under its own kid", {
            let header = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": other.kid() });
            let message = format!(
                "{}.{}",
                base64(header.to_string().as_bytes()),
                base64(world.claims().to_string().as_bytes())
            );
            format!(
                "{message}.{}",
                base64(other_pair.sign(message.as_bytes()).as_ref())
            )
        }),
        ("payload altered", altered_payload),
        ("first bit of the signature", flipped(0)),
        ("last byte of the signature", flipped(63)),
        (
            "signature of zeros",
            format!("{message}.{}", base64(&[0; 64])),
        ),
        (
            "identity point as R",
            format!("{message}.{}", base64(&[[1].as_slice(), &[0; 63]].concat())),
        ),
        (
            "S not reduced",
            format!("{message}.{}", base64(&with_order_added(&signature))),
        ),
        (
            "short signature",
            format!("{message}.{}", base64(&signature[..63])),
        ),
        (
            "long signature",
            format!(
                "{message}.{}",
                base64(&[signature.as_slice(), &[0]].concat())
            ),
        ),
        (
            "DER around the signature",
            format!(
                "{message}.{}",
                base64(&[&[0x04, 0x40], signature.as_slice()].concat())
            ),
        ),
        ("signature over the decoded payload", {
            let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(
                world.key.to_bytes().as_slice(),
            )
            .expect("32 bytes");
            format!(
                "{message}.{}",
                base64(pair.sign(world.claims().to_string().as_bytes()).as_ref())
            )
        }),
    ]
}

/// The same signature value, as `S + L`: accepted by verifiers that do not check the range (RFC 8032 §5.1.7).
fn with_order_added(signature: &[u8]) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut bytes = signature.to_vec();
    let mut carry = 0_u16;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    bytes
}
