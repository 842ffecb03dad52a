//! Crash points: the moments just before and just after something that cannot be taken back.
//!
//! The platform marks each of them once: the store every commit, the seam every call between modules, an adapter
//! every request that leaves the process. A module needs no code for it, and a new module has its points at once.

use std::fmt;

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
}

/// Begins something that cannot be taken back. The name must be the same in every run: `commit orders.place`.
#[inline]
pub fn crossing(name: fmt::Arguments<'_>) -> Crossing {
    #[cfg(debug_assertions)]
    let crossing = Crossing {
        point: armed::before(name),
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
        if let Some(point) = self.point {
            armed::after(&point);
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

    /// What the switch says: `<gate>;record:<file>` or `<gate>;stop:<before|after>:<number>:<name>`. Points count from
    /// the moment in which the file `gate` exists.
    #[derive(Debug, PartialEq, Eq)]
    struct Switch {
        gate: PathBuf,
        order: Order,
    }

    #[derive(Debug, PartialEq, Eq)]
    enum Order {
        Record(PathBuf),
        Stop { side: Side, point: Point },
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

    #[derive(Default)]
    struct State {
        is_open: bool,
        reached: BTreeMap<String, u32>,
        record: Option<File>,
    }

    /// Switches crash points on, as the value of [`crate::SWITCH`] says; at most once in a process.
    ///
    /// # Errors
    ///
    /// If the value cannot be understood or the record cannot be written, or if they are on already.
    pub fn arm(switch: &str) -> Result<(), BadSwitch> {
        let switch: Switch = switch.parse()?;
        let record = match &switch.order {
            Order::Record(file) => {
                let file = File::options().create(true).append(true).open(file);
                Some(file.map_err(|_| BadSwitch("the record cannot be opened"))?)
            }
            Order::Stop { .. } => None,
        };
        let state = State {
            record,
            ..State::default()
        };
        let armed = Armed {
            switch,
            state: Mutex::new(state),
        };
        ARMED
            .set(armed)
            .map_err(|_| BadSwitch("crash points are switched on already"))
    }

    pub(super) fn before(name: fmt::Arguments<'_>) -> Option<Point> {
        ARMED.get()?.before(name)
    }

    pub(super) fn after(point: &Point) {
        if let Some(armed) = ARMED.get() {
            armed.reach(Side::After, point);
        }
    }

    impl Armed {
        fn before(&self, name: fmt::Arguments<'_>) -> Option<Point> {
            let point = {
                let mut state = self.state.lock().expect("nobody panics holding it");
                state.is_open = state.is_open || self.switch.gate.exists();
                if !state.is_open {
                    return None;
                }
                let name = name.to_string();
                let number = state.reached.entry(name.clone()).or_default();
                *number += 1;
                let number = *number;
                Point { name, number }
            };
            self.reach(Side::Before, &point);
            Some(point)
        }

        fn reach(&self, side: Side, point: &Point) {
            match &self.switch.order {
                Order::Record(_) => {
                    let mut state = self.state.lock().expect("nobody panics holding it");
                    let line = format!("{side}:{}:{}\n", point.number, point.name);
                    if let Some(file) = &mut state.record {
                        file.write_all(line.as_bytes())
                            .expect("the record takes a line");
                    }
                }
                // As the power switch does: no destructor runs, nothing is flushed.
                Order::Stop { side: at, point: p } if (*at, p) == (side, point) => {
                    std::process::abort()
                }
                Order::Stop { .. } => {}
            }
        }
    }

    impl FromStr for Switch {
        type Err = BadSwitch;

        fn from_str(text: &str) -> Result<Self, BadSwitch> {
            let (gate, order) = text
                .split_once(';')
                .ok_or(BadSwitch("expected `<gate>;<order>`"))?;
            let order = match order.split_once(':') {
                Some(("record", file)) => Order::Record(file.into()),
                Some(("stop", place)) => place.parse()?,
                _ => return Err(BadSwitch("expected `record:` or `stop:`")),
            };
            Ok(Self {
                gate: gate.into(),
                order,
            })
        }
    }

    /// A place as it stands in a record: `before:2:commit orders.place`.
    impl FromStr for Order {
        type Err = BadSwitch;

        fn from_str(place: &str) -> Result<Self, BadSwitch> {
            let mut parts = place.splitn(3, ':');
            let side = match parts.next() {
                Some("before") => Side::Before,
                Some("after") => Side::After,
                _ => return Err(BadSwitch("expected `before` or `after`")),
            };
            let number = parts.next().and_then(|number| number.parse().ok());
            let number = number.ok_or(BadSwitch("expected a number from 1"))?;
            let name = parts.next().ok_or(BadSwitch("expected a name"))?.to_owned();
            Ok(Self::Stop {
                side,
                point: Point { name, number },
            })
        }
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

        fn armed(switch: &str) -> Armed {
            Armed {
                switch: switch.parse().expect("a switch"),
                state: Mutex::default(),
            }
        }

        #[test]
        fn a_switch_names_gate_side_number_and_point() {
            let switch: Switch = "/tmp/gate;stop:after:2:commit orders/orders.place"
                .parse()
                .expect("a switch");
            let point = Point {
                name: "commit orders/orders.place".to_owned(),
                number: 2,
            };
            let side = Side::After;
            assert_eq!(switch.gate, PathBuf::from("/tmp/gate"));
            assert_eq!(switch.order, Order::Stop { side, point });
        }

        #[test]
        fn what_cannot_be_understood_is_refused() {
            for switch in [
                "",
                "/tmp/gate",
                "/tmp/gate;halt:1",
                "/tmp/gate;stop:during:1:x",
                "/tmp/gate;stop:before:x:x",
                "/tmp/gate;stop:before:1",
            ] {
                assert!(switch.parse::<Switch>().is_err(), "{switch}");
            }
        }

        #[test]
        fn points_count_by_name_from_the_moment_the_gate_exists() {
            let folder = tempfile::tempdir().expect("a folder");
            let gate = folder.path().join("gate");
            let armed = armed(&format!("{};stop:before:9:x", gate.display()));
            assert_eq!(armed.before(format_args!("a")), None);
            std::fs::write(&gate, "").expect("a file");
            let numbers = ["a", "b", "a"].map(|name| {
                let point = armed.before(format_args!("{name}")).expect("counted");
                point.number
            });
            assert_eq!(numbers, [1, 1, 2]);
        }
    }
}
