//! Proof Key for Code Exchange (RFC 7636), method S256 only: with `plain` whoever sees the request can use the code.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// SHA-256 of a verifier, in base64url without padding: 43 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge(String);

impl Challenge {
    /// Reads `code_challenge`; `None` if it cannot be one of method S256.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether `code_verifier` is what the challenge was made from. A verifier has 43 to 128 unreserved characters
    /// (§4.1); shorter ones could be guessed.
    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        let is_unreserved =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(is_unreserved) {
            return false;
        }
        let made = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        verify_slices_are_equal(made.as_bytes(), self.0.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    #[test]
    fn the_example_of_the_rfc_is_met_and_nothing_else() {
        let challenge =
            Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").expect("a challenge");
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(challenge.is_met_by(verifier));
        for wrong in [
            "",
            challenge.as_str(),
            &verifier[..42],
            &verifier.to_lowercase(),
            &format!("{verifier} "),
        ] {
            assert!(!challenge.is_met_by(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_verifier_is_no_challenge() {
        for bad in ["", "abc", &"a".repeat(42), &"a".repeat(44), &"=".repeat(43)] {
            assert_eq!(Challenge::parse(bad), None, "{bad}");
        }
    }
}
