//! `[backup]`

use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use tenon_settings::SettingsError;

/// `[backup]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BackupSettings {
    /// Where backups are kept, of this process alone; empty: none are made. They hold personal data, readable by their
    /// owner only; encryption is the directory's. `secrets.toml` is not among them: keep it elsewhere.
    pub directory: PathBuf,
    /// Between two moments that SQLite stores can be restored to, in milliseconds: 100 to 60000.
    pub interval_ms: u64,
    /// Between two whole copies of SQLite stores, in hours: a restore reads all that was shipped since the last one.
    pub base_hours: u32,
    /// How far back stores can be restored at least, in days.
    pub keep_days: u32,
    /// Largest log of a SQLite store in bytes, if shipping does not get on: beyond it what was not shipped is given up,
    /// and a new whole copy is taken once shipping works again. At least 64 MiB.
    pub max_log_bytes: u64,
    /// After how many seconds without a backup `/readyz` says so; the process stays ready.
    pub late_after_seconds: u32,
    /// Folder of `pg_basebackup` and the like; empty: the newest on the machine. They must not be older than the server.
    pub postgres_programs: PathBuf,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self {
            directory: PathBuf::new(),
            interval_ms: 1_000,
            base_hours: 24,
            keep_days: 14,
            max_log_bytes: 1024 * 1024 * 1024,
            late_after_seconds: 60,
            postgres_programs: PathBuf::new(),
        }
    }
}

impl BackupSettings {
    /// Whether backups are made.
    pub fn is_on(&self) -> bool {
        !self.directory.as_os_str().is_empty()
    }

    /// Checks what types cannot say.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let expect = |holds: bool, key: &str, expected: &str| {
            if holds {
                return Ok(());
            }
            Err(SettingsError::new(format!("backup.{key}"), expected))
        };
        let interval = (100..=60_000).contains(&self.interval_ms);
        expect(interval, "interval_ms", "expected 100 to 60000")?;
        expect(self.base_hours > 0, "base_hours", "expected at least 1")?;
        expect(self.keep_days > 0, "keep_days", "expected at least 1")?;
        let log = self.max_log_bytes >= 64 * 1024 * 1024;
        expect(log, "max_log_bytes", "expected at least 67108864")
    }

    pub(crate) fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }

    pub(crate) fn between_bases(&self) -> Duration {
        Duration::from_hours(self.base_hours.into())
    }

    pub(crate) fn kept(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.keep_days))
    }

    pub(crate) fn late_after(&self) -> Duration {
        Duration::from_secs(self.late_after_seconds.into())
    }
}
