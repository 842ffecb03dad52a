//! Every form of forgery we know is refused, whoever signed it.

use aws_lc_rs::hmac;
use proptest::prelude::*;
use serde_json::{Value, json};
use tenon_access::{SigningKey, TokenError};

use crate::world::{World, base64, unbase64};

type Forgery = (&'static str, String);

/// The corpus is worth nothing if its starting point would be refused anyway.
#[tokio::test]
async fn the_unforged_form_is_accepted() {
    let world = World::new();
    assert_eq!(world.verify(&world.token()).await, Ok(()));
    assert_eq!(
        world
            .verify(&world.signed(&world.header(), &world.claims()))
            .await,
        Ok(())
    );
}

#[tokio::test]
async fn forgeries_are_refused() {
    let world = World::new();
    let mut corpus = headers(&world);
    corpus.extend(claims(&world));
    corpus.extend(times(&world));
    corpus.extend(envelopes(&world));
    corpus.extend(signatures(&world));
    assert!(corpus.len() >= 100, "only {} forms", corpus.len());
    for (form, token) in corpus {
        // A fresh verifier for each form, so that no cached key or token helps.
        let verifier = World::new().verifier;
        let verdict = verifier.verify(&token).await.map(drop);
        assert!(
            matches!(verdict, Err(TokenError::Invalid | TokenError::Expired)),
            "{form}: {verdict:?}"
        );
    }
}

/// Header changed, then signed with our own key: nothing but the header can be what is refused.
fn headers(world: &World) -> Vec<Forgery> {
    let with = |form: &'static str, member: &str, value: Value| {
        let mut header = world.header();
        header[member] = value;
        (form, world.signed(&header, &world.claims()))
    };
    let without = |form: &'static str, member: &str| {
        let mut header = world.header();
        header.as_object_mut().expect("an object").remove(member);
        (form, world.signed(&header, &world.claims()))
    };
    let raw = |form: &'static str, header: String| {
        (
            form,
            world.signed_text(&header, &world.claims().to_string()),
        )
    };
    let kid = world.key.kid();
    let x = base64(&world.key.verifying_key().public);
    vec![
        with("alg none", "alg", json!("none")),
        with("alg None", "alg", json!("None")),
        with("alg nOnE", "alg", json!("nOnE")),
        with("alg empty", "alg", json!("")),
        with("alg null", "alg", Value::Null),
        with("alg number", "alg", json!(0)),
        with("alg list", "alg", json!(["EdDSA"])),
        with("alg lower case", "alg", json!("eddsa")),
        with("alg with a space", "alg", json!("EdDSA ")),
        with("alg HS256", "alg", json!("HS256")),
        with("alg HS512", "alg", json!("HS512")),
        with("alg RS256", "alg", json!("RS256")),
        with("alg ES256", "alg", json!("ES256")),
        with("alg Ed25519", "alg", json!("Ed25519")),
        without("alg missing", "alg"),
        with("typ JWT", "typ", json!("JWT")),
        with("typ id token", "typ", json!("id+jwt")),
        with("typ logout token", "typ", json!("logout+jwt")),
        with("typ media type", "typ", json!("application/at+jwt")),
        with("typ upper case", "typ", json!("AT+JWT")),
        without("typ missing", "typ"),
        without("kid missing", "kid"),
        with("kid empty", "kid", json!("")),
        with("kid number", "kid", json!(1)),
        with("kid path", "kid", json!("../../../../dev/null")),
        with("kid SQL", "kid", json!("x' OR '1'='1")),
        with("kid URL", "kid", json!("https://evil.example/key")),
        with("kid with a null byte", "kid", json!(format!("{kid}\0"))),
        with("kid with a space", "kid", json!(format!(" {kid}"))),
        with("kid of 7 KB", "kid", json!("k".repeat(7_000))),
        with(
            "jwk embedded",
            "jwk",
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x }),
        ),
        with("jku", "jku", json!("https://evil.example/jwks.json")),
        with("x5u", "x5u", json!("https://evil.example/cert.pem")),
        with("x5c", "x5c", json!(["MIIB"])),
        with("x5t", "x5t", json!("abc")),
        with("crit of an unknown extension", "crit", json!(["exp"])),
        with("crit empty", "crit", json!([])),
        with("b64 false", "b64", json!(false)),
        with("b64 true", "b64", json!(true)),
        with("zip", "zip", json!("DEF")),
        with("cty", "cty", json!("JWT")),
        with("unknown member", "x", json!(1)),
        raw(
            "alg twice",
            format!(r#"{{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"{kid}"}}"#),
        ),
        raw(
            "alg twice, good one first",
            format!(r#"{{"alg":"EdDSA","alg":"none","typ":"at+jwt","kid":"{kid}"}}"#),
        ),
        raw(
            "alg twice, escaped",
            format!(r#"{{"alg":"EdDSA","\u0061lg":"none","typ":"at+jwt","kid":"{kid}"}}"#),
        ),
        raw(
            "escaped crit",
            format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}","\u0063rit":["x"]}}"#),
        ),
        raw(
            "kid twice",
            format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"x","kid":"{kid}"}}"#),
        ),
        raw("array header", format!(r#"["EdDSA","at+jwt","{kid}"]"#)),
        raw("string header", r#""EdDSA""#.to_owned()),
        raw("null header", "null".to_owned()),
        raw("empty header", String::new()),
        raw("two headers", format!("{0}{0}", world.header())),
        raw(
            "trailing comma",
            format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}",}}"#),
        ),
        raw(
            "comment",
            format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}"/**/}}"#),
        ),
        raw("byte order mark", format!("\u{feff}{}", world.header())),
        raw(
            "deep",
            format!("{}1{}", r#"{"a":"#.repeat(1_000), "}".repeat(1_000)),
        ),
    ]
}

