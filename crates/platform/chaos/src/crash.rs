//! Crash points: the moments just before and just after something that cannot be taken back.
//!
//! The platform marks each of them once: the store every commit, the seam every call between modules, an adapter
//! every request that leaves the process. A module needs no code for it, and a new module has its points at once.

use std::fmt;

#[cfg(debug_assertions)]
use crate::stage::{self, Side};

#[cfg(debug_assertions)]
pub use self::armed::{BadSwitch, arm};

/// Something that cannot be taken back, begun and not ended yet.
///
/// One that is dropped instead was given up, or failed: there is no moment after it.
#[derive(Debug)]
#[must_use = "say when it is over"]
pub struct Crossing {
    #[cfg(debug_assertions)]
    point: Option<armed::Point>,
    #[cfg(debug_assertions)]
    announced: stage::Announced,
}

/// Begins something that cannot be taken back. The name must be the same in every run: `commit orders.place`.
#[inline]
pub fn crossing(name: fmt::Arguments<'_>) -> Crossing {
    #[cfg(debug_assertions)]
    let crossing = Crossing {
        point: armed::before(name),
        announced: stage::announce(name),
    };
    #[cfg(not(debug_assertions))]
    let crossing = {
        let _ = name;
        Crossing {}
    };
    crossing
}

impl Crossing {
    /// It is done, and whoever asked for it does not know yet.
    #[inline]
    pub fn done(self) {
        #[cfg(debug_assertions)]
        {
            if let Some(point) = &self.point {
                armed::after(point);
            }
            self.announced.tell(Side::After);
        }
    }

    /// In a simulation: takes the time that a disk takes before it has begun, or never ends.
    #[inline]
    pub async fn hold(&self) {
        #[cfg(debug_assertions)]
        if let Some(hold) = self.announced.hold(Side::Before) {
            hold.await;
        }
    }

    /// As [`Crossing::done`]; in a simulation it takes the time until whoever asked for it hears of it.
    #[inline]
    pub async fn done_and_hold(self) {
        #[cfg(debug_assertions)]
        let hold = self.announced.hold(Side::After);
        self.done();
        #[cfg(debug_assertions)]
        if let Some(hold) = hold {
            hold.await;
        }
    }
}

#[cfg(debug_assertions)]
mod armed {
    use std::collections::BTreeMap;
    use std::fmt;
    use std::fs::File;
    use std::io::Write as _;
    use std::path::PathBuf;
    use std::str::FromStr;
    use std::sync::{Mutex, OnceLock};

    static ARMED: OnceLock<Armed> = OnceLock::new();

