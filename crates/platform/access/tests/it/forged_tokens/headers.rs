//! Headers that are not ours.

use serde_json::{Value, json};

use super::Forgery;
use crate::world::{World, base64};

/// Header changed, then signed with our own key: nothing but the header can be what is refused.
pub(super) fn headers(world: &World) -> Vec<Forgery> {
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
