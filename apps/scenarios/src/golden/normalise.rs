//! Replaces what differs from run to run; everything that is not listed here must be equal.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::scan::{self, Kind};

/// What is replaced, in words: part of every recording.
pub(crate) const RULES: [&str; 16] = [
    "ids (`ord_…`, the payment provider's `int_…`) are numbered by prefix and first appearance: `ord#1`",
    "uuids (audit actors, stock ledger actors) are numbered by first appearance: `uuid#1`",
    "RFC 3339 times: `<time>`; header `date`: `<date>`",
    "trace ids and other runs of 32 hexadecimal digits: `<trace>`",
    "six digits in the member `code`: `<code>`",
    "hashes (64 hexadecimal digits) are numbered by first appearance: `hash#1`, in `previous_hash`, `hash`, `leaf_hash` and `root_hash`: `<hash>`; inclusion_path and consistency_path, whose lengths follow from the number of entries: one `<hash>`",
    "members access_token, federation_code, id_token, refresh_token, device_token, challenge_token, one_time_code, recovery_codes, token, password, current_password, new_password, secret, public_key, previous_public_key, kid, x, recipient_hash, header cart-token, `token=` in mails, and in forms, cookies and redirects `code=`, `code_challenge=`, `state=` (unless it is a word: `dead`), `nonce=`, `one_time_code=`, `secret=`, `client_secret=`, `challenge_token=`, `form_token=`, `refresh_token=`, `password=`, `tenon_session=`, `tenon_federation=`, `unsubscriptions/` are numbered by first appearance",
    "cursors (member next_cursor, `cursor=` in addresses) are numbered by first appearance: `cursor#1`",
    "header ratelimit: the counts behind `r=` and `t=`: `<n>`",
    "header retry-after, members retry_after_ms, expires_in, iat, exp, auth_time and updated_at where they are numbers, seconds in the sentence of a 429: `<n>`",
    "members seq, leaf_index and tree_size (places in the audit log, which all modules share): `<n>`",
    "places in the log of events, which all modules share (19 digits): `<place>`",
    "header consistency-token: `<token>`; header server-timing: the durations: `<n>`",
    "header content-length: `<exact>` if it is the length of the body that came, `<n>` in answers to HEAD",
    "what browsers and authenticators make of a passkey (members challenge, clientDataJSON, attestationObject, signature, userHandle, and id beside displayName), in JSON and in the form that sends it, is numbered by first appearance: `signature#1`",
    "the addresses of the API, the mail catcher, the payment simulator and the provider that people come from: `<api>`, `<mail>`, `<payments>`, `<provider>`",
];

