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
