//! What a server wrote down of the places it came by.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::time::Instant;

/// Switches the crash points of a debug build on.
const SWITCH: &str = "TENON_CRASH_POINTS";
/// How long nothing must happen before everything counts as done: workers look at least twice a second.
const QUIET: Duration = Duration::from_millis(800);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(25);
/// How long a server may take to come to rest.
const PATIENCE: Duration = Duration::from_mins(2);
/// What comes by itself every few seconds, whether somebody asks for something or not.
const BY_THE_CLOCK: [&str; 1] = ["/workers.take"];

/// The record in a folder.
#[derive(Debug)]
pub(crate) struct Record {
    folder: PathBuf,
    /// How many lines there were when there were more for the last time.
    seen: (usize, Instant),
}

/// A moment before or after something that cannot be taken back: `before:1:commit orders/orders.place`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(String);

impl Record {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            seen: (0, Instant::now()),
        }
    }

    /// The variable with which a server keeps this record, and stops at a place.
    pub(crate) fn switch(&self, stop: Option<&Place>) -> (&'static str, String) {
        let folder = self.folder.display();
        let value = match stop {
            None => folder.to_string(),
            Some(Place(place)) => format!("{folder};{place}"),
        };
        (SWITCH, value)
    }

    /// From here on places count.
    pub(crate) fn open_gate(&self) -> Result<()> {
        fs::write(self.folder.join("gate"), "").context("the gate opens")
    }

    /// Waits until nothing happens any more.
    pub(crate) async fn quiet(&mut self) -> Result<()> {
        let limit = Instant::now() + PATIENCE;
        self.seen.1 = Instant::now();
        while !self.is_quiet()? {
            if Instant::now() > limit {
                bail!("the server does not come to rest");
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Whether nothing has happened for a while.
    pub(crate) fn is_quiet(&mut self) -> Result<bool> {
        let text = fs::read_to_string(self.file()).context("nothing was recorded")?;
        let places = text.lines().map(|line| Place(line.to_owned()));
        let count = places.filter(|place| !place.is_by_the_clock()).count();
        if count != self.seen.0 {
            self.seen = (count, Instant::now());
        }
        Ok(self.seen.1.elapsed() > QUIET)
    }

    /// The places that were come by since the gate was opened, in order.
    pub(crate) fn places(&self) -> Result<Vec<Place>> {
        let text = fs::read_to_string(self.file()).context("nothing was recorded")?;
        let places = text.lines().map(|line| Place(line.to_owned()));
        Ok(places
            .filter(|place| !place.is_before_the_gate() && !place.is_by_the_clock())
            .collect())
    }

    fn file(&self) -> PathBuf {
        self.folder.join("record")
    }
}

impl Place {
    pub(crate) fn is_before(&self) -> bool {
        self.0.starts_with("before:")
    }

    fn is_before_the_gate(&self) -> bool {
        self.0.split(':').nth(1) == Some("0")
    }

    fn is_by_the_clock(&self) -> bool {
        BY_THE_CLOCK.iter().any(|name| self.0.ends_with(name))
    }
}

/// `before commit orders/orders.place #1`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.splitn(3, ':');
        let mut next = || parts.next().unwrap_or_default();
        let (side, number, name) = (next(), next(), next());
        write!(f, "{side:<6} {name} #{number}")
    }
}
