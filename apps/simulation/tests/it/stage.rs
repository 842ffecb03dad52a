//! What the code on the stage tells, and where it is held up: at commits, for as long as a disk takes, or for ever.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tenon_chaos::{Hold, Side, Stage};
use tenon_testkit::Dice;

use crate::trace::Trace;

/// Longest time that a disk takes, before and after it has written.
const SLOWEST_DISK: usize = 3;

/// Hears of commits and calls.
pub(crate) struct Theatre {
    trace: Rc<Trace>,
    dice: RefCell<Dice>,
    doom: RefCell<Option<Doom>>,
    fallen: Cell<Option<&'static str>>,
}

/// A process that ends at one of its next commits, just before or after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doom {
    pub(crate) process: &'static str,
    pub(crate) commits: usize,
    pub(crate) side: Side,
}

impl Theatre {
    pub(crate) fn new(trace: Rc<Trace>, dice: Dice) -> Self {
        Self {
            trace,
            dice: RefCell::new(dice),
            doom: RefCell::new(None),
            fallen: Cell::new(None),
        }
    }

    /// Has a process end at a commit to come.
    pub(crate) fn doom(&self, doom: Option<Doom>) {
        *self.doom.borrow_mut() = doom;
    }

    /// The process that reached its last commit.
    pub(crate) fn take_fallen(&self) -> Option<&'static str> {
        self.fallen.take()
    }

    /// Whether the process ends here.
    fn ends(&self, side: Side, point: &str) -> bool {
        let mut doom = self.doom.borrow_mut();
        let Some(Doom {
            process,
            commits,
            side: at,
        }) = doom.as_mut()
        else {
            return false;
        };
        let is_here = point
            .strip_prefix("commit ")
            .and_then(|unit| unit.split_once('/'))
            .is_some_and(|(module, _)| module == *process);
        if !is_here || *at != side {
            return false;
        }
        *commits = commits.saturating_sub(1);
        if *commits > 0 {
            return false;
        }
        self.fallen.set(Some(process));
        *doom = None;
        true
    }
}

impl Stage for Theatre {
    fn reached(&self, side: Side, point: &str) {
        let side = match side {
            Side::Before => "before",
            Side::After => "after",
        };
        self.trace.note(format_args!("{side} {point}"));
    }

    fn hold(&self, side: Side, point: &str) -> Hold {
        if self.ends(side, point) {
            self.trace
                .note(format_args!("the process ends {side:?} {point}"));
            return Box::pin(std::future::pending());
        }
        let millis = u64::try_from(self.dice.borrow_mut().roll(SLOWEST_DISK + 1)).unwrap_or(0);
        Box::pin(async move {
            if millis > 0 {
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
        })
    }
}
