//! Personal data and secrets never enter the log: an entry can be neither changed nor removed later.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What stands in place of a masked value.
const MASK: &str = "[masked]";

/// Members whose values are masked wherever they stand, with everything inside them. The first group is what
/// contracts mark `x-pii`; the second is what must not be there at all, in case a module sends it.
const MEMBERS: &[&str] = &[
    "address",
    "billing_address",
    "birth_date",
    "city",
    "display_name",
    "email",
    "family_name",
    "first_name",
    "full_name",
    "given_name",
    "ip",
    "ip_address",
    "ip_hash",
    "last_name",
    "line1",
    "line2",
    "note",
    "phone",
    "postal_code",
    "recipient",
    "shipping_address",
    "tracking",
    "user_agent",
    // secrets
    "access_token",
    "api_key",
    "authorization",
    "bootstrap_token",
    "card_number",
    "cart_token",
    "client_secret",
    "current_password",
    "cvc",
    "iban",
    "new_password",
    "password",
    "private_key",
    "refresh_token",
    "secret",
    "token",
];

/// Takes personal data out of JSON.
#[derive(Debug, Clone)]
pub(crate) struct Masking(BTreeSet<String>);

impl Masking {
    /// Masks the usual members and some more.
    pub(crate) fn with_members(more: &[String]) -> Self {
        Self(
            MEMBERS
                .iter()
                .map(|&name| name.to_owned())
                .chain(more.iter().cloned())
                .collect(),
        )
    }

    /// Whether the values of a member are masked.
    pub(crate) fn covers(&self, member: &str) -> bool {
        self.0.contains(member)
    }

    /// Returns canonical JSON: members sorted, no space, personal data masked.
    pub(crate) fn canonical(&self, value: &Value) -> String {
        self.masked(value).to_string()
    }

    fn masked(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) => self.masked_members(members),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.masked(item)).collect())
            }
            Value::String(text) => Value::String(without_addresses(text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn masked_members(&self, members: &Map<String, Value>) -> Value {
        // The name of a person stands beside their street; the name of a category does not.
        let is_address = members.contains_key("line1");
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_by_key(|(name, _)| *name);
        let masked = sorted.into_iter().map(|(name, value)| {
            let hidden = !value.is_null() && (is_address || self.covers(name));
            (
                name.clone(),
                if hidden {
                    Value::String(MASK.to_owned())
                } else {
                    self.masked(value)
                },
            )
        });
        Value::Object(masked.collect())
    }
}

/// Masks e-mail addresses in text that people wrote: reasons, notes.
fn without_addresses(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let bare = word.trim_end();
            if looks_like_address(bare) {
                format!("{MASK}{}", &word[bare.len()..])
            } else {
                word.to_owned()
            }
        })
        .collect()
}

fn looks_like_address(word: &str) -> bool {
    word.split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn canonical(value: Value) -> String {
        Masking::with_members(&["nickname".to_owned()]).canonical(&value)
    }

    #[test]
    fn members_are_masked_wherever_they_stand() {
        let value = json!({
            "customer": { "user_id": "usr_1", "email": "ada@example.com" },
            "lines": [{ "title": "Tea", "phone": 123 }],
            "shipping_address": { "name": "Ada", "line1": "Here 1" },
            "nickname": "ada",
            "email": null,
        });
        assert_eq!(
            canonical(value),
            r#"{"customer":{"email":"[masked]","user_id":"usr_1"},"email":null,"lines":[{"phone":"[masked]","title":"Tea"}],"nickname":"[masked]","shipping_address":"[masked]"}"#
        );
    }

    #[test]
    fn a_name_is_masked_beside_a_street_only() {
        assert_eq!(canonical(json!({ "name": "Teas" })), r#"{"name":"Teas"}"#);
        assert_eq!(
            canonical(json!({ "to": { "name": "Ada", "line1": "Here 1", "country": "DE" } })),
            r#"{"to":{"country":"[masked]","line1":"[masked]","name":"[masked]"}}"#
        );
    }

    #[test]
    fn addresses_inside_text_are_masked() {
        assert_eq!(
            canonical(json!({ "reason": "asked by ada@example.com,\nagain; 2 @ 3" })),
            r#"{"reason":"asked by [masked]\nagain; 2 @ 3"}"#
        );
    }

    proptest! {
        #[test]
        fn the_order_of_members_does_not_matter(mut names in proptest::collection::vec("[a-z]{1,6}", 0..8)) {
            let object = |names: &[String]| Value::Object(names.iter().map(|name| (name.clone(), json!(name.len()))).collect());
            let forward = canonical(object(&names));
            names.reverse();
            prop_assert_eq!(forward, canonical(object(&names)));
        }

        #[test]
        fn no_address_survives(before in "[^@]{0,10}", local in "[a-z]{1,8}", after in "[^@]{0,10}") {
            let text = format!("{before} {local}@example.com {after}");
            let kept = without_addresses(&text);
            prop_assert!(!kept.contains('@'), "{}", kept);
        }
    }
}
