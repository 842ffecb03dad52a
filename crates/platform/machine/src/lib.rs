//! What the operating system is asked for on behalf of heavy work: huge pages, and time that nobody else wants. Hints only:
//! where it has neither, everything works as well, slower.

mod huge;
mod priority;

pub use huge::filled_in_huge_pages;
pub use priority::{Urgency, become_background, become_urgent, urgency_of_this_thread};
