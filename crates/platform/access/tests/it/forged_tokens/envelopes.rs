//! Parts, padding, white space, size.

use serde_json::json;

use super::Forgery;
use crate::world::World;

/// Parts, padding, white space, size.
pub(super) fn envelopes(world: &World) -> Vec<Forgery> {
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
