//! The catcher met by a real mail client, a rude one, and a browser.

mod conversation;
mod page;
