//! Times that cannot be.

use serde_json::{Value, json};

use super::Forgery;
use crate::world::World;

/// Times changed, then signed with our own key.
pub(super) fn times(world: &World) -> Vec<Forgery> {
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
