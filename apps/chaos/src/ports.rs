//! Ports for servers that run at once.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below those that the system gives to outgoing connections, which could take one while its server restarts.
const FIRST: u32 = 20_000;
const COUNT: u32 = 8_000;

/// A port that nobody listens on and that no other caller in this process gets soon.
pub(crate) fn free() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Processes that run at once begin at different places.
    let offset = std::process::id().wrapping_mul(97);
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(offset);
        let port = u16::try_from(FIRST + next % COUNT).expect("below 28,000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
