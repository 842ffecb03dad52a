//! Backups of PostgreSQL by its own programs: `pg_basebackup`, `pg_receivewal`, `pg_verifybackup`.
//!
//! ```text
//! <backup.directory>/postgres/
//!   wal/                        what pg_receivewal writes
//!   2026-11-29T10-15-07Z/       a base: data/ is a data directory, base.json says from when on it can be restored
//! ```
//!
//! All modules are in one cluster, whose log is one: whatever moment it is restored to is the same in all of them.

mod prepare;
mod programs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use tenon_kernel::{Env, Timestamp};
use tenon_settings::Secret;

use self::programs::Programs;
use crate::chain::{entries, new_folder, remove};
use crate::files::{make_folder, write_whole};
use crate::{BackupError, BackupSettings, TakenBase};

/// The slot that makes the server keep what was not received yet.
const SLOT: &str = "tenon_backup";
const DESCRIPTION: &str = "base.json";

/// Where a cluster is, and where its backups are.
#[derive(Debug)]
pub struct Cluster {
    settings: BackupSettings,
    url: Secret,
    programs: Programs,
}

/// From when on a base can be restored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Base {
    begun: Timestamp,
    ended: Timestamp,
}

/// A base of a cluster.
#[derive(Debug, Clone)]
pub struct ListedBase {
    /// Where it lies.
    pub folder: PathBuf,
    /// The first moment that it can be restored to.
    pub first: Timestamp,
}

impl Cluster {
    /// A cluster, by the URL of a role that may replicate: an owner with `REPLICATION`.
    ///
    /// # Errors
    ///
    /// If no programs of PostgreSQL are found.
    pub fn new(settings: &BackupSettings, url: &Secret) -> Result<Self, BackupError> {
        Ok(Self {
            settings: settings.clone(),
            url: url.clone(),
            programs: Programs::find(&settings.postgres_programs)?,
        })
    }

    /// Takes a base now, then removes bases and logs that no moment within the time to keep needs. Blocks.
    pub fn take_base(&self, env: &Env) -> Result<TakenBase, BackupError> {
        let root = self.root();
        make_folder(&root)?;
        let begun = env.now();
        let folder = new_folder(&root, begun);
        let draft = folder.with_extension("draft");
        make_folder(&draft)?;
        let mut command = self.program("pg_basebackup");
        command
            .arg("--pgdata")
            .arg(draft.join("data"))
            // What it needs to be sound comes with it; what follows is received all the time.
            .args(["--wal-method=stream", "--checkpoint=fast"]);
        if let Err(error) = run("pg_basebackup", &mut command) {
            drop(fs::remove_dir_all(&draft)); // half a base; what is left is in nobody's way
            return Err(error);
        }
        let ended = env.now();
        let description = serde_json::to_vec_pretty(&Base { begun, ended });
        let description = description.expect("a description is plain data");
        write_whole(&draft.join(DESCRIPTION), &description)?;
        fs::rename(&draft, &folder).map_err(BackupError::io("rename", &draft))?;
        self.forget_old(ended)?;
        Ok(TakenBase {
            bytes: size_of(&folder)?,
            cut: ended,
            folder,
        })
    }

    /// What runs `pg_receivewal`, with a slot, until it is told to stop: exactly one for a cluster.
    pub fn receiver(&self) -> Result<Command, BackupError> {
        let wal = self.wal();
        make_folder(&wal)?;
        let mut make_slot = self.program("pg_receivewal");
        make_slot.args(["--slot", SLOT, "--create-slot", "--if-not-exists"]);
        run("pg_receivewal", &mut make_slot)?;
        let mut command = self.program("pg_receivewal");
        command
            .arg("--directory")
            .arg(wal)
            // On the disk as soon as it comes.
            .args(["--slot", SLOT, "--synchronous"]);
        Ok(command)
    }