    /// A point that was reached: the how-manieth of its name.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) struct Point {
        name: String,
        number: u32,
    }

    /// Why the switch cannot be understood.
    #[derive(Debug, PartialEq, Eq)]
    pub struct BadSwitch(&'static str);

    /// What the switch says: `<folder>`, or `<folder>;<before|after>:<number>:<name>` to stop there.
    ///
    /// Every point is written down in the file `record` of the folder. They have the number 0 until there is a file
    /// `gate` in it, and count from 1 by name from then on.
    #[derive(Debug, PartialEq, Eq)]
    struct Switch {
        folder: PathBuf,
        stop: Option<(Side, Point)>,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Side {
        Before,
        After,
    }

    struct Armed {
        switch: Switch,
        state: Mutex<State>,
    }

    struct State {
        is_open: bool,
        reached: BTreeMap<String, u32>,
        record: File,
    }

    /// Switches crash points on, as the value of [`crate::SWITCH`] says; at most once in a process.
    ///
    /// # Errors
    ///
    /// If the value cannot be understood or the record cannot be written, or if they are on already.
    pub fn arm(switch: &str) -> Result<(), BadSwitch> {
        let armed = Armed::new(switch)?;
        ARMED
            .set(armed)
            .map_err(|_| BadSwitch("crash points are switched on already"))
    }

    pub(super) fn before(name: fmt::Arguments<'_>) -> Option<Point> {
        Some(ARMED.get()?.before(name))
    }

    pub(super) fn after(point: &Point) {
        if let Some(armed) = ARMED.get() {
            armed.reach(Side::After, point);
        }
    }

    impl Armed {
        fn new(switch: &str) -> Result<Self, BadSwitch> {
            let switch: Switch = switch.parse()?;
            let record = File::options()
                .create(true)
                .append(true)
                .open(switch.folder.join("record"))
                .map_err(|_| BadSwitch("the record cannot be opened"))?;
            let state = Mutex::new(State {
                is_open: false,
                reached: BTreeMap::new(),
                record,
            });
            Ok(Self { switch, state })
        }

        fn before(&self, name: fmt::Arguments<'_>) -> Point {
            let point = {
                let mut state = self.state.lock().expect("nobody panics holding it");
                state.is_open = state.is_open || self.switch.folder.join("gate").exists();
                let name = name.to_string();
                let number = if state.is_open {
                    let number = state.reached.entry(name.clone()).or_default();
                    *number += 1;
                    *number
                } else {
                    0
                };
                Point { name, number }
            };
            self.reach(Side::Before, &point);
            point
        }

        fn reach(&self, side: Side, point: &Point) {
            if self
                .switch
                .stop
                .as_ref()
                .is_some_and(|(at, wanted)| (*at, wanted) == (side, point))
            {
                // As the power switch does: no destructor runs, nothing is flushed.
                std::process::abort();
            }
            let mut state = self.state.lock().expect("nobody panics holding it");
            let line = format!("{side}:{}:{}\n", point.number, point.name);
            state
                .record
                .write_all(line.as_bytes())
                .expect("the record takes a line");
        }
    }

    impl FromStr for Switch {
        type Err = BadSwitch;

        fn from_str(text: &str) -> Result<Self, BadSwitch> {
            let (folder, stop) = match text.split_once(';') {
                Some((folder, place)) => (folder, Some(place_of(place)?)),
                None => (text, None),
            };
            if folder.is_empty() {
                return Err(BadSwitch("expected a folder"));
            }
            Ok(Self {
                folder: folder.into(),
                stop,
            })
        }
    }

    /// Reads a place as it stands in a record: `before:2:commit orders/orders.place`.
    fn place_of(text: &str) -> Result<(Side, Point), BadSwitch> {
        let mut parts = text.splitn(3, ':');
        let side = match parts.next() {
            Some("before") => Side::Before,
            Some("after") => Side::After,
            _ => return Err(BadSwitch("expected `before` or `after`")),
        };
        let number = parts.next().and_then(|number| number.parse().ok());
        let number = number
            .filter(|number| *number > 0)
            .ok_or(BadSwitch("expected a number from 1"))?;
        let name = parts.next().ok_or(BadSwitch("expected a name"))?.to_owned();
        Ok((side, Point { name, number }))
    }

    impl fmt::Display for Side {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(match self {
                Self::Before => "before",
                Self::After => "after",
            })
        }
    }

    impl fmt::Display for BadSwitch {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}: {}", crate::SWITCH, self.0)
        }
    }

    impl std::error::Error for BadSwitch {}

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_switch_names_folder_side_number_and_point() {
            let switch: Switch = "/tmp/x;after:2:commit orders/orders.place"
                .parse()
                .expect("a switch");
            let point = Point {
                name: "commit orders/orders.place".to_owned(),
                number: 2,
            };
            assert_eq!(switch.folder, PathBuf::from("/tmp/x"));
            assert_eq!(switch.stop, Some((Side::After, point)));
        }

        #[test]
        fn what_cannot_be_understood_is_refused() {
            for switch in [
                "",
                ";before:1:x",
                "/tmp/x;halt:1:x",
                "/tmp/x;before:x:x",
                "/tmp/x;before:0:x",
                "/tmp/x;before:1",
            ] {
                assert!(switch.parse::<Switch>().is_err(), "{switch}");
            }
        }

        #[test]
        fn points_count_by_name_from_the_moment_the_gate_exists() {
            let folder = tempfile::tempdir().expect("a folder");
            let armed = Armed::new(&folder.path().display().to_string()).expect("armed");
            let number = |name: &str| armed.before(format_args!("{name}")).number;
            assert_eq!(number("a"), 0);
            std::fs::write(folder.path().join("gate"), "").expect("a file");
            assert_eq!(["a", "b", "a"].map(number), [1, 1, 2]);
            let record = std::fs::read_to_string(folder.path().join("record")).expect("a record");
            assert_eq!(record, "before:0:a\nbefore:1:a\nbefore:1:b\nbefore:2:a\n");
        }
    }
}
