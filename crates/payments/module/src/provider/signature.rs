//! Signatures of webhooks: `t=<unix seconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">`.

use std::time::Duration;

use aws_lc_rs::hmac;
use tenon_kernel::Timestamp;

use super::WebhookError;

/// How far a signature's time may lie from ours, either way.
pub(super) const WINDOW: Duration = Duration::from_mins(5);

/// Checks a signature over the raw bytes, in constant time.
pub(super) fn verify(
    secret: &[u8],
    header: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), WebhookError> {
    let (time, tag) = header.and_then(read).ok_or(WebhookError::Signature)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let mut signed = time.to_string().into_bytes();
    signed.push(b'.');
    signed.extend_from_slice(body);
    hmac::verify(&key, &signed, &tag).map_err(|_| WebhookError::Signature)?;
    let at = Timestamp::from_unix_seconds(time);
    let apart = now.since(at).max(at.since(now));
    if apart > WINDOW {
        Err(WebhookError::Signature)
    } else {
        Ok(())
    }
}

/// Reads the header: exactly one time and one tag.
fn read(header: &str) -> Option<(i64, [u8; 32])> {
    let (time, tag) = header.split_once(',')?;
    let time = time.trim().strip_prefix("t=")?;
    if time.is_empty() || !time.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some((time.parse().ok()?, unhex(tag.trim().strip_prefix("v1=")?)?))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &[u8] = b"whsec_test";

    fn sign(secret: &[u8], time: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let tag = hmac::sign(&key, &[format!("{time}.").as_bytes(), body].concat());
        tag.as_ref()
            .iter()
            .fold(format!("t={time},v1="), |header, byte| {
                format!("{header}{byte:02x}")
            })
    }

    #[test]
    fn a_good_signature_is_good_for_five_minutes_either_way() {
        let header = sign(SECRET, 1_000, b"body");
        for (now, good) in [
            (1_000, true),
            (1_300, true),
            (1_301, false),
            (700, true),
            (699, false),
        ] {
            let checked = verify(
                SECRET,
                Some(&header),
                b"body",
                Timestamp::from_unix_seconds(now),
            );
            assert_eq!(checked.is_ok(), good, "at {now}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let now = Timestamp::from_unix_seconds(1_000);
        let good = sign(SECRET, 1_000, b"body");
        let (time, tag) = good.split_once(',').expect("two parts");
        let headers = [
            None,
            Some(String::new()),
            Some(tag.to_owned()),
            Some(time.to_owned()),
            Some(format!("t=1001,{tag}")),
            Some(format!("t=+1000,{tag}")),
            Some(format!("t=,{tag}")),
            Some(format!("{time},v1=")),
            Some(format!("{time},v1={}", "0".repeat(64))),
            Some(format!("{time},v0={}", &tag[3..])),
            Some(good[..good.len() - 2].to_owned()),
            Some(sign(b"another", 1_000, b"body")),
            Some(sign(SECRET, 1_000, b"Body")),
        ];
        for header in headers {
            assert_eq!(
                verify(SECRET, header.as_deref(), b"body", now),
                Err(WebhookError::Signature),
                "{header:?}"
            );
        }
        assert_eq!(verify(SECRET, Some(&good), b"body", now), Ok(()));
    }

    proptest! {
        #[test]
        fn nonsense_is_refused_without_panic(header: String, body: Vec<u8>) {
            prop_assert!(verify(SECRET, Some(&header), &body, Timestamp::EPOCH).is_err());
        }
    }
}
