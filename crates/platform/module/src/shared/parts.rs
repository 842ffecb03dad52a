//! What modules answer, put together.

use serde::de::DeserializeOwned;
use tenon_kernel::{Cursor, ErrorKind, FieldError};
use tenon_web::{Endpoint, Onward, Problem, Reply};

/// A module's part as it is reached from here, under the module's name.
pub(super) type NamedPart = (&'static str, Endpoint);

/// What the modules that answer say.
pub(super) struct Gathered<T> {
    pub(super) data: Vec<T>,
    /// The modules whose process does not answer now.
    pub(super) unreachable: Vec<String>,
}

/// Puts the lists of modules together.
pub(super) async fn gather<T: DeserializeOwned>(
    onward: &Onward,
    parts: impl IntoIterator<Item = &NamedPart>,
) -> Gathered<T> {
    let parts: Vec<_> = parts.into_iter().collect();
    let answers = onward.ask::<Vec<T>>(parts.iter().map(|(_, part)| part));
    let (mut data, mut unreachable) = (Vec::new(), Vec::new());
    for ((module, _), answer) in parts.iter().zip(answers.await) {
        match answer {
            Ok(listed) => data.extend(listed),
            Err(_) => unreachable.push((*module).to_owned()),
        }
    }
    Gathered { data, unreachable }
}

/// Asks every module for a thing, since none knows where it is; `None` if it is nowhere.
///
/// # Errors
///
/// What a module refused with, if it is not found: where somebody does not answer, nothing can be said.
pub(super) async fn find<T: DeserializeOwned>(
    onward: &Onward,
    parts: &[Endpoint],
) -> Result<Option<T>, Problem> {
    let mut silent = None;
    for answer in onward.ask::<Option<T>>(parts).await {
        match answer {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
            Err(problem) => silent = Some(problem),
        }
    }
    silent.map_or(Ok(None), Err)
}

impl<T> Gathered<T> {
    /// Leaves the first `limit`; returns the place of the last of them if there are more.
    pub(super) fn cut(&mut self, limit: usize, place: impl FnOnce(&T) -> String) -> Option<String> {
        let has_more = self.data.len() > limit;
        self.data.truncate(limit);
        self.data.last().filter(|_| has_more).map(place)
    }
}

/// Says where the list goes on, if it does.
pub(super) fn with_next(reply: Reply, next: Option<String>) -> Reply {
    match next {
        Some(next) => reply.next_page(&Cursor::from_text(next)),
        None => reply,
    }
}

/// For lists that are put together from all modules: their cursors hold a place, which any module can read.
pub(super) fn no_such_page() -> Problem {
    let wrong = FieldError::new(
        "?cursor",
        "invalid_cursor",
        "Expected `next_cursor` of the page before.",
    );
    Problem::new(
        ErrorKind::Malformed,
        "invalid_cursor",
        "The cursor does not belong to this list.",
    )
    .with_fields(vec![wrong])
}
