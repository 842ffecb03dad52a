//! Rules that members of many requests share.

use std::fmt;
use std::ops::RangeInclusive;

use catalog_contract::CatalogError;
use tenon_kernel::FieldError;

/// Longest picture, in bytes: room for a small drawing as a `data:` URL.
const MAX_IMAGE: usize = 8_192;

/// Collects the wrong members of a request, so that its sender learns of all at once.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    errors: Vec<FieldError>,
}

impl Rules {
    /// Says no at the end unless `holds`.
    pub(crate) fn check(
        &mut self,
        holds: bool,
        pointer: impl fmt::Display,
        code: &str,
        detail: impl Into<String>,
    ) {
        if !holds {
            self.errors
                .push(FieldError::new(pointer.to_string(), code, detail));
        }
    }

    /// A line of text for people: not blank, no control characters, so many characters.
    pub(crate) fn line(
        &mut self,
        pointer: impl fmt::Display,
        text: &str,
        length: RangeInclusive<usize>,
    ) {
        let blank = text.trim().is_empty() && *length.start() > 0;
        self.check(!blank, &pointer, "blank", "expected text");
        self.length(&pointer, text, length, blank);
        self.check(
            !text.chars().any(char::is_control),
            pointer,
            "invalid_value",
            "control characters are not allowed",
        );
    }

    /// Text of several lines.
    pub(crate) fn text(
        &mut self,
        pointer: impl fmt::Display,
        text: &str,
        length: RangeInclusive<usize>,
    ) {
        self.length(&pointer, text, length, false);
        let controls = text
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t');
        self.check(
            !controls,
            pointer,
            "invalid_value",
            "control characters are not allowed",
        );
    }

    /// A place in URLs: `earl-grey-organic`.
    pub(crate) fn slug(&mut self, pointer: impl fmt::Display, slug: &str) {
        let words = slug.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        let detail = "expected 1 to 80 lower-case letters, digits and single hyphens between them";
        self.check(words && slug.len() <= 80, pointer, "invalid_value", detail);
    }

    /// A stock keeping unit: `TEA-ASSAM-100`.
    pub(crate) fn sku(&mut self, pointer: impl fmt::Display, sku: &str) {
        let good = sku
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        let detail = "expected 1 to 64 letters, digits, hyphens, underscores and full stops";
        self.check(
            good && (1..=64).contains(&sku.len()),
            pointer,
            "invalid_value",
            detail,
        );
    }

    /// A picture: an `https:` URL, or a `data:` URL of an image.
    pub(crate) fn image(&mut self, pointer: impl fmt::Display, url: &str) {
        let scheme = url.starts_with("https://") || url.starts_with("data:image/");
        let printable = url.bytes().all(|byte| byte.is_ascii_graphic());
        let detail = "expected an https: URL or a data: URL of an image, at most 8192 characters";
        self.check(
            scheme && printable && url.len() <= MAX_IMAGE,
            pointer,
            "invalid_value",
            detail,
        );
    }

    /// A number within bounds.
    pub(crate) fn range(
        &mut self,
        pointer: impl fmt::Display,
        number: i64,
        bounds: RangeInclusive<i64>,
    ) {
        let detail = format!("expected {} to {}", bounds.start(), bounds.end());
        self.check(bounds.contains(&number), pointer, "out_of_range", detail);
    }

    /// The number of items of a list.
    pub(crate) fn count(
        &mut self,
        pointer: impl fmt::Display,
        count: usize,
        bounds: RangeInclusive<usize>,
    ) {
        let detail = format!("expected {} to {} items", bounds.start(), bounds.end());
        self.check(bounds.contains(&count), pointer, "out_of_range", detail);
    }

    /// Ends with what was collected.
    pub(crate) fn finish(self) -> Result<(), CatalogError> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(CatalogError::Invalid {
                errors: self.errors,
            })
        }
    }

    fn length(
        &mut self,
        pointer: impl fmt::Display,
        text: &str,
        length: RangeInclusive<usize>,
        told: bool,
    ) {
        let detail = format!("expected {} to {} characters", length.start(), length.end());
        self.check(
            told || length.contains(&text.chars().count()),
            pointer,
            "out_of_range",
            detail,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(apply: impl FnOnce(&mut Rules)) -> Vec<String> {
        let mut rules = Rules::default();
        apply(&mut rules);
        rules.errors.into_iter().map(|error| error.code).collect()
    }

    #[test]
    fn slugs_are_words_between_single_hyphens() {
        for good in ["tea", "earl-grey", "n-1", &"a".repeat(80)] {
            assert!(
                codes(|rules| rules.slug("/slug", good)).is_empty(),
                "{good}"
            );
        }
        for bad in [
            "",
            "-",
            "Tea",
            "earl--grey",
            "tea-",
            "thé",
            "a b",
            &"a".repeat(81),
        ] {
            assert_eq!(
                codes(|rules| rules.slug("/slug", bad)),
                ["invalid_value"],
                "{bad}"
            );
        }
    }

    #[test]
    fn a_blank_line_is_told_once() {
        assert_eq!(codes(|rules| rules.line("/title", "", 1..=9)), ["blank"]);
        assert_eq!(
            codes(|rules| rules.line("/title", " \t ", 1..=9)),
            ["blank", "invalid_value"]
        );
        assert_eq!(
            codes(|rules| rules.line("/title", "0123456789", 1..=9)),
            ["out_of_range"]
        );
        assert_eq!(
            codes(|rules| rules.line("/title", "a\rb", 1..=9)),
            ["invalid_value"]
        );
        assert!(codes(|rules| rules.line("/note", "", 0..=9)).is_empty());
    }

    #[test]
    fn pictures_are_not_scripts() {
        for good in ["https://example.com/a.png", "data:image/svg+xml,%3Csvg%3E"] {
            assert!(
                codes(|rules| rules.image("/image", good)).is_empty(),
                "{good}"
            );
        }
        for bad in [
            "javascript:alert(1)",
            "http://example.com/a.png",
            "data:text/html,x",
            "https://a b",
            "",
        ] {
            assert_eq!(
                codes(|rules| rules.image("/image", bad)),
                ["invalid_value"],
                "{bad}"
            );
        }
    }
}
