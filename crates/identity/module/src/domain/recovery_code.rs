//! Codes that stand in for a lost factor, each once.
//!
//! They have 120 random bits, more than the 112 from which on a fast hash is enough (OWASP ASVS 5.0, 6.5.2).

use aws_lc_rs::digest::{SHA256, digest};
use tenon_kernel::Env;
use zeroize::Zeroizing;

/// How many a person gets at once.
pub(crate) const HOW_MANY: usize = 10;
const BYTES: usize = 15;
const CHARS: usize = 24;
/// Characters between two dashes.
const GROUP: usize = 4;
/// Crockford's base 32: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A recovery code: 24 characters, shown in groups of four.
#[derive(Clone)]
pub(crate) struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    /// Makes as many as a person gets.
    pub(crate) fn generate_all(env: &Env) -> Vec<Self> {
        (0..HOW_MANY)
            .map(|_| Self::from_bytes(&Zeroizing::new(env.random::<BYTES>())))
            .collect()
    }

    fn from_bytes(bytes: &[u8; BYTES]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(CHARS));
        for chunk in bytes.chunks_exact(5) {
            let bits = chunk
                .iter()
                .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for shift in (0..8).rev() {
                let digit = usize::try_from(bits >> (shift * 5) & 31).unwrap_or_default();
                text.push(char::from(ALPHABET[digit]));
            }
        }
        Self(text)
    }

    /// Takes what somebody copied from paper, without spaces and dashes; letters that look like digits are read as those.
    pub(crate) fn parse(plain: &str) -> Option<Self> {
        if plain.len() != CHARS {
            return None;
        }
        let read = |c: char| match c.to_ascii_lowercase() {
            'o' => Some('0'),
            'i' | 'l' => Some('1'),
            c => ALPHABET.contains(&u8::try_from(c).ok()?).then_some(c),
        };
        let text: Option<String> = plain.chars().map(read).collect();
        text.map(|text| Self(Zeroizing::new(text)))
    }

    /// What the store keeps.
    pub(crate) fn hash(&self) -> Vec<u8> {
        digest(&SHA256, self.0.as_bytes()).as_ref().to_vec()
    }

    /// For the one answer that shows it.
    pub(crate) fn expose(&self) -> String {
        let mut text = String::with_capacity(CHARS + CHARS / GROUP);
        for (position, c) in self.0.chars().enumerate() {
            if position > 0 && position % GROUP == 0 {
                text.push('-');
            }
            text.push(c);
        }
        text
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_copy_it() {
        let code = RecoveryCode::from_bytes(&[
            0, 68, 50, 20, 199, 66, 84, 182, 53, 207, 132, 101, 58, 86, 215,
        ]);
        assert_eq!(code.expose(), "0123-4567-89ab-cdef-ghjk-mnpq");
        let plain = code.expose().replace('-', "");
        for text in [
            plain.clone(),
            plain.to_uppercase(),
            plain.replace('0', "O").replace('1', "l"),
        ] {
            let read = RecoveryCode::parse(&text).expect("a code");
            assert_eq!(read.hash(), code.hash(), "{text}");
        }
        for bad in [
            "",
            &plain[1..],
            &plain.replace('0', "u"),
            &format!("{plain}0"),
            "ääääääääääää",
        ] {
            assert!(RecoveryCode::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{code:?}"), "RecoveryCode(..)");
    }

    #[test]
    fn all_are_different() {
        let codes = RecoveryCode::generate_all(&Env::system());
        let hashes: std::collections::BTreeSet<_> = codes.iter().map(RecoveryCode::hash).collect();
        assert_eq!(hashes.len(), HOW_MANY);
    }
}
