//! A segment: all pages that changed up to one cut, in one file.
//!
//! Runs of pages, each with its number before it (4 bytes, big-endian); the footer, in JSON; its length (4 bytes);
//! the SHA-256 of everything before.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;

use crate::BackupError;
use crate::files::{Draft, hex};
use crate::position::Position;

/// Of segments and of bases.
pub(crate) const FORMAT: u32 = 1;
const HASH_BYTES: usize = 32;
const LENGTH_BYTES: usize = 4;
/// A footer is a few kilobytes.
const LONGEST_FOOTER: u64 = 1024 * 1024;

/// What stands at the end of a segment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Footer {
    pub(crate) format: u32,
    /// The base that it belongs to.
    pub(crate) base: String,
    /// 1 for the first one after a base.
    pub(crate) sequence: u64,
    /// What was committed before this moment is in it or in those before, in every store; nothing later is.
    pub(crate) cut: Timestamp,
    /// The hash of the segment before; of the first one, that of the base's description.
    pub(crate) previous: String,
    pub(crate) stores: Vec<Part>,
}

/// What a segment has of one store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) module: String,
    pub(crate) from: Position,
    pub(crate) to: Position,
    pub(crate) runs: Vec<Run>,
}

/// Pages that lie one after the other in a segment. A later run may hold a page again.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) offset: u64,
    pub(crate) pages: u32,
}

/// A segment that was read and found to be what was written.
pub(crate) struct Segment {
    file: File,
    pub(crate) footer: Footer,
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

impl Footer {
    /// Ends a draft with it. Returns the hash and the length of the segment.
    pub(crate) fn finish(
        &self,
        mut draft: Draft,
        path: &Path,
    ) -> Result<(String, u64), BackupError> {
        let text = serde_json::to_vec(self).expect("a footer is plain data");
        let length = u32::try_from(text.len()).expect("a footer is small");
        draft.write(&text)?;
        draft.write(&length.to_be_bytes())?;
        let bytes = draft.length() + HASH_BYTES as u64;
        Ok((draft.finish(path)?, bytes))
    }

    /// Reads the footer only: for lists. Says nothing about the pages.
    pub(crate) fn peek(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(BackupError::io("read", path))?;
        footer(&file, path)
    }
}

impl Segment {
    /// Reads all of it.
    ///
    /// # Errors
    ///
    /// [`BackupError::Damaged`] if a byte of it is another than was written.
    pub(crate) fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(BackupError::io("read", path))?;
        let (hash, bytes) = check(&file).map_err(BackupError::io("read", path))?;
        let hash = hash.ok_or_else(|| BackupError::damaged(path, "its checksum is wrong"))?;
        let footer = footer(&file, path)?;
        Ok(Self {
            file,
            footer,
            hash,
            bytes,
        })
    }

    /// Brings the pages of a store into its file.
    pub(crate) fn apply(&self, part: &Part, store: &File) -> io::Result<()> {
        let Some(lap) = part.to.lap else {
            return Ok(());
        };
        let length = u64::from(lap.page_bytes);
        let mut bytes = vec![0; 4 + lap.page_bytes as usize];
        for run in &part.runs {
            for index in 0..u64::from(run.pages) {
                let offset = run.offset + index * (4 + length);
                self.file.read_exact_at(&mut bytes, offset)?;
                let page = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                if page > 0 {
                    store.write_all_at(&bytes[4..], u64::from(page - 1) * length)?;
                }
            }
        }
        if part.to.mark.pages > 0 {
            store.set_len(u64::from(part.to.mark.pages) * length)?;
        }
        Ok(())
    }
}

/// The hash of a file, if it is the one it ends with, and its length.
fn check(file: &File) -> io::Result<(Option<String>, u64)> {
    let length = file.metadata()?.len();
    let Some(hashed) = length.checked_sub(HASH_BYTES as u64) else {
        return Ok((None, length));
    };
    let mut hash = Context::new(&SHA256);
    let mut reader = BufReader::new(file).take(hashed);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    let hash = hash.finish();
    let mut kept = [0; HASH_BYTES];
    file.read_exact_at(&mut kept, hashed)?;
    Ok(((hash.as_ref() == kept).then(|| hex(&kept)), length))
}

fn footer(file: &File, path: &Path) -> Result<Footer, BackupError> {
    let read = || -> io::Result<Option<Vec<u8>>> {
        let length = file.metadata()?.len();
        let Some(end) = length.checked_sub((HASH_BYTES + LENGTH_BYTES) as u64) else {
            return Ok(None);
        };
        let mut word = [0; LENGTH_BYTES];
        file.read_exact_at(&mut word, end)?;
        let size = u64::from(u32::from_be_bytes(word));
        let (Some(start), true) = (end.checked_sub(size), size <= LONGEST_FOOTER) else {
            return Ok(None);
        };
        let mut text = vec![0; usize::try_from(size).expect("checked")];
        file.read_exact_at(&mut text, start)?;
        Ok(Some(text))
    };
    let text = read().map_err(BackupError::io("read", path))?;
    let text = text.ok_or_else(|| BackupError::damaged(path, "it has no footer"))?;
    let footer: Footer = serde_json::from_slice(&text)
        .map_err(|_| BackupError::damaged(path, "its footer cannot be read"))?;
    if footer.format != FORMAT {
        let problem = format!("its format is {}, not {FORMAT}", footer.format);
        return Err(BackupError::damaged(path, problem));
    }
    Ok(footer)
}
