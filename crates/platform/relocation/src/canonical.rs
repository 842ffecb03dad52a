//! One writing for equal values, so that rows of two engines can be compared and hashed.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::Value;

use crate::pair::Pair;
use crate::schema::Kind;

/// A row, so that equal rows have equal bytes: for each value a letter for its kind, its length and its text.
pub(crate) fn row(pair: &Pair, text: &str) -> Result<Vec<u8>, String> {
    let values: Vec<Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if values.len() != pair.columns.len() {
        return Err(format!("{} values", values.len()));
    }
    let mut bytes = Vec::with_capacity(text.len() + values.len() * 8);
    for (column, value) in pair.columns.iter().zip(values) {
        let (letter, text) = match value {
            Value::Null => (b'0', String::new()),
            Value::Bool(value) => (b'b', value.to_string()),
            Value::Number(number) => (b'n', number.to_string()),
            Value::String(text) if column.kind == Kind::Json => (
                b'j',
                json(&text).map_err(|problem| format!("{}: {problem}", column.target))?,
            ),
            Value::String(text) => (b's', text),
            Value::Array(_) | Value::Object(_) => {
                return Err(format!("{}: not a plain value", column.target));
            }
        };
        bytes.push(letter);
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    Ok(bytes)
}

/// The key of a row, for people.
pub(crate) fn key(pair: &Pair, text: &str) -> String {
    let values: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let key: serde_json::Map<String, Value> = pair
        .key
        .iter()
        .filter_map(|place| {
            let value = values.get(*place)?.clone();
            Some((pair.columns[*place].target.clone(), value))
        })
        .collect();
    Value::Object(key).to_string()
}

/// Rows one after the other.
pub(crate) struct Hash(Context);

impl Hash {
    pub(crate) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(crate) fn add(&mut self, row: &[u8]) {
        self.0.update(&(row.len() as u64).to_be_bytes());
        self.0.update(row);
    }

    /// 64 hex digits.
    pub(crate) fn finish(self) -> String {
        use std::fmt::Write as _;
        self.0
            .finish()
            .as_ref()
            .iter()
            .fold(String::with_capacity(64), |mut text, byte| {
                write!(text, "{byte:02x}").expect("text can be written");
                text
            })
    }
}

/// A JSON document as `jsonb` understands it: members sorted, the last of two equal names, numbers by their value.
///
/// Numbers are compared digit by digit and not as doubles: `jsonb` keeps what a double cannot hold.
pub(crate) fn json(text: &str) -> Result<String, String> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.skip_spaces();
    if reader.at == text.len() {
        Ok(value)
    } else {
        Err("text after a JSON document".to_owned())
    }
}

/// Documents nested deeper than this are refused, as the databases do.
const DEEPEST: usize = 500;

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<String, String> {
        if depth > DEEPEST {
            return Err("a JSON document that is nested too deeply".to_owned());
        }
        self.skip_spaces();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(written(&self.string()?)),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'-' | b'0'..=b'9') => Ok(number(self.number_text())),
            _ => Err(format!("no JSON value at byte {}", self.at)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<String, String> {
        let mut members = BTreeMap::new();
        self.at += 1;
        if !self.took(b'}') {
            loop {
                self.skip_spaces();
                let name = self.string()?;
                self.expect(b':')?;
                members.insert(name, self.value(depth + 1)?);
                if self.took(b'}') {
                    break;
                }
                self.expect(b',')?;
            }
        }
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("{}:{value}", written(name)))
            .collect();
        Ok(format!("{{{}}}", members.join(",")))
    }

    fn array(&mut self, depth: usize) -> Result<String, String> {
        let mut values = Vec::new();
        self.at += 1;
        if !self.took(b']') {
            loop {
                values.push(self.value(depth + 1)?);
                if self.took(b']') {
                    break;
                }
                self.expect(b',')?;
            }
        }
        Ok(format!("[{}]", values.join(",")))
    }

    fn string(&mut self) -> Result<String, String> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if rest.first() != Some(&b'"') {
            return Err(format!("no JSON string at byte {}", self.at));
        }
        let mut end = 1;
        loop {
            match rest.get(end) {
                None => return Err("a JSON string without end".to_owned()),
                Some(b'\\') => end += 2,
                Some(b'"') => break,
                Some(_) => end += 1,
            }
        }
        let quoted = &self.text[self.at..=self.at + end];
        self.at += end + 1;
        serde_json::from_str(quoted).map_err(|error| error.to_string())
    }

    fn number_text(&mut self) -> &str {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'+' | b'-' | b'.' | b'e' | b'E' | b'0'..=b'9')
        ) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn word(&mut self, word: &str) -> Result<String, String> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(word.to_owned());
        }
        Err(format!("no JSON value at byte {}", self.at))
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        if self.took(byte) {
            Ok(())
        } else {
            Err(format!(
                "{:?} expected at byte {}",
                char::from(byte),
                self.at
            ))
        }
    }

    fn took(&mut self, byte: u8) -> bool {
        self.skip_spaces();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

fn written(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// `-1.50e3` becomes `-15e2`: digits without zeros at either end, and the power of ten they are multiplied by.
fn number(text: &str) -> String {
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i64 = exponent.trim_start_matches('+').parse().unwrap_or(0);
    let digits = format!("{whole}{fraction}");
    let trimmed = digits.trim_end_matches('0');
    let power = exponent
        .saturating_sub(i64::try_from(fraction.len()).unwrap_or(i64::MAX))
        .saturating_add(i64::try_from(digits.len() - trimmed.len()).unwrap_or(0));
    match trimmed.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => format!("{sign}{digits}e{power}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_documents_are_written_alike() {
        let jsonb =
            r#"{"a": [1, 1500, {"x": null}], "b": "ü\n", "big": 123456789012345678901234567890.5}"#;
        let text = r#"{ "big":123456789012345678901234567890.50,"b":"old","b":"\u00fc\u000a","a":[1.0,1.5e3,{"x":null}] }"#;
        assert_eq!(json(text), json(jsonb));
    }

    #[test]
    fn different_documents_are_written_differently() {
        let documents = [
            "1",
            "-1",
            "10",
            "0.1",
            "\"1\"",
            "null",
            "[]",
            "{}",
            "[1]",
            "[1,1]",
            "true",
            "false",
            r#"{"a":1}"#,
            r#"{"a":"1"}"#,
            r#"["a",1]"#,
            r#"["a1"]"#,
            "12345678901234567890123",
            "12345678901234567890124",
            "1e400",
        ];
        let mut written: Vec<_> = documents
            .iter()
            .map(|text| json(text).expect("JSON"))
            .collect();
        written.sort();
        written.dedup();
        assert_eq!(written.len(), documents.len(), "{written:?}");
    }

    #[test]
    fn zero_has_one_writing() {
        for zero in ["0", "-0", "0.0", "0e9", "-0.00e-3"] {
            assert_eq!(json(zero).as_deref(), Ok("0"), "{zero}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "", "{", "[1,", "\"", "tru", "1 2", "{\"a\"}", "{a:1}", "\"\\",
        ] {
            assert!(json(text).is_err(), "{text}");
        }
    }
}
