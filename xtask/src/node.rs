//! Node.js tools: whether they are there, and what a package needs, installed as its lock file says.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::process;

/// The oldest version that has all that is used.
const MAJOR: u32 = 20;

/// Fails with what to do if Node.js or npm is not there, or too old.
pub(crate) fn expect() -> Result<()> {
    let found = version();
    if found.is_none_or(|major| major < MAJOR) || !process::exists("npm", "--version") {
        let found = found.map_or("none found".to_owned(), |major| format!("found {major}"));
        bail!(
            "this needs Node.js {MAJOR} or later with npm ({found}): apt-get install nodejs npm, or https://nodejs.org"
        );
    }
    Ok(())
}

/// The first number of `node --version`: `v20.20.2`.
fn version() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    major(&String::from_utf8(output.stdout).ok()?)
}

fn major(printed: &str) -> Option<u32> {
    let number = printed.trim().strip_prefix('v')?.split('.').next()?;
    number.parse().ok()
}

/// Installs exactly what `package-lock.json` names, unless that has been done.
pub(crate) fn install(package: &Path) -> Result<()> {
    let lock = package.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| lock.display().to_string())?;
    let wanted = format!("{:x}", Sha256::digest(lock));
    let stamp = package.join("node_modules/.installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    process::run(command.current_dir(package))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_as_node_prints_it() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8.1.0"), Some(8));
        assert_eq!(major("node: not found"), None);
    }
}
