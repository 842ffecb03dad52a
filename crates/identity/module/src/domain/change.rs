//! What a patch does to a member that may be absent (RFC 7396).

/// Leaves it, clears it or sets it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Change<T> {
    /// As it was.
    #[default]
    Keep,
    /// Gone.
    Clear,
    /// This from now on.
    Set(T),
}
