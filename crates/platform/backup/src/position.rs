//! How far a store was shipped, and how it goes on from there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tenon_store::StoreLog;

use crate::BackupError;
use crate::files::Draft;
use crate::segment::Run;
use crate::wal::{Lap, Mark};

/// How far a store was shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// `None` if nothing was written since the file was as its stamp says.
    pub(crate) lap: Option<Lap>,
    pub(crate) mark: Mark,
    /// Whether all of the log up to the mark is in the file: only then may another lap follow.
    pub(crate) moved: bool,
    /// The file as whoever ships it left it. While it is this, nobody else has moved anything into it, so that at
    /// most one lap has ended since.
    pub(crate) stamp: Stamp,
}

/// What changes with every write to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    inode: u64,
    bytes: u64,
    seconds: i64,
    nanos: i64,
}

/// What whole transactions came after a position.
pub(crate) struct Step {
    pub(crate) to: Position,
    /// The last frame of each page that they changed.
    pages: BTreeMap<u32, u32>,
    wal: Option<File>,
}

impl Stamp {
    pub(crate) fn of(file: &Path) -> Result<Self, BackupError> {
        let found = fs::metadata(file).map_err(BackupError::io("look at", file))?;
        Ok(Self {
            inode: found.ino(),
            bytes: found.size(),
            seconds: found.mtime(),
            nanos: found.mtime_nsec(),
        })
    }
}

impl Position {
    /// The beginning of whatever lap the log is in, or of the next one: after a copy of the file was taken.
    pub(crate) fn at_base(stamp: Stamp) -> Self {
        Self {
            lap: None,
            mark: Mark::default(),
            moved: true,
            stamp,
        }
    }

    /// Bytes of the log up to here.
    pub(crate) fn log_bytes(&self) -> u64 {
        self.lap.map_or(0, |lap| lap.bytes(self.mark.frames))
    }

    /// Finds what was committed since.
    ///
    /// # Errors
    ///
    /// [`BackupError::Gap`] if the log is not known to go on from here.
    pub(crate) fn advance(&self, log: &StoreLog) -> Result<Step, BackupError> {
        let gap = |problem| gap(log, problem);
        if Stamp::of(log.file())? != self.stamp {
            return Err(gap("somebody else moved the log into the file"));
        }
        let path = log.wal();
        let read = BackupError::io("read", &path);
        let Some(wal) = open(&path)? else {
            return self
                .nothing_new()
                .ok_or_else(|| gap("the log is not there any more"));
        };
        let (lap, from) = match (Lap::read(&wal), self.lap) {
            (Err(error), _) => return Err(read(error)),
            (Ok(None), _) => {
                return self
                    .nothing_new()
                    .ok_or_else(|| gap("the log has no header any more"));
            }
            (Ok(Some(lap)), Some(before)) if lap == before => (lap, self.mark),
            (Ok(Some(lap)), before) => {
                if !self.moved {
                    return Err(gap("it began anew before all of it was shipped"));
                }
                if before.is_some_and(|before| !lap.may_follow(&before)) {
                    return Err(gap("it began anew more than once"));
                }
                (lap, Mark::default())
            }
        };
        let committed = lap.read_on(&wal, from).map_err(read)?;
        if committed.pages.is_empty() {
            // Also of a new lap that has no whole transaction yet.
            return Ok(Step::none(self.clone()));
        }
        Ok(Step {
            to: Self {
                lap: Some(lap),
                mark: committed.to,
                moved: false,
                stamp: self.stamp,
            },
            pages: committed.pages,
            wal: Some(wal),
        })
    }

    /// Proves that the store, opened anew, goes on from here.
    ///
    /// # Errors
    ///
    /// [`BackupError::Gap`] if it does not.
    pub(crate) fn prove(&self, log: &StoreLog) -> Result<(), BackupError> {
        let path = log.wal();
        if let (Some(wal), Some(lap)) = (open(&path)?, self.lap) {
            let read = BackupError::io("read", &path);
            let is_there = match Lap::read(&wal) {
                // The log of a lap that a power cut shortened goes on differently.
                Ok(Some(found)) if found == lap => lap.reaches(&wal, self.mark),
                Ok(_) => Ok(true),
                Err(error) => Err(error),
            };
            if !is_there.map_err(read)? {
                return Err(gap(log, "the log lost what was shipped already"));
            }
        }
        self.advance(log).map(drop)
    }

    /// If the log may be away: all of it is in the file.
    fn nothing_new(&self) -> Option<Step> {
        self.moved.then(|| Step::none(self.clone()))
    }
}

impl Step {
    fn none(at: Position) -> Self {
        Self {
            to: at,
            pages: BTreeMap::new(),
            wal: None,
        }
    }

    /// Copies the pages, in the order in which they lie in the log; what is copied is checked to be what was read.
    pub(crate) fn copy(
        &self,
        log: &StoreLog,
        draft: &mut Draft,
    ) -> Result<Option<Run>, BackupError> {
        let offset = draft.length();
        self.each_page(log, |number, page| {
            draft.write(&number.to_be_bytes())?;
            draft.write(page)
        })?;
        Ok(self.run(offset))
    }

    /// As [`Step::copy`], into memory: for the little that is copied while the writer waits.
    pub(crate) fn collect(&self, log: &StoreLog) -> Result<Vec<u8>, BackupError> {
        let mut bytes = Vec::new();
        self.each_page(log, |number, page| {
            bytes.extend(number.to_be_bytes());
            bytes.extend(page);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// The run that these pages are at this place of a segment.
    pub(crate) fn run(&self, offset: u64) -> Option<Run> {
        let pages = u32::try_from(self.pages.len()).expect("pages are numbered with 32 bits");
        (pages > 0).then_some(Run { offset, pages })
    }

    fn each_page(
        &self,
        log: &StoreLog,
        mut take: impl FnMut(u32, &[u8]) -> Result<(), BackupError>,
    ) -> Result<(), BackupError> {
        let (Some(wal), Some(lap)) = (&self.wal, self.to.lap) else {
            return Ok(());
        };
        let mut pages: Vec<_> = self
            .pages
            .iter()
            .map(|(page, frame)| (*frame, *page))
            .collect();
        pages.sort_unstable();
        for (frame, page) in pages {
            let found = lap.page(wal, frame, page);
            let found = found.map_err(BackupError::io("read", &log.wal()))?;
            let found = found.ok_or_else(|| gap(log, "it was written over while it was copied"))?;
            take(page, &found)?;
        }
        Ok(())
    }
}

fn open(path: &Path) -> Result<Option<File>, BackupError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BackupError::io("read", path)(error)),
    }
}

fn gap(log: &StoreLog, problem: &'static str) -> BackupError {
    BackupError::Gap {
        module: log.module().to_owned(),
        problem,
    }
}
