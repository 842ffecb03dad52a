//! Random secrets that people and programs carry: 256 bits, known to the store by their hash only.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenon_kernel::Env;
use zeroize::Zeroizing;

/// A secret token: 43 characters of base64url.
#[derive(Clone)]
pub(crate) struct SecretToken(Zeroizing<String>);

impl SecretToken {
    /// Makes a new one.
    pub(crate) fn generate(env: &Env) -> Self {
        Self::from_bytes(&env.random::<32>())
    }

    /// Writes 256 bits as a token.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Takes what a caller sent; `None` if it cannot be one of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        (bytes.len() == 32).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// What the store keeps. A fast hash is enough: 256 random bits cannot be guessed.
    pub(crate) fn hash(&self) -> Vec<u8> {
        digest(&SHA256, self.0.as_bytes()).as_ref().to_vec()
    }

    /// Compares without telling by its duration where two differ.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), other.0.as_bytes()).is_ok()
    }

    /// For the one answer that carries it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_256_bits_and_one_form() {
        let token = SecretToken::generate(&Env::system());
        assert_eq!(token.expose().len(), 43);
        assert!(SecretToken::parse(token.expose()).is_some_and(|back| back.equals(&token)));
        assert!(!SecretToken::generate(&Env::system()).equals(&token));
        for bad in [
            "",
            "abc",
            &format!("{}=", token.expose()),
            &token.expose()[..42],
        ] {
            assert!(SecretToken::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{token:?}"), "SecretToken(..)");
    }
}
