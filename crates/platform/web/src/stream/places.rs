//! How many streams may be open, in all and of one caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tenon_kernel::ErrorKind;

use crate::Problem;

/// When to try again: streams end when their readers go, which nobody can foretell.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Counts the open streams of this process.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    open: Arc<Mutex<HashMap<String, usize>>>,
    most: usize,
    most_of_one: usize,
}

/// Held while a stream is open.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    owner: String,
}

impl Places {
    pub(crate) fn new(most: usize, most_of_one: usize) -> Self {
        Self {
            open: Arc::default(),
            most,
            most_of_one,
        }
    }

    /// Takes a place, unless the caller has too many or there is none left. `owner` names the caller.
    pub(crate) fn enter(&self, owner: String) -> Result<Place, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.values().sum::<usize>() >= self.most {
            return Err(Problem::new(
                ErrorKind::Unavailable,
                "overloaded",
                "Too many streams are open; nothing was done.",
            ));
        }
        let of_one = open.get(&owner).copied().unwrap_or(0);
        if of_one >= self.most_of_one {
            let detail = format!(
                "At most {} streams of one caller may be open; end one of them.",
                self.most_of_one
            );
            return Err(
                Problem::new(ErrorKind::RateLimited, "too_many_streams", detail)
                    .with_retry_after(RETRY_AFTER)
                    .with_extension("max_streams", self.most_of_one),
            );
        }
        open.insert(owner.clone(), of_one + 1);
        Ok(Place {
            places: self.clone(),
            owner,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self
            .places
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(entered: Result<Place, Problem>) -> Option<(u16, &'static str)> {
        let problem = entered.err()?;
        Some((problem.status().as_u16(), problem.code()))
    }

    #[test]
    fn places_are_bounded_and_come_back() {
        let places = Places::new(3, 2);
        let first = places.enter("ada".to_owned()).expect("a place");
        let second = places.enter("ada".to_owned()).expect("a place");
        let refused = code(places.enter("ada".to_owned()));
        assert_eq!(refused, Some((429, "too_many_streams")));
        let other = places.enter("bob".to_owned()).expect("a place");
        let refused = code(places.enter("eve".to_owned()));
        assert_eq!(refused, Some((503, "overloaded")));
        drop((first, other));
        assert!(places.enter("ada".to_owned()).is_ok());
        drop(second);
        assert!(
            places
                .open
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty()
        );
    }
}