/// Members whose text is a secret or made from one, with the name it is numbered under.
const SECRETS: [(&str, &str); 24] = [
    ("public_key", "public_key"),
    ("previous_public_key", "public_key"),
    ("id_token", "id_token"),
    ("access_token", "access_token"),
    ("federation_code", "code"),
    ("refresh_token", "refresh_token"),
    ("device_token", "device_token"),
    ("challenge_token", "challenge_token"),
    ("one_time_code", "one_time_code"),
    ("recovery_codes", "one_time_code"),
    ("token", "mail_token"),
    ("password", "password"),
    ("current_password", "password"),
    ("new_password", "password"),
    ("secret", "secret"),
    ("kid", "key"),
    ("x", "key"),
    ("recipient_hash", "recipient"),
    ("next_cursor", "cursor"),
    ("challenge", "challenge"),
    ("clientDataJSON", "client_data"),
    ("attestationObject", "attestation"),
    ("signature", "signature"),
    ("userHandle", "user_handle"),
];
/// Of these the names are secret for nobody, so they may stand in a golden file elsewhere.
const PUBLIC: [&str; 9] = [
    "key",
    "recipient",
    "cursor",
    "challenge",
    "code_challenge",
    "client_data",
    "attestation",
    "signature",
    "user_handle",
];
/// Members whose number depends on the moment.
const COUNTS: [&str; 9] = [
    "auth_time",
    "retry_after_ms",
    "expires_in",
    "seq",
    "leaf_index",
    "tree_size",
    "iat",
    "exp",
    "updated_at",
];
/// Members that list so many hashes as the number of audit entries wants.
const PATHS: [&str; 2] = ["inclusion_path", "consistency_path"];
/// Members whose hash depends on all that happened before.
const HASHES: [&str; 4] = ["hash", "previous_hash", "leaf_hash", "root_hash"];
/// What stands before secrets in addresses, forms, cookies and pages, with the name they are numbered under.
const PARAMETERS: [(&str, &str); 22] = [
    ("cursor=", "cursor"),
    ("token=", "mail_token"),
    ("code=", "code"),
    ("code_challenge=", "code_challenge"),
    ("state=", "state"),
    ("nonce=", "nonce"),
    ("one_time_code=", "one_time_code"),
    ("secret=", "secret"),
    ("client_secret=", "secret"),
    ("challenge_token=", "challenge_token"),
    ("challenge_token\" value=\"", "challenge_token"),
    ("form_token=", "form_token"),
    ("form_token\" value=\"", "form_token"),
    ("refresh_token=", "refresh_token"),
    ("password=", "password"),
    ("tenon_session=", "cookie"),
    ("tenon_federation=", "cookie"),
    ("passkey_token=", "challenge_token"),
    ("clientDataJSON%22%3A%22", "client_data"),
    ("signature%22%3A%22", "signature"),
    ("userHandle%22%3A%22", "user_handle"),
    ("unsubscriptions/", "unsubscribe_token"),
];
/// Shorter texts are no live secrets: `x`, `too short`.
const SHORTEST_SECRET: usize = 12;

/// Gives things names by their first appearance.
#[derive(Debug, Default)]
pub(crate) struct Normaliser {
    names: BTreeMap<(String, String), String>,
    counts: BTreeMap<String, usize>,
    secrets: Vec<String>,
    places: Vec<(String, &'static str)>,
}

impl Normaliser {
    /// Knows the addresses of what it talks to.
    pub(crate) fn new(places: Vec<(String, &'static str)>) -> Self {
        Self {
            places,
            ..Self::default()
        }
    }

    /// Never to be written.
    pub(crate) fn keep_secret(&mut self, secret: &str) {
        if secret.len() >= SHORTEST_SECRET && !self.secrets.iter().any(|known| known == secret) {
            self.secrets.push(secret.to_owned());
        }
    }

    /// All that must not be written.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(String::as_str)
    }

