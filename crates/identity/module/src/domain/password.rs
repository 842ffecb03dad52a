//! Passwords: which may be set.
//!
//! 8 to 256 characters, any characters (but U+0000, which no text of the API can hold). They are hashed as they come: nothing is cut off, trimmed, folded or
//! normalised (a client that sends decomposed Unicode once must send it always). No rule asks for a digit or a
//! symbol (NIST SP 800-63B §3.1.1.2): what is refused is what attackers try first.

use std::collections::HashSet;
use std::sync::LazyLock;

use tenon_kernel::FieldError;
use zeroize::Zeroizing;

use crate::domain::email::EmailAddress;

/// Least characters.
const MIN_CHARS: usize = 8;
/// Most characters; at most 1 KiB as bytes.
const MAX_CHARS: usize = 256;
/// Digits and symbols around a common word that do not make it uncommon: `Password123!`.
const MAX_DECORATION: usize = 5;
/// Shorter parts of an address are too common to be refused.
const MIN_CONTEXT: usize = 4;
/// Words that everybody tries on this system.
const CONTEXT: [&str; 1] = ["tenon"];

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("common_passwords.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// A password on its way to the hasher; wiped when dropped.
#[derive(Clone)]
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    /// Takes what a caller sent.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// For the hasher.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether any account could have it: longer ones are not worth hashing.
    pub(crate) fn is_possible(&self) -> bool {
        self.0.chars().count() <= MAX_CHARS
    }

    /// Says why it cannot be the password of this person.
    pub(crate) fn check(&self, email: &EmailAddress, pointer: &str) -> Result<(), FieldError> {
        let refused = |code: &str, detail: &str| Err(FieldError::new(pointer, code, detail));
        let chars = self.0.chars().count();
        if chars < MIN_CHARS {
            return refused(
                "too_short",
                "A password has at least 8 characters; 15 are better.",
            );
        }
        if chars > MAX_CHARS {
            return refused("too_long", "A password has at most 256 characters.");
        }
        let lower = Zeroizing::new(self.0.to_lowercase());
        let local = email.local_part().to_ascii_lowercase();
        if (local.len() >= MIN_CONTEXT && lower.contains(&local))
            || CONTEXT.iter().any(|word| lower.contains(word))
        {
            return refused(
                "contains_context",
                "A password must not contain the address or the name of this system.",
            );
        }
        if is_common(&lower) || is_pattern(&lower) {
            return refused(
                "too_common",
                "This password is among the first that attackers try.",
            );
        }
        Ok(())
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

/// On the list: as it is, without a few symbols or digits around it, or with letters for look-alikes.
fn is_common(lower: &str) -> bool {
    let forms = [
        lower,
        undecorated(lower, |c| !c.is_alphanumeric()),
        undecorated(lower, |c| !c.is_alphabetic()),
    ];
    forms.into_iter().any(|form| {
        let plain = Zeroizing::new(form.chars().map(undisguised).collect::<String>());
        COMMON.contains(form) || COMMON.contains(plain.as_str())
    })
}

/// Without such characters at both ends, if there are only a few.
fn undecorated(text: &str, is_decoration: impl Fn(char) -> bool) -> &str {
    let core = text.trim_matches(is_decoration);
    if text.chars().count() - core.chars().count() <= MAX_DECORATION {
        core
    } else {
        text
    }
}

/// `p@$$w0rd` is `password`.
fn undisguised(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    }
}

/// A row of neighbours (`23456789`, `hgfedcba`), one character, or a short text again and again (`abcabcabc`).
fn is_pattern(lower: &str) -> bool {
    let chars: Vec<u32> = lower.chars().map(u32::from).collect();
    let steps: HashSet<i64> = chars
        .windows(2)
        .map(|pair| i64::from(pair[1]) - i64::from(pair[0]))
        .collect();
    let is_row = steps.len() == 1 && steps.iter().all(|step| step.abs() <= 1);
    let repeats = |unit: usize| chars.iter().zip(&chars[unit..]).all(|(a, b)| a == b);
    is_row || (1..=4).any(|unit| chars.len() >= 2 * unit && repeats(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Result<(), String> {
        let email = EmailAddress::parse("ada.lovelace@example.org").expect("an address");
        Password::new(password)
            .check(&email, "/password")
            .map_err(|error| error.code)
    }

    #[test]
    fn any_characters_are_good() {
        let exactly_256 = "Zürich-7".repeat(32);
        for good in [
            "correct horse battery staple",
            "Xk29vbQz",
            "ünïcödé passt auch",
            "🐎🔋🪵🧷🐎🔋🪵🧸",
            "  spaces around  ",
            "o'; DROP TABLE users --",
            "\u{1f468}\u{200d}\u{1f469} zwj and more",
            "dragon8372648172645",
        ] {
            assert_eq!(verdict(good), Ok(()), "{good}");
        }
        // As long as allowed; repeated units of eight characters are no pattern.
        assert_eq!(exactly_256.chars().count(), 256);
        assert_eq!(verdict(&exactly_256), Ok(()));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(verdict("äöüÄÖÜß"), Err("too_short".to_owned()));
        assert_eq!(verdict(&"xyzäöü7-".repeat(33)), Err("too_long".to_owned()));
        assert!(!Password::new("x".repeat(257)).is_possible());
    }

    #[test]
    fn what_attackers_try_first_is_refused() {
        for bad in [
            "password",
            "Password1",
            "P@ssw0rd!",
            "password123!",
            "!!password",
            "qwertyuiop",
            "1q2w3e4r",
            "letmein123",
            "Summer2024!",
            "iloveyou1",
            "12345678",
            "87654321",
            "abcdefgh",
            "aaaaaaaa",
            "abcabcabc",
            "12121212",
            "abcdabcdabcd",
            "11111111",
            "trustno1!",
            "welcome2025",
        ] {
            assert_eq!(verdict(bad), Err("too_common".to_owned()), "{bad}");
        }
    }

    #[test]
    fn the_own_address_and_the_name_of_the_system_are_refused() {
        assert_eq!(
            verdict("xx-Ada.Lovelace-xx"),
            Err("contains_context".to_owned())
        );
        assert_eq!(
            verdict("my-TENON-login"),
            Err("contains_context".to_owned())
        );
        let short = EmailAddress::parse("ab@example.org").expect("an address");
        assert!(
            Password::new("crab-apple-sauce")
                .check(&short, "/password")
                .is_ok(),
            "two letters are everywhere"
        );
    }

    #[test]
    fn the_list_is_long_and_in_lower_case() {
        assert!(COMMON.len() >= 600, "{}", COMMON.len());
        assert!(
            COMMON
                .iter()
                .all(|word| *word == word.to_lowercase() && word.len() >= 4)
        );
    }

    #[test]
    fn debug_output_hides_it() {
        assert_eq!(format!("{:?}", Password::new("hunter2!")), "Password(..)");
    }
}
