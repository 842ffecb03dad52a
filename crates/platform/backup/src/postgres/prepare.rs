//! A data directory that PostgreSQL brings to a moment, once it is started.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use tenon_kernel::Timestamp;

use super::{Cluster, ListedBase, run};
use crate::BackupError;
use crate::chain::entries;
use crate::files::make_folder;

impl Cluster {
    /// Makes a data directory that PostgreSQL, once started, brings to the moment `to`, or to the end of what was
    /// received, and then opens for writing. Returns the base that it comes from. Blocks.
    ///
    /// # Errors
    ///
    /// [`BackupError::NotEmpty`] if the directory has anything in it; `pg_verifybackup` says what is damaged.
    pub fn prepare(&self, to: Option<Timestamp>, target: &Path) -> Result<ListedBase, BackupError> {
        let bases = self.list()?;
        let Some(first) = bases.first().map(|base| base.first) else {
            return Err(BackupError::Nothing {
                directory: self.root(),
            });
        };
        let chosen = bases
            .into_iter()
            .rfind(|base| to.is_none_or(|to| base.first <= to));
        let chosen = match (chosen, to) {
            (Some(chosen), _) => chosen,
            (None, to) => {
                let to = to.unwrap_or(first);
                return Err(BackupError::TooEarly { to, first });
            }
        };
        make_folder(target)?;
        if !entries(target)?.is_empty() {
            return Err(BackupError::NotEmpty {
                directory: target.to_owned(),
            });
        }
        copy_all(&chosen.folder.join("data"), target)?;
        let mut verify = Command::new(self.programs.path("pg_verifybackup"));
        run("pg_verifybackup", verify.arg("--exit-on-error").arg(target))?;
        self.write_recovery(to, target)?;
        Ok(chosen)
    }

    fn write_recovery(&self, to: Option<Timestamp>, target: &Path) -> Result<(), BackupError> {
        let wal = std::path::absolute(self.wal()).map_err(BackupError::io("find", &self.wal()))?;
        let wal = wal.display().to_string();
        if wal.contains(['\'', '"', '%', '\\', '$', '`']) {
            let problem = format!("{wal}: quotes, %, $ and \\ cannot stand in a restore_command");
            return Err(BackupError::Program {
                program: "postgres",
                problem,
            });
        }
        let mut text = format!(
            "\n# Made by `tenon restore`.\n\
             restore_command = 'cp \"{wal}/%f\" \"%p\" 2>/dev/null || cp \"{wal}/%f.partial\" \"%p\"'\n\
             recovery_target_action = 'promote'\n"
        );
        if let Some(to) = to {
            // `T` and `Z` are not understood there.
            let to = to.to_string().replace('T', " ").replace('Z', "+00");
            text = format!("{text}recovery_target_time = '{to}'\n");
        }
        let path = target.join("postgresql.auto.conf");
        let written = fs::File::options()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .and_then(|()| fs::write(target.join("recovery.signal"), ""));
        written.map_err(BackupError::io("write", &path))
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<(), BackupError> {
    for path in entries(from)? {
        let copy = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            make_folder(&copy)?;
            copy_all(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(BackupError::io("copy", &path))?;
        }
    }
    Ok(())
}
