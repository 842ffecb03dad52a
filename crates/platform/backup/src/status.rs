//! How the backup is doing: for readiness, metrics and people.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus::{
    Gauge, Histogram, IntCounter, register_gauge, register_histogram, register_int_counter,
};
use serde::Serialize;
use tenon_kernel::{Env, Timestamp};

static AGE: LazyLock<Gauge> = LazyLock::new(|| {
    register_gauge!(
        "tenon_backup_cut_age_seconds",
        "Seconds since the stores were last known to be shipped whole: what would be lost now."
    )
    .expect("the name is registered once")
});

static BYTES: LazyLock<IntCounter> = LazyLock::new(|| {
    register_int_counter!(
        "tenon_backup_shipped_bytes_total",
        "Bytes written to the backup directory."
    )
    .expect("the name is registered once")
});

static FAILURES: LazyLock<IntCounter> = LazyLock::new(|| {
    register_int_counter!(
        "tenon_backup_failures_total",
        "Attempts to ship that failed, but for cuts given up for a busy writer."
    )
    .expect("the name is registered once")
});

static GIVEN_UP: LazyLock<IntCounter> = LazyLock::new(|| {
    register_int_counter!(
        "tenon_backup_cuts_given_up_total",
        "Cuts that were given up so as not to make other modules wait for a busy one."
    )
    .expect("the name is registered once")
});

static STOOD_STILL: LazyLock<Histogram> = LazyLock::new(|| {
    let seconds = vec![0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0];
    register_histogram!(
        "tenon_backup_writers_stood_still_seconds",
        "How long the first of all writers stood still for a cut; one whose log is moved then goes on later.",
        seconds
    )
    .expect("the name is registered once")
});

static BASES: LazyLock<IntCounter> = LazyLock::new(|| {
    register_int_counter!(
        "tenon_backup_bases_total",
        "Whole copies of the stores that were taken."
    )
    .expect("the name is registered once")
});

/// How the backup is doing. Clones are the same.
#[derive(Clone)]
pub struct Status {
    env: Env,
    late_after: Duration,
    seen: Arc<Mutex<Seen>>,
}

/// What is known, for people.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Seen {
    /// The base that is shipped to now.
    pub folder: Option<PathBuf>,
    /// The last moment that the stores can be restored to.
    pub last_cut: Option<Timestamp>,
    /// When the stores were last known to be shipped whole; later than the last cut if nothing was written since.
    pub whole_at: Option<Timestamp>,
    /// Why shipping does not get on.
    pub trouble: Option<String>,
    #[serde(skip)]
    began: Option<Timestamp>,
}

impl Status {
    pub(crate) fn new(env: &Env, late_after: Duration) -> Self {
        let seen = Seen {
            began: Some(env.now()),
            ..Seen::default()
        };
        Self {
            env: env.clone(),
            late_after,
            seen: Arc::new(Mutex::new(seen)),
        }
    }

    /// What is known now.
    pub fn seen(&self) -> Seen {
        self.lock().clone()
    }

    /// Why the backup needs somebody to look at it, if it does.
    pub fn trouble(&self) -> Option<String> {
        let age = self.age();
        (age > self.late_after).then(|| {
            let trouble = self.seen().trouble;
            let why = trouble.map_or_else(String::new, |why| format!(": {why}"));
            format!("nothing was backed up for {} s{why}", age.as_secs())
        })
    }

    /// How much would be lost now.
    pub(crate) fn age(&self) -> Duration {
        let seen = self.lock();
        let since = seen.whole_at.or(seen.began).unwrap_or_default();
        self.env.now().since(since)
    }

    /// Shows the age to who collects metrics.
    pub(crate) fn show_age(&self) {
        AGE.set(self.age().as_secs_f64());
    }

    /// A cut was shipped, or nothing was written since the last one.
    pub(crate) fn shipped(&self, folder: PathBuf, cut: Timestamp, at: Timestamp, bytes: u64) {
        BYTES.inc_by(bytes);
        {
            let mut seen = self.lock();
            if let Some(trouble) = seen.trouble.take() {
                tracing::info!(trouble, "the backup gets on again");
            }
            seen.folder = Some(folder);
            seen.last_cut = Some(cut);
            seen.whole_at = Some(at);
        }
        self.show_age();
    }

    /// Says it to the log once, not with every attempt.
    pub(crate) fn failed(&self, trouble: String) {
        FAILURES.inc();
        let mut seen = self.lock();
        if seen.trouble.is_none() {
            tracing::error!(trouble, "the backup does not get on");
        }
        seen.trouble = Some(trouble);
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a whole copy of the stores.
pub(crate) fn base_taken(bytes: u64) {
    BASES.inc();
    BYTES.inc_by(bytes);
}

/// Notes how long writers stood still.
pub(crate) fn stood_still(time: Duration) {
    STOOD_STILL.observe(time.as_secs_f64());
}

/// Counts a cut that was given up.
pub(crate) fn given_up() {
    GIVEN_UP.inc();
}
