//! Finds the PostgreSQL server on the machine.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Directories whose subdirectories are versions that hold a `bin`.
const VERSIONED: [&str; 3] = [
    "/usr/lib/postgresql",
    "/usr/local/lib/postgresql",
    "/Library/PostgreSQL",
];
/// Directories that hold `postgresql@17/bin` and the like.
const HOMEBREW: [&str; 2] = ["/opt/homebrew/opt", "/usr/local/opt"];

/// Returns the directory that holds `initdb` and `postgres`: of the newest version, or of the one on the path.
pub(super) fn find() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            versioned()
                .into_iter()
                .chain(on_path())
                .find(|bin| is_complete(bin))
        })
        .as_deref()
}

fn versioned() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (directories, prefix) in [
        (VERSIONED.as_slice(), ""),
        (HOMEBREW.as_slice(), "postgresql@"),
    ] {
        for entry in directories
            .iter()
            .filter_map(|directory| std::fs::read_dir(directory).ok())
            .flatten()
            .flatten()
        {
            let name = entry.file_name();
            let version = name
                .to_str()
                .and_then(|name| name.strip_prefix(prefix))
                .and_then(|v| v.parse().ok());
            found.extend(version.map(|version| (version, entry.path().join("bin"))));
        }
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, bin)| bin).collect()
}

fn on_path() -> Vec<PathBuf> {
    let Some(path) = std::env::var_os("PATH") else {
        return Vec::new();
    };
    // A link to `postgres` alone still leads to its neighbours.
    std::env::split_paths(&path)
        .filter_map(|directory| directory.join("postgres").canonicalize().ok())
        .filter_map(|server| server.parent().map(Path::to_owned))
        .collect()
}

fn is_complete(bin: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|name| bin.join(name).is_file())
}
