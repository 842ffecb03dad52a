//! Just enough reading of Rust source: string literals and code without comments, by line.

/// A string literal and the line it starts on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// Splits source into its string literals and the code around them (comments and literals blanked).
pub(crate) fn split(source: &str) -> (Vec<Literal>, String) {
    let bytes = source.as_bytes();
    let mut literals = Vec::new();
    let mut code = String::with_capacity(source.len());
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let rest = &source[at..];
        if rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            at += end;
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
            line += rest[..end].matches('\n').count();
            code.extend(rest[..end].chars().filter(|&c| c == '\n'));
            at += end;
        } else if let Some((open, close)) = raw_string_marks(rest) {
            let body = &rest[open..];
            let end = body.find(&close).unwrap_or(body.len());
            literals.push(Literal {
                line,
                text: body[..end].to_owned(),
            });
            let total = open + (end + close.len()).min(body.len());
            line += rest[..total].matches('\n').count();
            code.push_str("\"\"");
            code.extend(rest[..total].chars().filter(|&c| c == '\n'));
            at += total;
        } else if let Some(body) = rest.strip_prefix('"') {
            let (text, length) = quoted(body);
            literals.push(Literal { line, text });
            let whole = &rest[..(length + 1).min(rest.len())];
            line += whole.matches('\n').count();
            code.push_str("\"\"");
            code.extend(whole.chars().filter(|&c| c == '\n'));
            at += whole.len();
        } else if let Some(length) = char_literal(rest) {
            code.push_str("' '");
            at += length;
        } else {
            let next = rest.chars().next().unwrap_or(' ');
            if next == '\n' {
                line += 1;
            }
            code.push(next);
            at += next.len_utf8();
        }
    }
    (literals, code)
}

/// `r"…"` or `r#"…"#`: where the body starts and what ends it.
fn raw_string_marks(rest: &str) -> Option<(usize, String)> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.bytes().take_while(|&b| b == b'#').count();
    after[hashes..].starts_with('"').then(|| {
        (
            rest.len() - after.len() + hashes + 1,
            format!("\"{}", "#".repeat(hashes)),
        )
    })
}

/// The text of a quoted literal and its length with the closing quote.
fn quoted(body: &str) -> (String, usize) {
    let mut text = String::new();
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (text, at + 1),
            '\\' => {
                if let Some((_, escaped)) = chars.next()
                    && escaped != '\n'
                {
                    text.push(' ');
                }
            }
            _ => text.push(c),
        }
    }
    (text, body.len())
}

/// `'x'` or `'\n'`, but not a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    if let Some(escape) = body.strip_prefix('\\') {
        return escape.find('\'').map(|end| end + 3);
    }
    let first = body.chars().next()?;
    body[first.len_utf8()..]
        .starts_with('\'')
        .then(|| first.len_utf8() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_comments_and_lifetimes_are_told_apart() {
        let source = "fn a<'x>() { // \"no\"\n  let s = \"SELECT\n 1\"; let c = '\"'; let r = r#\"a \"b\" c\"#; }\nasync";
        let (literals, code) = split(source);
        assert_eq!(
            literals[0],
            Literal {
                line: 2,
                text: "SELECT\n 1".to_owned()
            }
        );
        assert_eq!(
            literals[1],
            Literal {
                line: 3,
                text: "a \"b\" c".to_owned()
            }
        );
        assert_eq!(literals.len(), 2);
        assert_eq!(code.lines().nth(3), Some("async"));
        assert!(!code.contains("no"));
    }
}