    /// What there is to restore, oldest first.
    pub fn list(&self) -> Result<Vec<ListedBase>, BackupError> {
        let mut listed = Vec::new();
        let root = self.root();
        if !root.exists() {
            return Ok(listed);
        }
        for folder in entries(&root)? {
            let description = folder.join(DESCRIPTION);
            if folder.extension().is_some() || !description.is_file() {
                continue;
            }
            let text = fs::read(&description).map_err(BackupError::io("read", &description))?;
            let base: Base = serde_json::from_slice(&text)
                .map_err(|_| BackupError::damaged(&description, "it cannot be read"))?;
            listed.push(ListedBase {
                folder,
                first: base.ended,
            });
        }
        listed.sort_by_key(|base| base.first);
        Ok(listed)
    }

    fn forget_old(&self, now: Timestamp) -> Result<(), BackupError> {
        let until = now - self.settings.kept();
        let bases = self.list()?;
        for pair in bases.windows(2) {
            if pair[1].first <= until {
                remove(&pair[0].folder)?;
            }
        }
        // Logs from before the oldest base that is left restore nothing.
        let Some(oldest) = self.list()?.into_iter().next() else {
            return Ok(());
        };
        let label = oldest.folder.join("data/backup_label");
        let text = fs::read_to_string(&label).map_err(BackupError::io("read", &label))?;
        let first = text
            .split("(file ")
            .nth(1)
            .and_then(|rest| rest.split(')').next());
        let first = first.ok_or_else(|| BackupError::damaged(&label, "it names no file"))?;
        if !self.wal().is_dir() {
            return Ok(());
        }
        let mut clean = Command::new(self.programs.path("pg_archivecleanup"));
        run("pg_archivecleanup", clean.arg(self.wal()).arg(first))
    }

    fn program(&self, name: &'static str) -> Command {
        let mut command = Command::new(self.programs.path(name));
        let (url, password) = without_password(self.url.expose());
        command.arg("--no-password").args(["--dbname", &url]);
        if let Some(password) = password {
            command.env("PGPASSWORD", password); // never among the arguments, which everybody sees
        }
        command
    }

    fn root(&self) -> PathBuf {
        self.settings.directory.join("postgres")
    }

    fn wal(&self) -> PathBuf {
        self.root().join("wal")
    }
}

/// Runs a program to its end.
fn run(program: &'static str, command: &mut Command) -> Result<(), BackupError> {
    let output = command.stdin(Stdio::null()).output();
    let failed = |problem| BackupError::Program { program, problem };
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    Err(failed(format!("{}: {said}", output.status)))
}

/// The URL without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let whole = || (url.to_owned(), None);
    let Some((scheme, rest)) = url.split_once("://") else {
        return whole();
    };
    let Some((user, place)) = rest.split_once('@') else {
        return whole();
    };
    match user.split_once(':') {
        Some((user, password)) => (
            format!("{scheme}://{user}@{place}"),
            Some(decoded(password)),
        ),
        None => whole(),
    }
}

/// `%41` becomes `A`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn size_of(folder: &Path) -> Result<u64, BackupError> {
    let mut bytes = 0;
    for path in entries(folder)? {
        let found = fs::symlink_metadata(&path).map_err(BackupError::io("look at", &path))?;
        bytes += if found.is_dir() {
            size_of(&path)?
        } else {
            found.len()
        };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_no_arguments() {
        let cases = [
            (
                "postgres://o:p%40ss%25@h:1/d",
                "postgres://o@h:1/d",
                Some("p@ss%"),
            ),
            (
                "postgres://o@h/d?sslmode=require",
                "postgres://o@h/d?sslmode=require",
                None,
            ),
            ("postgresql:///d", "postgresql:///d", None),
        ];
        for (url, shown, password) in cases {
            let (found, secret) = without_password(url);
            assert_eq!((found.as_str(), secret.as_deref()), (shown, password));
        }
    }
}
