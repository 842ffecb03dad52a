//! The page that links of deprecated parts lead to.

use std::fmt::Write as _;

use super::DeprecatedPart;
use crate::Endpoint;
use crate::error_pages::layout;
use crate::markdown;

/// What holds for all of them.
const POLICY: &str = "\
What is deprecated works as before. Answers to requests that use it have the header `Deprecation` (RFC 9745) with the \
moment since when, and `Sunset` (RFC 8594) with the moment until when it certainly stays, at least six months later. \
Nothing changes by itself then; a version that lacks it may be installed.\n";

/// The page of all deprecated parts, as HTML.
pub(crate) fn page(endpoints: &[Endpoint]) -> String {
    let mut body = markdown::to_html(&format!("# Deprecations\n\n{POLICY}"));
    for part in endpoints.iter().flat_map(Endpoint::deprecations) {
        writeln!(body, "<section id=\"{}\">", anchor(part)).expect("a string takes everything");
        let text = format!("## `{part}`\n\n{}\n", part.terms.sentences());
        body.push_str(&markdown::to_html(&text));
        body.push_str("</section>\n");
    }
    layout("Deprecations", &body)
}

/// Its place on the page: letters, digits, `_` and `-`.
pub(super) fn anchor(part: &DeprecatedPart) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    part.name().chars().map(plain).collect()
}
