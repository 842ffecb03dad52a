//! Files of a backup: for their owner only, and on the disk before they have their name.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};

use crate::BackupError;

/// What a file is called while it is written.
pub(crate) const DRAFT: &str = "draft";

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), BackupError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(BackupError::io("make", path))
}

/// Opens a new file for writing.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600);
    options.open(path)
}

/// Has the entries of a folder on the disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Written beside and renamed, so that a crash leaves either file whole.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let draft = path.with_extension(DRAFT);
    let written = (|| {
        let mut file = create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        sync_folder(path.parent().unwrap_or(Path::new(".")))
    })();
    written.map_err(BackupError::io("write", path))
}

/// A file in the making, with the SHA-256 of what was written so far. Nothing is made before the first byte;
/// dropped before it is finished, it goes away.
pub(crate) struct Draft {
    path: PathBuf,
    file: Option<io::BufWriter<File>>,
    hash: Context,
    length: u64,
}

impl Draft {
    /// In this folder.
    pub(crate) fn begin(folder: &Path) -> Self {
        Self {
            path: folder.join(format!("next.{DRAFT}")),
            file: None,
            hash: Context::new(&SHA256),
            length: 0,
        }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.append(bytes)
            .map_err(BackupError::io("write", &self.path))?;
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Ends it with the hash of all before, and gives it its name. Returns the hash.
    pub(crate) fn finish(mut self, path: &Path) -> Result<String, BackupError> {
        let hash = self.hash.clone().finish();
        let finished = (|| {
            self.append(hash.as_ref())?;
            if let Some(file) = self.file.take() {
                file.into_inner()?.sync_all()?;
            }
            fs::rename(&self.path, path)?;
            sync_folder(path.parent().unwrap_or(Path::new(".")))
        })();
        finished.map_err(BackupError::io("write", path))?;
        Ok(hex(hash.as_ref()))
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(io::BufWriter::new(create(&self.path)?));
        }
        match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Left behind it is overwritten by the next one.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// `a1b2…`
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all");
        text
    })
}

/// The SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(aws_lc_rs::digest::digest(&SHA256, bytes).as_ref())
}
