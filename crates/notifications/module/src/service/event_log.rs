//! The log of public events: what goes in, and how readers outside follow it.

mod follow;
mod get;
mod list;
mod purge;
mod record;

use std::time::Duration;

use tenon_kernel::CursorKey;
use tenon_store::Db;
use tokio::sync::{Mutex, watch};

pub(crate) use self::list::EventPage;
use crate::domain::{Catalogue, EventType};
use crate::settings::EventSettings;

/// What the use cases of the log share.
pub(crate) struct EventLog {
    db: Db,
    cursor_key: CursorKey,
    catalogue: &'static Catalogue,
    retention: Duration,
    /// The newest position that this process knows of: what waiting readers listen to.
    head: watch::Sender<i64>,
    /// Held by the one waiting reader that looks for what other processes have recorded.
    looking: Mutex<()>,
}

impl EventLog {
    pub(crate) fn new(db: Db, cursor_key: CursorKey, settings: &EventSettings) -> Self {
        Self {
            db,
            cursor_key,
            catalogue: Catalogue::get(),
            retention: Duration::from_hours(24) * settings.retention_days,
            head: watch::Sender::new(0),
            looking: Mutex::new(()),
        }
    }

    /// All types of public events, by name.
    pub(crate) fn event_types(&self) -> impl Iterator<Item = &EventType> {
        self.catalogue.all()
    }

    /// Tells of new positions that this process knows of.
    pub(crate) fn heads(&self) -> watch::Receiver<i64> {
        self.head.subscribe()
    }

    /// Wakes waiting readers.
    fn announce(&self, position: i64) {
        announce(&self.head, position);
    }
}

/// Wakes readers that wait for something beyond a position.
fn announce(head: &watch::Sender<i64>, position: i64) {
    head.send_if_modified(|head| {
        let is_new = position > *head;
        *head = position.max(*head);
        is_new
    });
}