    /// Replaces within a JSON value; `member` is the name it is found under.
    pub(crate) fn value(&mut self, member: &str, value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| {
                        // Whose passkey it is: the id of the person in another spelling.
                        let is_handle = name == "id" && members.contains_key("displayName");
                        let known_as = if is_handle { "userHandle" } else { name };
                        (name.clone(), self.value(known_as, value))
                    })
                    .collect(),
            ),
            Value::Array(_) if PATHS.contains(&member) => json!(["<hash>"]),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.value(member, item)).collect())
            }
            Value::Number(_) if COUNTS.contains(&member) => Value::from("<n>"),
            Value::String(text) => Value::String(self.member(member, text)),
            other => other.clone(),
        }
    }

    /// Replaces within the text of a member.
    fn member(&mut self, member: &str, text: &str) -> String {
        // How webhooks are signed is a word, and has the name of what a passkey proves.
        let is_word = member == "signature" && text.len() < SHORTEST_SECRET;
        if let Some((_, class)) = SECRETS.iter().find(|(name, _)| *name == member)
            && !is_word
        {
            return self.secret(class, text);
        }
        if HASHES.contains(&member) && text.len() == 64 {
            return "<hash>".to_owned();
        }
        // What a telephone was sent; other members of this name are words.
        if member == "code" && text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return "<code>".to_owned();
        }
        self.text(text)
    }

    /// Replaces a whole text that is secret.
    pub(crate) fn secret(&mut self, class: &str, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        if !PUBLIC.contains(&class) {
            self.keep_secret(text);
        }
        self.named(class, text)
    }

    /// Replaces within any text.
    pub(crate) fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (address, name) in &self.places {
            text = text.replace(address.as_str(), name);
            let encoded = address.replace(':', "%3A").replace('/', "%2F");
            text = text.replace(&encoded, name);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut in_word = false;
        while let Some(first) = rest.chars().next() {
            // An encoded `=` or `"` in a form: what comes after it begins a word.
            if let Some(sign) = ["%3D", "%22"]
                .into_iter()
                .find(|sign| rest.starts_with(sign))
            {
                out.push_str(sign);
                (rest, in_word) = (&rest[sign.len()..], false);
                continue;
            }
            if !in_word {
                if let Some(taken) = self.parameter(rest, &mut out) {
                    rest = &rest[taken..];
                    continue;
                }
                if let Some((kind, length)) = scan::at_start(rest) {
                    let replaced = self.found(kind, &rest[..length]);
                    out.push_str(&replaced);
                    rest = &rest[length..];
                    in_word = true;
                    continue;
                }
            }
            in_word = first.is_ascii_alphanumeric() || first == '_';
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
        // Mails repeat the token of their link for people who type it.
        for ((class, token), name) in &self.names {
            if class == "mail_token" && token.len() >= SHORTEST_SECRET {
                out = out.replace(token.as_str(), name);
            }
        }
        out
    }

    /// `cursor=…`, `token=…` and the like; returns how much was taken.
    fn parameter(&mut self, text: &str, out: &mut String) -> Option<usize> {
        let (name, class) = PARAMETERS
            .into_iter()
            .find(|(name, _)| text.starts_with(name))?;
        let value = &text[name.len()..];
        let length = value
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            .count();
        let value = &value[..length];
        (length > 0).then_some(())?;
        // Lists are asked for things in a state, which has the name of what an OAuth client is sent back with.
        let is_word = class == "state" && value.bytes().all(|byte| byte.is_ascii_lowercase());
        let replaced = if is_word && length < SHORTEST_SECRET {
            value.to_owned()
        } else {
            self.secret(class, value)
        };
        out.push_str(name);
        out.push_str(&replaced);
        Some(name.len() + length)
    }

    fn found(&mut self, kind: Kind, text: &str) -> String {
        match kind {
            Kind::Time => "<time>".to_owned(),
            Kind::Hex32 => "<trace>".to_owned(),
            Kind::Place => "<place>".to_owned(),
            Kind::Hex64 => self.named("hash", text),
            Kind::Uuid => self.named("uuid", text),
            Kind::Jwt => self.secret("access_token", text),
            Kind::Id | Kind::ProviderId => {
                let (prefix, body) = text.rsplit_once('_').unwrap_or((text, ""));
                if body.bytes().all(|byte| byte == b'0') {
                    return text.to_owned(); // the script's own id that names nothing
                }
                self.named(prefix, text)
            }
        }
    }

    fn named(&mut self, class: &str, text: &str) -> String {
        let known = (class.to_owned(), text.to_owned());
        if let Some(name) = self.names.get(&known) {
            return name.clone();
        }
        let count = self.counts.entry(class.to_owned()).or_default();
        *count += 1;
        let name = format!("{class}#{count}");
        self.names.insert(known, name.clone());
        name
    }
}

