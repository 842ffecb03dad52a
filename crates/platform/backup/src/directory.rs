//! The backup directory: whose it is, where it ends, and what goes from it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use tenon_kernel::Timestamp;

use crate::BackupError;
use crate::base::Source;
use crate::chain::{self, Chain};
use crate::cut::At;
use crate::files::{create, make_folder};
use crate::segment::Segment;

/// The end of a base, from which shipping goes on.
pub(crate) struct End {
    pub(crate) at: At,
    pub(crate) begun: Timestamp,
    /// Of the copies of the files.
    pub(crate) bytes: u64,
}

/// Makes the directory, and keeps other processes out for as long as the file is open.
pub(crate) fn own(directory: &Path) -> Result<File, BackupError> {
    make_folder(directory)?;
    let path = directory.join("owner.lock");
    let file = create(&path).map_err(BackupError::io("write", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::InUse {
            directory: directory.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(BackupError::io("lock", &path)(source)),
    }
}

/// The end of a base, if the stores go on from there; `None` if it is a base of other stores.
///
/// # Errors
///
/// [`BackupError::Gap`] if it cannot be proved that nothing is missing.
pub(crate) fn end_of(chain: Chain, sources: &[Source]) -> Result<Option<End>, BackupError> {
    let (Some(name), Some(last)) = (chain.segments.last(), chain.last()?) else {
        return Ok(None);
    };
    let previous = Segment::open(&name.path(&chain.folder))?.hash;
    let mut positions = Vec::new();
    for source in sources {
        let mut parts = last.stores.iter();
        let Some(part) = parts.find(|part| part.module == source.module()) else {
            return Ok(None); // the process hosts another module than before
        };
        part.to.prove(&source.log)?;
        positions.push(part.to.clone());
    }
    if positions.len() != last.stores.len() {
        return Ok(None);
    }
    Ok(Some(End {
        at: At {
            base: chain.base.id.clone(),
            sequence: last.sequence,
            previous,
            last_cut: last.cut,
            positions,
            folder: chain.folder,
        },
        begun: chain.base.begun,
        bytes: chain.base.stores.iter().map(|file| file.bytes).sum(),
    }))
}

/// Removes bases whose successor reaches back to `until`, and those that never came to a cut; none that is in use.
pub(crate) fn forget_old(
    directory: &Path,
    until: Timestamp,
    in_use: &[PathBuf],
) -> Result<(), BackupError> {
    let chains = Chain::all(directory)?;
    for pair in chains.windows(2) {
        // The next one is whole, and reaches back as far as needed.
        if pair[1].first_cut().is_some_and(|first| first <= until) {
            chain::remove(&pair[0].folder)?;
        }
    }
    for folder in chain::entries(directory)? {
        let is_whole = chains.iter().any(|chain| chain.folder == folder);
        if chain::is_base(&folder) && !in_use.contains(&folder) && !is_whole {
            chain::remove(&folder)?;
        }
    }
    Ok(())
}
