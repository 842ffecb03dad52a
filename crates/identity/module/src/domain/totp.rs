//! Codes that change with the time (RFC 6238): SHA-1, six digits, thirty seconds, as every app knows them.
//!
//! Made over the HMAC of the one crypto provider. A crate of its own would bring a second SHA-1, a clock and a source of
//! randomness that are not ours, for a page of code that the vectors of the RFC cover.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use tenon_kernel::{Env, Timestamp};
use url::Url;
use zeroize::Zeroizing;

/// How long a code is shown.
const STEP_SECONDS: i64 = 30;
/// Steps that a clock may be off, in either direction (RFC 6238 §5.2).
const WINDOW: i64 = 1;
const DIGITS: usize = 6;
/// As long as the hash (RFC 4226 §4, R6).
pub(crate) const SECRET_BYTES: usize = 20;
/// RFC 4648 §6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an app and we know.
#[derive(Clone)]
pub(crate) struct TotpSecret(Zeroizing<[u8; SECRET_BYTES]>);

/// Six digits that somebody sent.
#[derive(Clone)]
pub(crate) struct TotpCode(Zeroizing<[u8; DIGITS]>);

impl TotpSecret {
    /// Makes a new one.
    pub(crate) fn generate(env: &Env) -> Self {
        Self(Zeroizing::new(env.random::<SECRET_BYTES>()))
    }

    /// Takes what was stored; `None` if it cannot be one.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// As people type it into an app: 32 characters of base 32.
    pub(crate) fn to_base32(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SECRET_BYTES * 8 / 5));
        for chunk in self.0.chunks_exact(5) {
            let bits = chunk
                .iter()
                .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for shift in (0..8).rev() {
                let digit = usize::try_from(bits >> (shift * 5) & 31).unwrap_or_default();
                text.push(char::from(BASE32[digit]));
            }
        }
        text
    }

    /// As apps read it from a QR code (the key URI format that all of them share). The issuer is a name of a host, so nothing in
    /// it needs escaping.
    pub(crate) fn to_uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let mut uri = Url::parse("otpauth://totp").expect("a URL");
        if let Ok(mut path) = uri.path_segments_mut() {
            path.push(&format!("{issuer}:{account}"));
        }
        let secret = self.to_base32();
        uri.set_query(Some(&format!(
            "secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
            secret.as_str()
        )));
        Zeroizing::new(uri.into())
    }

    /// Finds the newest step near `now` that the code belongs to, if it is after `last`: what counted once, and what is
    /// before it, does not count again (RFC 6238 §5.2). Takes as long whichever it is.
    pub(crate) fn step_of(
        &self,
        code: &TotpCode,
        now: Timestamp,
        last: Option<i64>,
    ) -> Option<i64> {
        let current = now.as_unix_seconds().div_euclid(STEP_SECONDS);
        (current - WINDOW..=current + WINDOW).fold(None, |found, step| {
            let is_it = verify_slices_are_equal(&self.digits_at(step), code.0.as_slice());
            let counts = is_it.is_ok() & last.is_none_or(|last| last < step);
            if counts { Some(step) } else { found }
        })
    }

    /// What an app shows at a step.
    #[cfg(test)]
    pub(crate) fn code_at(&self, step: i64) -> TotpCode {
        TotpCode(Zeroizing::new(self.digits_at(step)))
    }

    /// RFC 4226 §5.3.
    fn digits_at(&self, step: i64) -> [u8; DIGITS] {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.0.as_slice());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 0x0f);
        let mut number = tag[offset..offset + 4]
            .iter()
            .fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
            & 0x7fff_ffff;
        let mut digits = [b'0'; DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit += u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        digits
    }
}

impl TotpCode {
    /// Takes six digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: [u8; DIGITS] = text.as_bytes().try_into().ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| Self(Zeroizing::new(digits)))
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

impl std::fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").expect("20 bytes")
    }

    fn code(text: &str) -> TotpCode {
        TotpCode::parse(text).expect("six digits")
    }

    /// RFC 6238 appendix B, SHA-1, the last six of its eight digits.
    #[test]
    fn the_vectors_of_the_rfc_hold() {
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                rfc().digits_at(seconds / 30),
                *digits.as_bytes(),
                "{seconds}"
            );
            let at = Timestamp::from_unix_seconds(seconds);
            assert_eq!(rfc().step_of(&code(digits), at, None), Some(seconds / 30));
        }
    }

    /// RFC 4226 appendix D.
    #[test]
    fn the_vectors_of_counters_hold() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, digits) in (0..).zip(expected) {
            assert_eq!(rfc().digits_at(step), *digits.as_bytes(), "{step}");
        }
    }

    #[test]
    fn one_step_off_is_near_and_two_are_far() {
        let (at, step) = (Timestamp::from_unix_seconds(1_000 * 30), 1_000);
        for (off, found) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = rfc().code_at(step + off);
            assert_eq!(
                rfc().step_of(&code, at, None),
                found.then_some(step + off),
                "{off}"
            );
        }
    }

    #[test]
    fn a_step_that_counted_and_those_before_it_do_not_count_again() {
        let at = Timestamp::from_unix_seconds(1_000 * 30 + 29);
        let code = |step| rfc().code_at(step);
        assert_eq!(rfc().step_of(&code(1_000), at, Some(1_000)), None);
        assert_eq!(rfc().step_of(&code(999), at, Some(1_000)), None);
        assert_eq!(rfc().step_of(&code(1_001), at, Some(1_000)), Some(1_001));
        assert_eq!(rfc().step_of(&code(1_000), at, Some(999)), Some(1_000));
    }

    #[test]
    fn only_six_digits_can_be_a_code() {
        for bad in [
            "",
            "12345",
            "1234567",
            "12345a",
            "１２３４５６",
            "-12345",
            "12 456",
        ] {
            assert!(TotpCode::parse(bad).is_none(), "{bad}");
        }
    }

    /// RFC 4648 §10 has no vector of 20 bytes; this is `base32` of coreutils.
    #[test]
    fn a_secret_is_written_as_apps_read_it() {
        assert_eq!(
            rfc().to_base32().as_str(),
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        );
        assert_eq!(
            rfc().to_uri("shop.test", "ada+x?#/%@example.org").as_str(),
            "otpauth://totp/shop.test:ada+x%3F%23%2F%25@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=shop.test&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn nothing_secret_is_printed() {
        assert_eq!(
            format!("{:?} {:?}", rfc(), code("123456")),
            "TotpSecret(..) TotpCode(..)"
        );
    }
}
