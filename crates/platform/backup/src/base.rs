//! Takes a base: copies the files of all stores while nobody moves their logs into them.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::digest::{Context, SHA256};
use tenon_kernel::Timestamp;
use tenon_store::StoreLog;

use crate::BackupError;
use crate::chain::{Base, BaseFile, DESCRIPTION};
use crate::files::{create, hex, make_folder, sha256, sync_folder, write_whole};
use crate::position::{Position, Stamp};
use crate::segment::FORMAT;

const BUFFER_BYTES: usize = 1024 * 1024;

/// A store that is shipped.
pub(crate) struct Source {
    pub(crate) log: StoreLog,
    /// Stays open as long as the store is: see [`StoreLog::file`].
    file: File,
}

/// A base that was taken; nothing follows it yet.
pub(crate) struct Fresh {
    pub(crate) folder: PathBuf,
    pub(crate) base: Base,
    pub(crate) hash: String,
    /// Where the logs go on, in the order of the sources.
    pub(crate) positions: Vec<Position>,
}

impl Source {
    pub(crate) fn open(log: StoreLog) -> Result<Self, BackupError> {
        let file = File::open(log.file()).map_err(BackupError::io("read", log.file()))?;
        Ok(Self { log, file })
    }

    pub(crate) fn module(&self) -> &'static str {
        self.log.module()
    }
}

/// Copies the files. Meanwhile commits go on, into the logs.
///
/// # Errors
///
/// [`BackupError::Gap`] if somebody moved a log into its file, [`BackupError::Stopping`] once `stop` is set.
pub(crate) fn take(
    sources: &[Source],
    folder: &Path,
    begun: Timestamp,
    stop: &AtomicBool,
) -> Result<Fresh, BackupError> {
    make_folder(folder)?;
    let name = folder.file_name().unwrap_or_default();
    let mut base = Base {
        format: FORMAT,
        id: name.to_string_lossy().into_owned(),
        begun,
        stores: Vec::new(),
    };
    let mut positions = Vec::new();
    for source in sources {
        let stamp = Stamp::of(source.log.file())?;
        base.stores.push(copy(source, stamp, folder, stop)?);
        positions.push(Position::at_base(stamp));
    }
    for (source, position) in sources.iter().zip(&positions) {
        if Stamp::of(source.log.file())? != position.stamp {
            return Err(BackupError::Gap {
                module: source.module().to_owned(),
                problem: "somebody else moved the log into the file while it was copied",
            });
        }
    }
    let description = serde_json::to_vec_pretty(&base).expect("a description is plain data");
    write_whole(&folder.join(DESCRIPTION), &description)?;
    sync_folder(folder.parent().unwrap_or(folder)).map_err(BackupError::io("write", folder))?;
    Ok(Fresh {
        folder: folder.to_owned(),
        hash: sha256(&description),
        base,
        positions,
    })
}

fn copy(
    source: &Source,
    stamp: Stamp,
    folder: &Path,
    stop: &AtomicBool,
) -> Result<BaseFile, BackupError> {
    let path = folder.join(file_name(source.module()));
    let mut hash = Context::new(&SHA256);
    let mut length = 0;
    let copied = (|| -> io::Result<bool> {
        let mut copy = create(&path)?;
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            let read = source.file.read_at(&mut buffer, length)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            copy.write_all(&buffer[..read])?;
            length += read as u64;
        }
        copy.sync_all()?;
        Ok(true)
    })();
    if !copied.map_err(BackupError::io("write", &path))? {
        return Err(BackupError::Stopping);
    }
    Ok(BaseFile {
        module: source.module().to_owned(),
        bytes: length,
        sha256: hex(hash.finish().as_ref()),
        stamp,
    })
}

/// The name of a store's file, in the data directory and in a base.
pub(crate) fn file_name(module: &str) -> String {
    format!("{module}.db")
}
