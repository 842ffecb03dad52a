//! What to call a reader.

/// Longest name that is used, in characters.
const MAX_NAME: usize = 60;

/// Returns a name that people typed in if it is one: mails must not carry the words of whoever registers with
/// someone else's address, least of all their links.
pub(crate) fn plain_name(name: &str) -> Option<String> {
    let name = name.trim();
    let is_short = (1..=MAX_NAME).contains(&name.chars().count());
    let is_plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '\'' | '’'));
    // "Dr. Ada" is a name, "evil.example" is an address.
    let is_address = name
        .split(' ')
        .any(|word| word.trim_end_matches(['.', ',']).contains('.'));
    (is_short && is_plain && !is_address).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_and_messages_are_not() {
        for name in [
            "Ada",
            "Dr. Ada Lovelace",
            "Jean-Luc O'Neill",
            "李小龍",
            "Ada Lovelace, Jr.",
            "J. R. R. Tolkien",
        ] {
            assert_eq!(plain_name(name).as_deref(), Some(name));
        }
        for wrong in [
            "",
            "Win at https://evil.example",
            "evil.example",
            "Ada\r\nBcc: eve@example.com",
            "<b>Ada</b>",
            "ada@example.com",
            &"long ".repeat(20),
        ] {
            assert_eq!(plain_name(wrong), None, "{wrong}");
        }
    }
}
