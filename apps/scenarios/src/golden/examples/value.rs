//! Puts values in where a recording has names; see [`RULES`](crate::golden::normalise::RULES).

use serde_json::{Value, json};

/// The middle of every id; its number follows.
const ID: &str = "01jb2z4k8f5n6p7q8r9s";
const TIME: &str = "2026-01-31T09:30:00Z";
/// The same moment in seconds.
const SECONDS: u64 = 1_769_851_800;

/// What stands for a whole text.
const WORDS: [(&str, &str); 10] = [
    ("<time>", TIME),
    ("<date>", "Sat, 31 Jan 2026 09:30:00 GMT"),
    ("<trace>", "0af7651916cd43dd8448eb211c80319c"),
    ("<place>", "0000000000000000042"),
    (
        "<hash>",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    ("<code>", "204816"),
    ("<api>", "https://api.shop.example"),
    ("<mail>", "https://mail.shop.example"),
    ("<payments>", "https://payments.shop.example"),
    ("<provider>", "https://accounts.provider.example"),
];

/// The value of a member of a recording.
pub(super) fn of(member: &str, value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), of(name, value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(|item| of(member, item)).collect()),
        Value::String(name) if name == "<n>" => match member {
            "expires_in" => json!(600),
            "iat" | "updated_at" => json!(SECONDS),
            "exp" => json!(SECONDS + 600),
            "retry_after_ms" => json!(1000),
            "tree_size" => json!(2), // as long as its path
            _ => json!(1),
        },
        // Named as the ids of API keys are, which begin with `key_`.
        Value::String(name) if matches!(member, "kid" | "x") => json!(name.replace('#', "-")),
        Value::String(name) if member == "recovery_codes" => {
            let number = name.rsplit('#').next().unwrap_or_default();
            json!(format!("7k2m-9xq4-c3vt-h8wd-p5rn-{number:0>4}"))
        }
        Value::String(name) => Value::String(text(name)),
        other => other.clone(),
    }
}

/// The same for a text that may have names in it.
pub(super) fn text(name: &str) -> String {
    let mut text = name.to_owned();
    for (word, stands_for) in WORDS {
        text = text.replace(word, stands_for);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('#') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let begins = before
            .rfind(|c: char| !c.is_ascii_lowercase() && c != '_')
            .map_or(0, |last| {
                last + before[last..].chars().next().map_or(1, char::len_utf8)
            });
        let class = &before[begins..];
        match after[..digits].parse() {
            Ok(number) if !class.is_empty() => {
                out.push_str(&before[..begins]);
                out.push_str(&named(class, number));
            }
            _ => {
                out.push_str(before);
                out.push('#');
                out.push_str(&after[..digits]);
            }
        }
        rest = &after[digits..];
    }
    out.push_str(rest);
    out
}

/// What bears the name `class#number`.
fn named(class: &str, number: u32) -> String {
    match class {
        "uuid" => format!("0192f1c4-7a2b-7c3d-8e4f-{number:012}"),
        "hash" => format!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0{number:06}"),
        "int" => format!("int_01a1fbac2525d4d54251cb{number:06}"), // of the payment provider
        "access_token" | "id_token" => format!("eyJhbGciOiJFZERTQSJ9.e30.signature{number}"),
        "one_time_code" => "287082".to_owned(),
        "password" => "correct horse battery staple".to_owned(),
        "cart_token" | "challenge_token" | "code" | "cookie" | "cursor" | "device_token"
        | "form_token" | "mail_token" | "recipient" | "refresh_token" | "secret" => {
            format!("{class}-{number}-of-the-example")
        }
        prefix => format!("{prefix}_{ID}{number:06}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_within_a_text_are_found_and_other_signs_are_left_alone() {
        let shown = text("<api>/orders/ord#12?token=mail_token#1#top #7 é#3");
        let expected = format!(
            "https://api.shop.example/orders/ord_{ID}000012?token=mail_token-1-of-the-example#top #7 é#3"
        );
        assert_eq!(shown, expected);
    }

    #[test]
    fn ids_are_as_long_as_ids_are() {
        let id = named("ord", 999_999);
        assert_eq!(id.len(), "ord_".len() + 26);
        assert_eq!(named("int", 1).len(), "int_".len() + 28);
        assert_eq!(named("hash", 1).len(), 64);
    }
}
