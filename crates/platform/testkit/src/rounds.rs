//! How often tests of races and models repeat themselves.

/// How many rounds to run: few in a suite, as many as `TENON_ROUNDS` says in a longer run.
///
/// # Panics
///
/// If the variable is not a number.
pub fn rounds(usually: usize) -> usize {
    match std::env::var_os("TENON_ROUNDS") {
        None => usually,
        Some(text) => {
            let number = text.to_str().and_then(|text| text.parse().ok());
            number.unwrap_or_else(|| panic!("TENON_ROUNDS={text:?} is not a number"))
        }
    }
}
