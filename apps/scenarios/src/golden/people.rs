//! Who asks: made by the script, not seeded.

/// Someone who is signed in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    /// `ada`; stands in the recording for the token.
    pub(crate) name: &'static str,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) user_id: String,
    pub(crate) session_id: String,
    /// The access token.
    pub(crate) token: String,
    pub(crate) refresh_token: String,
}

impl Person {
    /// Not registered yet. The password is as good as any: the installation lives for minutes and on loopback.
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            email: format!("{name}@golden.example"),
            password: format!("a kettle sings for number {}", name.len()),
            ..Self::default()
        }
    }
}
