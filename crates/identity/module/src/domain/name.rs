//! What people want to be called.

use tenon_kernel::FieldError;

const MAX_CHARS: usize = 100;

/// Reads a display name: 1 to 100 characters, none of them a control character.
pub(crate) fn read_display_name(text: &str, pointer: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_CHARS {
        return Err(FieldError::new(
            pointer,
            "out_of_range",
            "A name has 1 to 100 characters.",
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(FieldError::new(
            pointer,
            "control_character",
            "A name holds no control characters.",
        ));
    }
    Ok(text.to_owned())
}

/// What a client says about itself, cut to what a list of sessions can show.
pub(crate) fn client_label(user_agent: &str) -> Option<String> {
    let label: String = user_agent
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let label = label.trim();
    (!label.is_empty()).then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_any_characters_but_control() {
        assert_eq!(read_display_name(" 李小龍 ", "/x").as_deref(), Ok("李小龍"));
        for bad in ["", "  ", "a\u{7}b", "a\nb", &"x".repeat(101)] {
            assert!(read_display_name(bad, "/x").is_err(), "{bad:?}");
        }
    }
}
