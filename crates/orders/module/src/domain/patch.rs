//! One member of a change: left as it is, cleared, or set.

/// What a change does to a member (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Patch<T> {
    /// The change does not name it.
    #[default]
    Keep,
    /// The change clears it.
    Clear,
    /// The change sets it.
    Set(T),
}

impl<T> Patch<T> {
    /// Returns the value to be set, if there is one.
    pub(crate) fn as_set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// Changes a member.
    pub(crate) fn apply(self, member: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *member = None,
            Self::Set(value) => *member = Some(value),
        }
    }

    /// Converts the value to be set.
    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(convert(value)),
        }
    }
}
