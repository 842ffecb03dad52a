//! E-mail addresses: what is taken as one, and when two are the same.

use tenon_kernel::FieldError;

/// RFC 5321 §4.5.3.1: what fits into a path.
const MAX_LEN: usize = 254;
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;

/// An address as the person wrote it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EmailAddress {
    text: String,
}

impl EmailAddress {
    /// Reads an address: ASCII, one `@`, a host name with at least one dot or `localhost`.
    ///
    /// Quoted local parts and address literals are not taken; nobody has one, and they are a way to smuggle.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAX_LEN {
            return None;
        }
        let (local, domain) = text.rsplit_once('@')?;
        let local_is_good = !local.is_empty()
            && local.len() <= MAX_LOCAL
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b));
        let label_is_good = |label: &str| {
            !label.is_empty()
                && label.len() <= MAX_LABEL
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let domain_is_good = domain.split('.').all(label_is_good)
            && (domain.contains('.') || domain.eq_ignore_ascii_case("localhost"));
        (local_is_good && domain_is_good).then(|| Self {
            text: text.to_owned(),
        })
    }

    /// As [`EmailAddress::parse`]; names the member that is wrong.
    pub(crate) fn read(text: &str, pointer: &str) -> Result<Self, FieldError> {
        Self::parse(text)
            .ok_or_else(|| FieldError::new(pointer, "not_an_email", "Expected an e-mail address."))
    }

    /// As written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Equal for addresses that are one account: case is ignored, as every large provider does.
    pub(crate) fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// The part before the `@`.
    pub(crate) fn local_part(&self) -> &str {
        self.text.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

/// Addresses are personal: logs do not show them.
impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_nonsense() {
        for good in [
            "a@b.example",
            "first.last+tag@sub.example.org",
            "o'neil@example.com",
            "x@localhost",
        ] {
            assert!(EmailAddress::parse(good).is_some(), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in [
            "",
            "@",
            "a@",
            "@b.example",
            "a b@c.example",
            "a@b",
            "a@b..c",
            "a@-b.example",
            ".a@b.example",
            "a..b@c.example",
            "a@b.example\r\nBcc: c@d.example",
            "a@[127.0.0.1]",
            "\"a\"@b.example",
            "ä@b.example",
            "a@b.example>",
            &long,
        ] {
            assert!(EmailAddress::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn case_and_white_space_around_make_no_second_account() {
        let (a, b) = (
            EmailAddress::parse(" Ada@Example.ORG "),
            EmailAddress::parse("ada@example.org"),
        );
        let (a, b) = (a.expect("good"), b.expect("good"));
        assert_eq!(a.key(), b.key());
        assert_eq!(a.as_str(), "Ada@Example.ORG");
    }
}
