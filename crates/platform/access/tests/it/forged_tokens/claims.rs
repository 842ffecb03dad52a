//! Claims that are not ours.

use serde_json::{Value, json};

use super::Forgery;
use crate::world::World;

/// Claims changed, then signed with our own key.
pub(super) fn claims(world: &World) -> Vec<Forgery> {
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
        without("auth_time missing beside amr", "auth_time"),
        with("auth_time text", "auth_time", json!("1800000000")),
        with("auth_time float", "auth_time", json!(1.5)),
        with("auth_time negative", "auth_time", json!(-1)),
        with("auth_time null", "auth_time", Value::Null),
        with(
            "auth_time after the token",
            "auth_time",
            json!(world.env.now().as_unix_seconds() + 3_600),
        ),
        without("amr missing beside auth_time", "amr"),
        with("amr text", "amr", json!("mfa")),
        with("amr empty", "amr", json!([])),
        with("amr of numbers", "amr", json!([1])),
        with("amr of empty texts", "amr", json!([""])),
        with("amr long", "amr", json!(["m".repeat(17)])),
        with("amr many", "amr", json!(vec!["mfa"; 9])),
        without("roles missing", "roles"),
        with("roles text", "roles", json!("admin")),
        with("roles of numbers", "roles", json!([1])),
        with("roles by the hundred", "roles", json!(vec!["admin"; 100])),
        with("enrolling true", "enrolling", json!(true)),
        with("enrolling false", "enrolling", json!(false)),
        with("enrolling null", "enrolling", Value::Null),
        with(
            "enrolling for something unknown",
            "enrolling",
            json!("face"),
        ),
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
