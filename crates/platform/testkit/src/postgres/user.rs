//! Whom the server runs as: PostgreSQL refuses root, and so do we.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// An account of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    uid: u32,
    gid: u32,
}

/// Returns the account to change to: `postgres` or `nobody` if `own_file`, which this process has made,
/// belongs to root; `None` if this process may run the server itself.
pub(super) fn to_change_to(own_file: &Path) -> Option<User> {
    let is_root = std::fs::metadata(own_file).is_ok_and(|metadata| metadata.uid() == 0);
    is_root.then(|| {
        let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| find(&accounts, name))
            .expect("an account `postgres` or `nobody`, since the server never runs as root")
    })
}

impl User {
    /// Lets a command run as this account.
    pub(super) fn run(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives a directory to this account.
    pub(super) fn own(self, path: &Path) -> std::io::Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
    }
}

/// `postgres:x:101:104:…`
fn find(accounts: &str, name: &str) -> Option<User> {
    let fields = accounts
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields[0] == name)?;
    Some(User {
        uid: fields.get(2)?.parse().ok()?,
        gid: fields.get(3)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_name() {
        let accounts =
            "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(
            find(accounts, "postgres"),
            Some(User { uid: 101, gid: 104 })
        );
        assert_eq!(find(accounts, "nobody"), None);
    }
}
