//! A base and the segments that follow it: one folder of the backup directory.
//!
//! ```text
//! <backup.directory>/
//!   2026-11-29T10-15-07Z/            one chain
//!     base.json                      its last file to be written: a folder without it is no base
//!     catalog.db, orders.db, …       copies of the files
//!     00000001-1764411307000000.seg  number, and time of the cut in microseconds since 1970
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;

use crate::BackupError;
use crate::files::sha256;
use crate::position::Stamp;
use crate::segment::{FORMAT, Footer};

/// The description of a base.
pub(crate) const DESCRIPTION: &str = "base.json";
const SEGMENT: &str = "seg";

/// A description: which files there are, and how to know them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Base {
    pub(crate) format: u32,
    pub(crate) id: String,
    pub(crate) begun: Timestamp,
    pub(crate) stores: Vec<BaseFile>,
}

/// The copy of one store's file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BaseFile {
    pub(crate) module: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) stamp: Stamp,
}

/// A base with the names of its segments.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) folder: PathBuf,
    pub(crate) base: Base,
    /// The hash of the description.
    pub(crate) hash: String,
    /// In order; their numbers are what their names say.
    pub(crate) segments: Vec<SegmentName>,
}

/// What the name of a segment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SegmentName {
    pub(crate) sequence: u64,
    pub(crate) cut: Timestamp,
}

impl SegmentName {
    fn parse(name: &str) -> Option<Self> {
        let (sequence, cut) = name
            .strip_suffix(SEGMENT)?
            .strip_suffix('.')?
            .split_once('-')?;
        Some(Self {
            sequence: sequence.parse().ok()?,
            cut: Timestamp::from_micros(cut.parse().ok()?),
        })
    }

    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        let (sequence, cut) = (self.sequence, self.cut.as_micros());
        folder.join(format!("{sequence:08}-{cut}.{SEGMENT}"))
    }
}

impl Chain {
    /// Reads a folder; `None` if it is no whole base.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, BackupError> {
        let description = folder.join(DESCRIPTION);
        let text = match fs::read(&description) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(BackupError::io("read", &description)(error)),
        };
        let base: Base = serde_json::from_slice(&text)
            .map_err(|_| BackupError::damaged(&description, "it cannot be read"))?;
        if base.format != FORMAT {
            let problem = format!("its format is {}, not {FORMAT}", base.format);
            return Err(BackupError::damaged(&description, problem));
        }
        let mut segments = Vec::new();
        for entry in entries(folder)? {
            let name = entry.file_name();
            segments.extend(name.and_then(|name| SegmentName::parse(name.to_str()?)));
        }
        segments.sort_unstable();
        Ok(Some(Self {
            folder: folder.to_owned(),
            base,
            hash: sha256(&text),
            segments,
        }))
    }

    /// All whole bases of a backup that have a cut, oldest first.
    pub(crate) fn all(directory: &Path) -> Result<Vec<Self>, BackupError> {
        let mut chains = Vec::new();
        if !directory.exists() {
            return Ok(chains);
        }
        for folder in entries(directory)? {
            if folder.is_dir() && folder.extension().is_none() {
                chains.extend(Self::read(&folder)?.filter(|chain| !chain.segments.is_empty()));
            }
        }
        chains.sort_by_key(|chain| chain.base.begun);
        Ok(chains)
    }

    pub(crate) fn first_cut(&self) -> Option<Timestamp> {
        self.segments.first().map(|segment| segment.cut)
    }

    pub(crate) fn last_cut(&self) -> Option<Timestamp> {
        self.segments.last().map(|segment| segment.cut)
    }

    /// The footer of the last segment.
    pub(crate) fn last(&self) -> Result<Option<Footer>, BackupError> {
        let last = self.segments.last();
        last.map(|last| Footer::peek(&last.path(&self.folder)))
            .transpose()
    }
}

/// A name for a folder of this moment that is not taken yet.
pub(crate) fn new_folder(directory: &Path, now: Timestamp) -> PathBuf {
    let second = Timestamp::from_unix_seconds(now.as_unix_seconds());
    let name = second.to_string().replace(':', "-");
    let mut folder = directory.join(&name);
    let mut next = 2;
    while folder.exists() {
        folder = directory.join(format!("{name}_{next}"));
        next += 1;
    }
    folder
}

/// Whether a folder has the name of a base, whole or not: nothing else is ever removed.
pub(crate) fn is_base(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
    let shape: String = name.chars().map(shape).collect();
    folder.is_dir() && shape.starts_with("0000-00-00T00-00-00Z")
}

/// Takes a folder away; one that is half gone is none any more.
pub(crate) fn remove(folder: &Path) -> Result<(), BackupError> {
    let gone = folder.with_extension("removed");
    fs::rename(folder, &gone)
        .and_then(|()| fs::remove_dir_all(&gone))
        .map_err(BackupError::io("remove", folder))
}

/// Paths of what is in a folder.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let read = || -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    read().map_err(BackupError::io("read", folder))
}
