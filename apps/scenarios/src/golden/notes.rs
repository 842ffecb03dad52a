//! Writes down a request and its answer, normalised.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};

use anyhow::{Result, bail};
use serde_json::Value;

use super::ask::{Ask, Keeps};
use super::normalise::counts_behind;
use super::recorder::{Raw, Recorder};
use super::recording;

/// Answers of about this size may or may not be worth compressing, depending on how their times are written.
const COMPRESSION_THRESHOLD: usize = 1024;
/// What times, written shorter or longer, add up to at most.
const COMPRESSION_DOUBT: usize = 12;

impl Recorder {
    pub(super) fn note_request(&mut self, ask: &Ask) -> recording::Request {
        let line = format!("{} {}", ask.method, self.names.text(&ask.path));
        let mut headers = Vec::new();
        for (name, value) in &ask.headers {
            let value = match (*name, ask.who) {
                ("authorization", Some(who)) => format!("Bearer <{who}>"),
                ("authorization", None) => value.clone(), // not a token of anybody
                ("cart-token", _) => self.names.secret("cart_token", value),
                ("simulator-signature", _) => "<signature>".to_owned(),
                _ => self.names.text(value),
            };
            headers.push(format!("{name}: {value}"));
        }
        let body = match (&ask.body, ask.declares) {
            (_, Some(length)) => format!("<{length} bytes>").into(),
            (None, None) => Value::Null,
            (Some(body), None) => match serde_json::from_slice(body) {
                Ok(value) => self.names.value("", &value),
                Err(_) => self.names.text(&String::from_utf8_lossy(body)).into(),
            },
        };
        recording::Request {
            line,
            headers,
            body,
        }
    }

    pub(super) fn note_answer(&mut self, ask: &Ask, raw: &Raw) -> Result<recording::Answer> {
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in &raw.answer.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = self.note_header(ask, name.as_str(), &value);
            headers
                .entry(name.as_str().to_owned())
                .or_default()
                .push(value);
        }
        let text = String::from_utf8_lossy(&raw.text);
        let depends_on_times = ask.keeps != Keeps::Digest && text.contains('-');
        if depends_on_times && raw.text.len().abs_diff(COMPRESSION_THRESHOLD) < COMPRESSION_DOUBT {
            bail!(
                "the answer has {} bytes: make it longer or shorter, compression begins at {COMPRESSION_THRESHOLD}",
                raw.text.len()
            );
        }
        let too_often = raw.answer.status == 429;
        let body = match (ask.keeps, &raw.answer.body) {
            (Keeps::Digest, _) => {
                let mut hasher = DefaultHasher::new(); // fixed keys: the same in every run
                hasher.write(&raw.text);
                format!(
                    "<{} bytes, digest {:016x}>",
                    raw.text.len(),
                    hasher.finish()
                )
                .into()
            }
            (_, Value::Null) if raw.text.is_empty() => Value::Null,
            (_, Value::Null) => self.names.text(&text).into(),
            (Keeps::Everything, body) => {
                let is_compact = serde_json::to_string(body)? == text;
                let mut body = self.names.value("", body);
                if let Some(detail) = body.get_mut("detail").filter(|_| too_often) {
                    let text = detail.as_str().unwrap_or_default();
                    *detail = without_digits(text).into();
                }
                if is_compact { body } else { text_of(&body) }
            }
        };
        Ok(recording::Answer {
            status: raw.answer.status,
            headers,
            body,
        })
    }

    fn note_header(&mut self, ask: &Ask, name: &str, value: &str) -> String {
        match name {
            "date" => "<date>".to_owned(),
            "retry-after" => "<n>".to_owned(),
            "content-length" if ask.method == reqwest::Method::HEAD => "<n>".to_owned(),
            "content-length" => "<exact>".to_owned(), // compared when the body was read
            "ratelimit" => counts_behind(value, &["r=", "t="]),
            "consistency-token" => "<token>".to_owned(),
            "server-timing" => durations(value),
            "cart-token" => self.names.secret("cart_token", value),
            _ => self.names.text(value),
        }
    }
}

/// JSON that was not written as compactly as it can be: shown as text, so that it differs.
fn text_of(body: &Value) -> Value {
    serde_json::to_string_pretty(body)
        .unwrap_or_default()
        .into()
}

/// `auth;dur=<n>, handler;dur=<n>`
fn durations(value: &str) -> String {
    let parts = value.split(", ").map(|part| {
        let name = part.split(';').next().unwrap_or_default();
        format!("{name};dur=<n>")
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn without_digits(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        if word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty() {
            "<n>"
        } else {
            word
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