/// Replaces the digits behind each of the markers.
pub(crate) fn counts_behind(text: &str, markers: &[&str]) -> String {
    let mut out = text.to_owned();
    for marker in markers {
        if let Some((before, after)) = out.split_once(marker) {
            let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
            out = format!("{before}{marker}<n>{after}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_has_the_same_name_wherever_it_stands() {
        let mut names = Normaliser::new(vec![("http://127.0.0.1:1".to_owned(), "<api>")]);
        let body = json!({
            "id": "ord_01m7xtr8z3e388ffmb85x0c4ze",
            "url": "http://127.0.0.1:1/orders/ord_01m7xtr8z3e388ffmb85x0c4ze",
            "other": "ord_01m7xtr8z3e388ffmb85x0c4zf", "payment": "pay_01m7xtr8z3e388ffmb85x0c4ze",
            "at": "2026-11-21T01:15:25.33824Z", "seq": 17, "quantity": 17, "sequence": "0000000000000000017",
        });
        let expected = json!({
            "id": "ord#1", "url": "<api>/orders/ord#1", "other": "ord#2", "payment": "pay#1",
            "at": "<time>", "seq": "<n>", "quantity": 17, "sequence": "<place>",
        });
        assert_eq!(names.value("", &body), expected);
        assert_eq!(
            names.text("about ord_01m7xtr8z3e388ffmb85x0c4zf."),
            "about ord#2."
        );
    }

    #[test]
    fn a_proof_has_one_form_however_long_the_log_is() {
        let mut names = Normaliser::default();
        let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        let proof = json!({ "leaf_index": 5, "tree_size": 9, "root_hash": hash, "inclusion_path": [hash, hash] });
        let expected = json!({ "leaf_index": "<n>", "tree_size": "<n>", "root_hash": "<hash>", "inclusion_path": ["<hash>"] });
        assert_eq!(names.value("", &proof), expected);
    }

    #[test]
    fn secrets_are_replaced_and_remembered() {
        let mut names = Normaliser::default();
        let link = names.text("#challenge=x&token=abcdefghijklmnop or type abcdefghijklmnop");
        assert_eq!(link, "#challenge=x&token=mail_token#1 or type mail_token#1");
        let body = names.value("", &json!({ "refresh_token": "0123456789abcdefghij" }));
        assert_eq!(body, json!({ "refresh_token": "refresh_token#1" }));
        let secrets: Vec<&str> = names.secrets().collect();
        assert_eq!(secrets, ["abcdefghijklmnop", "0123456789abcdefghij"]);
    }

    #[test]
    fn what_stands_in_forms_and_cookies_is_found() {
        let mut names = Normaliser::new(vec![("http://127.0.0.1:1".to_owned(), "<api>")]);
        let sent = names.text(
            "request=client_id%3Dcli_01m7xtr8z3e388ffmb85x0c4ze&form_token=abcdefghijklmnop; tenon_session=0123456789abcdef",
        );
        let expected = "request=client_id%3Dcli#1&form_token=form_token#1; tenon_session=cookie#1";
        assert_eq!(sent, expected);
        let back =
            names.text("https://c.example/cb?code=abcdefgh01234567&iss=http%3A%2F%2F127.0.0.1%3A1");
        assert_eq!(back, "https://c.example/cb?code=code#1&iss=<api>");
        assert_eq!(names.secrets().count(), 3);
    }

    #[test]
    fn counts_are_replaced_behind_their_markers_only() {
        assert_eq!(
            counts_behind("\"default\";r=571;t=12;q=600", &["r=", "t="]),
            "\"default\";r=<n>;t=<n>;q=600"
        );
    }

    #[test]
    fn a_state_that_is_listed_is_a_word_and_one_of_a_sign_in_is_not() {
        let mut normaliser = Normaliser::default();
        let text =
            |normaliser: &mut Normaliser, text: &str| normaliser.value("location", &json!(text));
        assert_eq!(
            text(&mut normaliser, "/jobs?state=dead"),
            "/jobs?state=dead"
        );
        for state in ["s1", "kq9Zc0aTq3Wb81xYnn0p"] {
            let told = text(&mut normaliser, &format!("/callback?state={state}"));
            assert!(!told.to_string().contains(state), "{told}");
        }
    }
}
