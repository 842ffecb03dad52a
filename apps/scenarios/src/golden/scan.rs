//! Finds what differs from run to run in a text: ids, times, hashes, tokens.

/// Something that is not the same in two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `ord_` + 26 characters of Crockford's base 32; the prefix without underscore.
    Id,
    /// `int_` + 28 hexadecimal digits: ids of the payment simulator.
    ProviderId,
    /// 8-4-4-4-12 hexadecimal digits.
    Uuid,
    /// RFC 3339 in UTC.
    Time,
    /// 32 hexadecimal digits, as in `Trace-Id`.
    Hex32,
    /// 64 hexadecimal digits, as of SHA-256.
    Hex64,
    /// Three parts of base64url, the first an object.
    Jwt,
    /// 19 digits: a place in the log of events.
    Place,
}

/// A find: its kind and its length in bytes.
pub(crate) type Found = (Kind, usize);

const CROCKFORD: &[u8] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What begins at the start of `text`, if the character before it was no part of a word.
pub(crate) fn at_start(text: &str) -> Option<Found> {
    let bytes = text.as_bytes();
    let ends = |length: usize| {
        bytes
            .get(length)
            .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
    };
    if let Some(length) = time(bytes) {
        return Some((Kind::Time, length));
    }
    if let Some(length) = uuid(bytes).filter(|&length| ends(length)) {
        return Some((Kind::Uuid, length));
    }
    let hex = run(bytes, is_hex);
    if ends(hex) && hex == 64 {
        return Some((Kind::Hex64, 64));
    }
    if ends(hex) && hex == 32 {
        return Some((Kind::Hex32, 32));
    }
    if run(bytes, |byte| byte.is_ascii_digit()) == 19 && ends(19) {
        return Some((Kind::Place, 19));
    }
    if let Some(length) = jwt(bytes) {
        return Some((Kind::Jwt, length));
    }
    let prefix = run(bytes, |byte| byte.is_ascii_lowercase());
    if !(2..=10).contains(&prefix) || bytes.get(prefix) != Some(&b'_') {
        return None;
    }
    let body = &bytes[prefix + 1..];
    if run(body, |byte| CROCKFORD.contains(&byte)) >= 26
        && ends(prefix + 27)
        && matches!(body.first(), Some(b'0'..=b'7'))
    {
        return Some((Kind::Id, prefix + 27));
    }
    if run(body, is_hex) >= 28 && ends(prefix + 29) {
        return Some((Kind::ProviderId, prefix + 29));
    }
    None
}

fn run(bytes: &[u8], is_part: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is_part(**byte)).count()
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn uuid(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (position, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if position > 0 {
            (bytes.get(at) == Some(&b'-')).then_some(())?;
            at += 1;
        }
        let part = bytes.get(at..at + length)?;
        part.iter().all(|byte| is_hex(*byte)).then_some(())?;
        at += length;
    }
    Some(at)
}

/// `2026-11-21T01:15:25.33824Z`
fn time(bytes: &[u8]) -> Option<usize> {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let start = bytes.get(..SHAPE.len())?;
    let fits = start.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'd' => byte.is_ascii_digit(),
        other => byte == other,
    });
    fits.then_some(())?;
    let mut at = SHAPE.len();
    if bytes.get(at) == Some(&b'.') {
        at += 1 + run(&bytes[at + 1..], |byte| byte.is_ascii_digit());
    }
    (bytes.get(at) == Some(&b'Z')).then_some(at + 1)
}

fn jwt(bytes: &[u8]) -> Option<usize> {
    bytes.starts_with(b"eyJ").then_some(())?;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut at = 0;
    for part in 0..3 {
        if part > 0 {
            (bytes.get(at) == Some(&b'.')).then_some(())?;
            at += 1;
        }
        let length = run(&bytes[at..], is_part);
        (length > 0).then_some(())?;
        at += length;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_found_to_its_end() {
        let hex = "0123456789abcdef";
        for (text, kind, length) in [
            ("ord_01m7xtr8z3e388ffmb85x0c4ze.", Kind::Id, 30),
            ("int_01a1fbac2525d4d54251cb65ab53/", Kind::ProviderId, 32),
            ("0192f1c4-7a2b-7c3d-8e4f-0123456789ab", Kind::Uuid, 36),
            ("2026-11-21T01:15:25.33824Z ", Kind::Time, 26),
            ("2026-11-21T01:15:25Z", Kind::Time, 20),
            (&hex.repeat(2), Kind::Hex32, 32),
            (&hex.repeat(4), Kind::Hex64, 64),
            ("eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.c2ln\"", Kind::Jwt, 36),
        ] {
            assert_eq!(at_start(text), Some((kind, length)), "{text}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_left_alone() {
        for text in [
            "ord_01m7xtr8z3e388ffmb85x0c4z",   // too short
            "ord_01m7xtr8z3e388ffmb85x0c4zee", // too long
            "ord_01m7xtr8z3e388ffmb85x0c4zu",  // `u` is not in the alphabet
            "slug_of_something_that_is_long_too",
            "2026-11-21",
            "0192f1c4-7a2b-7c3d-8e4f",
            "eyJ",
            "deadbeef",
        ] {
            assert_eq!(at_start(text), None, "{text}");
        }
    }
}
