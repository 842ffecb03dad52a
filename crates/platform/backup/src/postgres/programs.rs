//! Finds the programs of PostgreSQL on the machine.

use std::fs;
use std::path::{Path, PathBuf};

use crate::BackupError;

/// Folders whose entries are versions that hold a `bin`, with what stands before the number.
const VERSIONED: [(&str, &str); 4] = [
    ("/usr/lib/postgresql", ""),
    ("/usr/local/lib/postgresql", ""),
    ("/Library/PostgreSQL", ""),
    ("/opt/homebrew/opt", "postgresql@"),
];
const OTHERS: [&str; 3] = ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"];

/// A folder with programs.
#[derive(Debug, Clone)]
pub(super) struct Programs(PathBuf);

impl Programs {
    /// Those that a setting names, or the newest on the machine.
    pub(super) fn find(set: &Path) -> Result<Self, BackupError> {
        let candidates = if set.as_os_str().is_empty() {
            let others = OTHERS.into_iter().map(PathBuf::from);
            versioned().into_iter().chain(others).collect()
        } else {
            vec![set.to_owned()]
        };
        let has = |folder: &PathBuf| folder.join("pg_basebackup").is_file();
        let found = candidates.into_iter().find(has);
        found.map(Self).ok_or_else(|| BackupError::Program {
            program: "pg_basebackup",
            problem: "not found; install PostgreSQL, or set `backup.postgres_programs`".to_owned(),
        })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// Newest first.
fn versioned() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (folder, prefix) in VERSIONED {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix));
            let version = version.and_then(|version| version.parse().ok());
            found.extend(version.map(|version| (version, entry.path().join("bin"))));
        }
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}
