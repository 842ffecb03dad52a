//! SQLite's write-ahead log as a file: header, frames, checksums (<https://sqlite.org/fileformat2.html#walformat>).

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use serde::{Deserialize, Serialize};

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
const FORMAT: u32 = 3_007_000;
/// The lowest bit says in which order the words of the checksums are.
const MAGIC: u32 = 0x377f_0682;
/// Read at a time.
const BUFFER_BYTES: usize = 512 * 1024;

/// One lap of the log: SQLite begins it anew from the first byte, with new salts, once everything in it was moved
/// into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lap {
    salts: [u32; 2],
    /// Counts laps since the log was made.
    number: u32,
    pub(crate) page_bytes: u32,
    big_endian: bool,
    sum: [u32; 2],
}

/// A place between two transactions of a lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Frames before it.
    pub(crate) frames: u32,
    /// The running checksum there; of no meaning before the first frame.
    sum: [u32; 2],
    /// Pages of the whole database there; 0 before the first frame.
    pub(crate) pages: u32,
}

/// What whole transactions came after a mark.
#[derive(Debug, Default)]
pub(crate) struct Committed {
    pub(crate) to: Mark,
    /// The last frame of each page.
    pub(crate) pages: BTreeMap<u32, u32>,
}

struct Frame {
    page: u32,
    /// Pages of the database after the commit that this frame ends; 0 if it ends none.
    commit: u32,
    sum: [u32; 2],
}

/// Reads frames one after the other, as long as they are valid.
struct Frames<'f> {
    file: &'f File,
    lap: &'f Lap,
    /// Of the next frame.
    offset: u64,
    sum: [u32; 2],
    buffer: Vec<u8>,
    /// What of the buffer is still to be read.
    ahead: std::ops::Range<usize>,
}

impl Lap {
    /// Reads the header of a log; `None` if there is none, or one that is being written.
    pub(crate) fn read(file: &File) -> io::Result<Option<Self>> {
        let mut header = [0; HEADER_BYTES];
        if read_up_to(file, &mut header, 0)? < HEADER_BYTES {
            return Ok(None);
        }
        let magic = word(&header, 0);
        let big_endian = magic & 1 == 1;
        let sum = add([0, 0], &header[..24], big_endian);
        let page_bytes = word(&header, 8);
        let valid = magic & !1 == MAGIC
            && word(&header, 4) == FORMAT
            && sum == [word(&header, 24), word(&header, 28)]
            && page_bytes.is_power_of_two()
            && (512..=65_536).contains(&page_bytes);
        Ok(valid.then(|| Self {
            salts: [word(&header, 16), word(&header, 20)],
            number: word(&header, 12),
            page_bytes,
            big_endian,
            sum,
        }))
    }

    /// Whether this lap can be the next one after `before`: the first salt counts up, or the log was made anew.
    pub(crate) fn may_follow(&self, before: &Self) -> bool {
        self.number == 0 || self.salts[0] == before.salts[0].wrapping_add(1)
    }

    /// Bytes of so many frames.
    pub(crate) fn bytes(&self, frames: u32) -> u64 {
        u64::from(frames) * self.frame_bytes()
    }

    /// Reads on from a mark to the last whole transaction.
    pub(crate) fn read_on(&self, file: &File, from: Mark) -> io::Result<Committed> {
        let mut frames = Frames::after(file, self, from);
        let mut committed = Committed {
            to: from,
            pages: BTreeMap::new(),
        };
        let (mut count, mut open) = (from.frames, Vec::new());
        while let Some(frame) = frames.next()? {
            count += 1;
            open.push((frame.page, count));
            if frame.commit != 0 {
                committed.pages.extend(open.drain(..));
                committed.to = Mark {
                    frames: count,
                    sum: frame.sum,
                    pages: frame.commit,
                };
            }
        }
        Ok(committed)
    }

    /// Whether the log, read from its beginning, comes by this mark.
    pub(crate) fn reaches(&self, file: &File, mark: Mark) -> io::Result<bool> {
        let mut frames = Frames::after(file, self, Mark::default());
        for number in 1..=mark.frames {
            match frames.next()? {
                None => return Ok(false),
                Some(frame) if number == mark.frames => {
                    return Ok(frame.sum == mark.sum && frame.commit == mark.pages);
                }
                Some(_) => {}
            }
        }
        Ok(true)
    }

    /// The page of a frame that was read before; `None` if another lap has overwritten it since.
    pub(crate) fn page(&self, file: &File, frame: u32, page: u32) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; FRAME_HEADER_BYTES + self.page_bytes as usize];
        let whole = read_up_to(file, &mut bytes, self.offset(frame - 1))? == bytes.len();
        let is_it = whole && word(&bytes, 0) == page && self.salts_of(&bytes);
        Ok(is_it.then(|| bytes.split_off(FRAME_HEADER_BYTES)))
    }

    fn frame_bytes(&self) -> u64 {
        FRAME_HEADER_BYTES as u64 + u64::from(self.page_bytes)
    }

    fn offset(&self, frames: u32) -> u64 {
        HEADER_BYTES as u64 + self.bytes(frames)
    }

    fn salts_of(&self, frame: &[u8]) -> bool {
        [word(frame, 8), word(frame, 12)] == self.salts
    }
}

impl<'f> Frames<'f> {
    fn after(file: &'f File, lap: &'f Lap, mark: Mark) -> Self {
        let frame = FRAME_HEADER_BYTES + lap.page_bytes as usize;
        Self {
            file,
            lap,
            offset: lap.offset(mark.frames),
            sum: if mark.frames == 0 { lap.sum } else { mark.sum },
            buffer: vec![0; (BUFFER_BYTES / frame).max(1) * frame],
            ahead: 0..0,
        }
    }

    fn next(&mut self) -> io::Result<Option<Frame>> {
        let length = FRAME_HEADER_BYTES + self.lap.page_bytes as usize;
        if self.ahead.len() < length {
            let read = read_up_to(self.file, &mut self.buffer, self.offset)?;
            self.ahead = 0..read;
            if read < length {
                return Ok(None);
            }
        }
        let frame = &self.buffer[self.ahead.start..self.ahead.start + length];
        if !self.lap.salts_of(frame) {
            return Ok(None);
        }
        let sum = add(self.sum, &frame[..8], self.lap.big_endian);
        let sum = add(sum, &frame[FRAME_HEADER_BYTES..], self.lap.big_endian);
        let page = word(frame, 0);
        if sum != [word(frame, 16), word(frame, 20)] || page == 0 {
            return Ok(None);
        }
        let commit = word(frame, 4);
        self.sum = sum;
        self.offset += length as u64;
        self.ahead.start += length;
        Ok(Some(Frame { page, commit, sum }))
    }
}

/// The checksum of SQLite's logs, continued over more bytes: a multiple of eight.
fn add([mut s0, mut s1]: [u32; 2], bytes: &[u8], big_endian: bool) -> [u32; 2] {
    for pair in bytes.chunks_exact(8) {
        let (x0, x1) = if big_endian {
            (word(pair, 0), word(pair, 4))
        } else {
            (word(pair, 0).swap_bytes(), word(pair, 4).swap_bytes())
        };
        s0 = s0.wrapping_add(x0).wrapping_add(s1);
        s1 = s1.wrapping_add(x1).wrapping_add(s0);
    }
    [s0, s1]
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Fills the buffer as far as the file reaches.
fn read_up_to(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests;
