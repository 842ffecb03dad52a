//! The pages behind `type` of a problem: one Markdown file for each code in `docs/errors`.

use std::borrow::Cow;
use std::path::Path;

use crate::markdown;

include!(concat!(env!("OUT_DIR"), "/error_pages.rs"));

/// The page of a code as HTML.
pub(crate) fn page(code: &str) -> Option<String> {
    let is_code = !code.is_empty()
        && code.len() <= 100
        && code
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
        && !code.starts_with('.');
    let text = source(code).filter(|_| is_code)?;
    Some(layout(code, &markdown::to_html(&text)))
}

/// All codes as a list of links.
pub(crate) fn index() -> Option<String> {
    let codes = codes();
    if codes.is_empty() {
        return None;
    }
    let items: Vec<String> = codes
        .iter()
        .map(|code| format!("- [{code}](/errors/{code})"))
        .collect();
    Some(layout(
        "Errors",
        &markdown::to_html(&format!("# Errors\n\n{}", items.join("\n"))),
    ))
}

fn source(code: &str) -> Option<Cow<'static, str>> {
    if let Some(directory) = DIRECTORY {
        return std::fs::read_to_string(Path::new(directory).join(format!("{code}.md")))
            .ok()
            .map(Cow::Owned);
    }
    let at = PAGES.binary_search_by_key(&code, |(known, _)| known).ok()?;
    Some(Cow::Borrowed(PAGES[at].1))
}

fn codes() -> Vec<String> {
    let Some(directory) = DIRECTORY else {
        return PAGES.iter().map(|(code, _)| (*code).to_owned()).collect();
    };
    let files = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut codes: Vec<String> = files
        .filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".md")?.to_owned()))
        .collect();
    codes.sort();
    codes
}

pub(crate) fn layout(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body class=\"article\">\n<main>\n{body}\
         <p><a href=\"/errors\">All errors</a> · <a href=\"/docs\">API documentation</a></p>\n</main>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_are_looked_up() {
        for bad in ["../secret", "", "..", "a/b", "A", ".hidden"] {
            assert_eq!(page(bad), None, "{bad}");
        }
    }
}
