//! As much Markdown as the error pages use: headings, paragraphs, lists, fenced code, and inside a line code, bold, links.

const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// Renders trusted Markdown of our own; raw HTML in it is shown as text.
pub(crate) fn to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let mut open = Block::None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_prefix("```") {
            open.close(&mut html);
            html.extend(["<pre><code data-language=\"", &escape(fence.trim()), "\">"]);
            for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                html.push_str(&escape(line));
                html.push('\n');
            }
            html.push_str("</code></pre>\n");
            continue;
        }
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if line.trim().is_empty() {
            open.close(&mut html);
        } else if (1..=6).contains(&level) && line[level..].starts_with(' ') {
            open.close(&mut html);
            let (name, text) = (HEADINGS[level - 1], inline(line[level..].trim()));
            html.extend(["<", name, ">", &text, "</", name, ">\n"]);
        } else if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
            open.enter(Block::List, &mut html);
            html.extend(["<li>", &inline(item), "</li>\n"]);
        } else {
            open.enter(Block::Paragraph, &mut html);
            html.push_str(&inline(line));
            html.push('\n');
        }
    }
    open.close(&mut html);
    html
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Paragraph,
    List,
}

impl Block {
    fn enter(&mut self, next: Self, html: &mut String) {
        if *self == next {
            return;
        }
        self.close(html);
        html.push_str(match next {
            Self::None => "",
            Self::Paragraph => "<p>",
            Self::List => "<ul>\n",
        });
        *self = next;
    }

    fn close(&mut self, html: &mut String) {
        html.push_str(match self {
            Self::None => "",
            Self::Paragraph => "</p>\n",
            Self::List => "</ul>\n",
        });
        *self = Self::None;
    }
}

/// Renders code, bold and links inside a line.
fn inline(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[']) {
        html.push_str(&escape(&rest[..at]));
        let from = &rest[at..];
        let piece = code(from).or_else(|| bold(from)).or_else(|| link(from));
        let (rendered, length) = piece.unwrap_or_else(|| (from[..1].to_owned(), 1));
        html.push_str(&rendered);
        rest = &from[length..];
    }
    html.push_str(&escape(rest));
    html
}

fn code(text: &str) -> Option<(String, usize)> {
    let (code, _) = text.strip_prefix('`')?.split_once('`')?;
    Some((format!("<code>{}</code>", escape(code)), code.len() + 2))
}

fn bold(text: &str) -> Option<(String, usize)> {
    let (bold, _) = text.strip_prefix("**")?.split_once("**")?;
    Some((format!("<strong>{}</strong>", inline(bold)), bold.len() + 4))
}

fn link(text: &str) -> Option<(String, usize)> {
    let (label, after) = text.strip_prefix('[')?.split_once("](")?;
    let (target, _) = after.split_once(')')?;
    let page = target.strip_suffix(".md"); // a neighbour: its page has no ending
    let safe = page.is_some()
        || ["https://", "http://", "/", "#"]
            .iter()
            .any(|start| target.starts_with(start));
    let target = page.unwrap_or(target);
    let html = if safe {
        format!("<a href=\"{}\">{}</a>", escape(target), inline(label))
    } else {
        inline(label)
    };
    let length = text.len() - after.len() + after.find(')')? + 1;
    Some((html, length))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_told_apart() {
        let html = to_html(
            "# Out of stock\n\nNot **enough** `x < y`.\nNext.\n\n- one\n- [two](invalid_request.md)\n\n```json\n{\"a\": 1}\n```\nend",
        );
        assert_eq!(
            html,
            "<h1>Out of stock</h1>\n<p>Not <strong>enough</strong> <code>x &lt; y</code>.\nNext.\n</p>\n<ul>\n<li>one</li>\n\
             <li><a href=\"invalid_request\">two</a></li>\n</ul>\n<pre><code data-language=\"json\">{&quot;a&quot;: 1}\n\
             </code></pre>\n<p>end\n</p>\n"
        );
    }

    #[test]
    fn nothing_in_a_page_becomes_markup() {
        assert_eq!(
            to_html("<script>x</script>"),
            "<p>&lt;script&gt;x&lt;/script&gt;\n</p>\n"
        );
        assert_eq!(inline("[x](javascript:alert(1))"), "x)");
        for odd in ["`", "**", "[", "[a](", "[a", "***", "a ``"] {
            assert!(to_html(odd).starts_with("<p>"), "{odd}");
        }
    }
}