/// Claims changed, then signed with our own key.
fn claims(world: &World) -> Vec<Forgery> {
    let with = |form: &'static str, member: &str, value: Value| {
        let mut claims = world.claims();
        claims[member] = value;
        (form, world.signed(&world.header(), &claims))
    };
    let without = |form: &'static str, member: &str| {
        let mut claims = world.claims();
        claims.as_object_mut().expect("an object").remove(member);
        (form, world.signed(&world.header(), &claims))
    };
    let raw = |form: &'static str, claims: String| {
        (
            form,
            world.signed_text(&world.header().to_string(), &claims),
        )
    };
    let text = world.claims().to_string();
    let twice = |member: &str, value: &str| format!(r#"{{"{member}":{value},{}"#, &text[1..]);
    vec![
        without("iss missing", "iss"),
        with("iss of another shop", "iss", json!("https://evil.example")),
        with("iss with a slash", "iss", json!("https://shop.example/")),
        with("iss list", "iss", json!(["https://shop.example"])),
        without("aud missing", "aud"),
        with("aud of another service", "aud", json!("billing")),
        with("aud list", "aud", json!(["tenon"])),
        with("aud list of two", "aud", json!(["tenon", "billing"])),
        with("aud prefix", "aud", json!("tenon2")),
        with("aud null", "aud", Value::Null),
        without("sub missing", "sub"),
        with("sub empty", "sub", json!("")),
        with(
            "sub bare uuid",
            "sub",
            json!("01900000-0000-7000-8000-000000000001"),
        ),
        with(
            "sub of another kind",
            "sub",
            json!("ses_01j000000000000000000000000"),
        ),
        with("sub number", "sub", json!(1)),
        without("sid missing", "sid"),
        with("sid is the user", "sid", world.claims()["sub"].clone()),
        without("jti missing", "jti"),
        with("jti empty", "jti", json!("")),
        with("jti number", "jti", json!(1)),
        with("jti long", "jti", json!("j".repeat(65))),
        without("roles missing", "roles"),
        with("roles text", "roles", json!("admin")),
        with("roles of numbers", "roles", json!([1])),
        with("roles by the hundred", "roles", json!(vec!["admin"; 100])),
        raw("exp twice", twice("exp", "99999999999")),
        raw(
            "sub twice",
            twice("sub", r#""usr_00000000000000000000000000""#),
        ),
        raw(
            "sub twice, escaped",
            twice(r"\u0073ub", r#""usr_00000000000000000000000000""#),
        ),
        raw("roles twice", twice("roles", r#"["admin"]"#)),
        raw("array claims", format!("[{text}]")),
        raw("empty claims", String::new()),
        raw("null claims", "null".to_owned()),
        raw("claims and more", format!("{text} {{}}")),
    ]
}

/// Times changed, then signed with our own key.
fn times(world: &World) -> Vec<Forgery> {
    let now = world.env.now().as_unix_seconds();
    let with = |form: &'static str, member: &str, value: Value| {
        let mut claims = world.claims();
        claims[member] = value;
        (form, world.signed(&world.header(), &claims))
    };
    let without = |form: &'static str, member: &str| {
        let mut claims = world.claims();
        claims.as_object_mut().expect("an object").remove(member);
        (form, world.signed(&world.header(), &claims))
    };
    let literal = |form: &'static str, literal: &str| {
        let claims = world.claims().to_string().replace(
            &format!(r#""exp":{}"#, now + 600),
            &format!(r#""exp":{literal}"#),
        );
        assert!(claims.contains(literal), "the claim was not replaced");
        (
            form,
            world.signed_text(&world.header().to_string(), &claims),
        )
    };
    vec![
        without("exp missing", "exp"),
        with("exp null", "exp", Value::Null),
        with("exp text", "exp", json!((now + 600).to_string())),
        literal("exp float", &format!("{}.5", now + 600)),
        literal("exp whole float", &format!("{}.0", now + 600)),
        literal("exp with an exponent", "1.8e9"),
        with("exp negative", "exp", json!(-1)),
        with("exp zero", "exp", json!(0)),
        with("exp 2^63", "exp", json!(9_223_372_036_854_775_808_u64)),
        with("exp 2^63-1", "exp", json!(i64::MAX)),
        literal("exp of a hundred digits", &"9".repeat(100)),
        literal("exp infinite", "1e999"),
        with("exp in an hour", "exp", json!(now + 3_600)),
        with("exp past", "exp", json!(now - 31)),
        with("exp list", "exp", json!([now + 600])),
        without("nbf missing", "nbf"),
        with("nbf future", "nbf", json!(now + 31)),
        with("nbf text", "nbf", json!(now.to_string())),
        with("nbf negative", "nbf", json!(-1)),
        without("iat missing", "iat"),
        with("iat future", "iat", json!(now + 31)),
        with("iat long ago", "iat", json!(0)),
        with("iat float", "iat", json!(1.5)),
    ]
}

/// Parts, padding, white space, size.
fn envelopes(world: &World) -> Vec<Forgery> {
    let good = world.token();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts")
    };
    vec![
        ("empty", String::new()),
        ("one dot", ".".to_owned()),
        ("two dots", "..".to_owned()),
        ("two parts", format!("{header}.{payload}")),
        ("empty signature", format!("{header}.{payload}.")),
        ("empty payload", format!("{header}..{signature}")),
        ("empty header", format!(".{payload}.{signature}")),
        ("four parts", format!("{good}.{signature}")),
        ("five parts", format!("{good}.{signature}.{payload}")),
        ("trailing dot", format!("{good}.")),
        ("leading dot", format!(".{good}")),
        ("padded header", world.sign(&format!("{header}=.{payload}"))),
        (
            "padded payload",
            world.sign(&format!("{header}.{payload}==")),
        ),
        ("padded signature", format!("{good}==")),
        ("leading space", format!(" {good}")),
        ("trailing newline", format!("{good}\n")),
        (
            "tab in the payload",
            world.sign(&format!("{header}.\t{payload}")),
        ),
        (
            "standard alphabet",
            format!("{header}.{payload}.{}", signature.replace(['-', '_'], "+")),
        ),
        (
            "stray bits",
            format!("{header}.{payload}.{}", stray_bits(signature)),
        ),
        ("not ASCII", format!("{good}é")),
        (
            "a JSON serialization",
            json!({ "protected": header, "payload": payload, "signature": signature }).to_string(),
        ),
        (
            "8 KB and one byte",
            world.signed_text(&world.header().to_string(), &padded(world, 8_193)),
        ),
        (
            "1 MB",
            format!("{header}.{}.{signature}", "A".repeat(1 << 20)),
        ),
        ("1 MB of dots", ".".repeat(1 << 20)),
        ("Bearer inside", format!("Bearer {good}")),
    ]
}

/// Signatures that are not ours.
fn signatures(world: &World) -> Vec<Forgery> {
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

/// The last character of 64 bytes in base64url carries four bits that must be zero.
fn stray_bits(signature: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (head, last) = signature.split_at(signature.len() - 1);
    let value = ALPHABET
        .iter()
        .position(|&c| c == last.as_bytes()[0])
        .expect("base64url");
    format!("{head}{}", char::from(ALPHABET[value | 1]))
}

/// Claims with an unknown member that makes the whole token `size` bytes or a little more.
fn padded(world: &World, size: usize) -> String {
    let mut claims = world.claims();
    claims["padding"] = json!("p".repeat(size * 3 / 4));
    claims.to_string()
}

#[tokio::test]
async fn unknown_claims_of_a_newer_version_are_tolerated() {
    let world = World::new();
    let mut claims = world.claims();
    claims["scope"] = json!("orders:read");
    claims["roles"] = json!(["customer", "auditor"]);
    let principal = world
        .verifier
        .verify(&world.signed(&world.header(), &claims))
        .await
        .expect("accepted");
    assert_eq!(
        principal.roles,
        [tenon_kernel::Role::Customer, tenon_kernel::Role::Unknown]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nonsense_is_refused_without_panic(text in ".{0,200}", header in ".{0,60}", claims in ".{0,60}") {
        let world = World::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        prop_assert!(runtime.block_on(world.verify(&text)).is_err());
        prop_assert!(runtime.block_on(world.verify(&world.signed_text(&header, &claims))).is_err());
        prop_assert!(runtime.block_on(world.verify(&world.signed_text(&world.header().to_string(), &claims))).is_err());
    }

    /// One changed character anywhere makes a token worthless.
    #[test]
    fn a_changed_character_is_noticed(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
        let world = World::new();
        let good = world.token();
        let at = at.index(good.len());
        let mut changed = good.clone();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != good);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        prop_assert!(runtime.block_on(world.verify(&changed)).is_err());
    }
}
