//! Where files of tests are: in memory where the machine offers it as a directory.

use std::path::Path;
use std::process::Command;

const MEMORY: &str = "/dev/shm";

/// A directory in memory that files can be made in and that has this much room; containers often have 64 MB there.
///
/// No test cuts the power, and a database on a disk waits for it.
pub(crate) fn in_memory(bytes: u64) -> Option<&'static Path> {
    let memory = Path::new(MEMORY);
    let fits = || tempfile::tempfile_in(memory).is_ok() && (bytes == 0 || room_in(memory) >= bytes);
    fits().then_some(memory)
}

/// As POSIX prints it: a line of headings, then device, size, used, available, all in KiB.
fn room_in(directory: &Path) -> u64 {
    let Ok(told) = Command::new("df").arg("-Pk").arg(directory).output() else {
        return 0;
    };
    let available: Option<u64> = String::from_utf8_lossy(&told.stdout)
        .lines()
        .nth(1)
        .and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    available.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_too_small_is_left_alone() {
        assert!(in_memory(u64::MAX).is_none());
        assert!(room_in(&std::env::temp_dir()) > 0);
    }
}
