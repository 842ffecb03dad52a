//! Restores SQLite stores to a cut: the files of a base, and the pages of all segments up to it.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use tenon_kernel::Timestamp;

use crate::base::file_name;
use crate::chain::{BaseFile, Chain};
use crate::cut::blocking;
use crate::files::{create, hex, make_folder, sync_folder};
use crate::position::Position;
use crate::segment::{Part, Segment};
use crate::{BackupError, files};

/// What a data directory may hold before a restore: the secrets are no part of a backup.
const MAY_BE_THERE: &str = "secrets.toml";

/// A base, and what can be restored from it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Where it lies.
    pub folder: PathBuf,
    /// Modules whose stores it has.
    pub modules: Vec<String>,
    /// The first moment.
    pub first: Timestamp,
    /// The last moment.
    pub last: Timestamp,
    /// How many moments there are.
    pub cuts: usize,
    /// Of the copies of the files and all segments.
    pub bytes: u64,
}

/// What was restored.
#[derive(Debug, Clone)]
pub struct Restored {
    /// What was committed before this moment is there, and nothing later.
    pub cut: Timestamp,
    /// Where it came from.
    pub folder: PathBuf,
    /// Modules whose stores are there now.
    pub modules: Vec<String>,
    /// Segments that were read.
    pub segments: usize,
    /// Bytes that were read.
    pub bytes: u64,
}

/// What there is to restore, oldest first.
pub fn list(directory: &Path) -> Result<Vec<Listed>, BackupError> {
    let mut listed = Vec::new();
    for chain in Chain::all(directory)? {
        let (Some(first), Some(last)) = (chain.first_cut(), chain.last_cut()) else {
            continue;
        };
        let mut bytes = chain.base.stores.iter().map(|file| file.bytes).sum();
        for segment in &chain.segments {
            let path = segment.path(&chain.folder);
            let found = fs::metadata(&path).map_err(BackupError::io("look at", &path))?;
            bytes += found.len();
        }
        listed.push(Listed {
            modules: names(&chain),
            first,
            last,
            cuts: chain.segments.len(),
            bytes,
            folder: chain.folder,
        });
    }
    Ok(listed)
}

/// Restores all stores of a backup to the last cut at or before `to`, or to the last one, into `target`, which must be
/// empty but for `secrets.toml`. Writes nothing into the backup. Everything that is used is checked; what was made is
/// taken away again if anything is wrong.
///
/// # Errors
///
/// [`BackupError::Damaged`] names the first file that is missing or not what was written.
pub async fn restore(
    directory: &Path,
    to: Option<Timestamp>,
    target: &Path,
) -> Result<Restored, BackupError> {
    let (directory, place) = (directory.to_owned(), target.to_owned());
    let restored = blocking(move || {
        let mut chain = choose(&directory, to)?;
        if let Some(to) = to {
            chain.segments.retain(|segment| segment.cut <= to);
        }
        make_folder(&place)?;
        refuse_data(&place)?;
        let built = build(&chain, &place);
        if built.is_err() {
            clear(&chain, &place);
        }
        built
    })
    .await?;
    for module in &restored.modules {
        if let Err(error) = check(target, module).await {
            for module in &restored.modules {
                drop(fs::remove_file(target.join(file_name(module)))); // it is no store
            }
            return Err(error);
        }
    }
    Ok(restored)
}

fn names(chain: &Chain) -> Vec<String> {
    let stores = chain.base.stores.iter();
    stores.map(|file| file.module.clone()).collect()
}

/// The base with the latest first cut that is not after `to`.
fn choose(directory: &Path, to: Option<Timestamp>) -> Result<Chain, BackupError> {
    let mut chains = Chain::all(directory)?;
    let first = chains.first().and_then(Chain::first_cut);
    let first = first.ok_or_else(|| BackupError::Nothing {
        directory: directory.to_owned(),
    })?;
    let Some(to) = to else {
        return Ok(chains.pop().expect("there is a first one"));
    };
    let fits = |chain: &Chain| chain.first_cut().is_some_and(|first| first <= to);
    let chosen = chains.into_iter().rfind(fits);
    chosen.ok_or(BackupError::TooEarly { to, first })
}

fn refuse_data(target: &Path) -> Result<(), BackupError> {
    for entry in crate::chain::entries(target)? {
        if entry.file_name().is_some_and(|name| name != MAY_BE_THERE) {
            return Err(BackupError::NotEmpty {
                directory: target.to_owned(),
            });
        }
    }
    Ok(())
}

fn build(chain: &Chain, target: &Path) -> Result<Restored, BackupError> {
    let mut bytes = 0;
    let mut stores = Vec::new();
    for file in &chain.base.stores {
        stores.push((file.module.as_str(), copy(chain, file, target)?));
        bytes += file.bytes;
    }
    let mut before: Option<(Segment, PathBuf)> = None;
    for (name, number) in chain.segments.iter().zip(1..) {
        let path = name.path(&chain.folder);
        if name.sequence != number {
            let missing = format!("segment {number} is missing before it");
            return Err(BackupError::damaged(&path, missing));
        }
        let segment = Segment::open(&path)?;
        let last = before.as_ref().map(|(segment, _)| segment);
        follows(chain, last, &segment, number)
            .map_err(|problem| BackupError::damaged(&path, problem))?;
        for (module, store) in &stores {
            let part = part(&segment, module);
            let part =
                part.ok_or_else(|| BackupError::damaged(&path, "a store is missing in it"))?;
            segment
                .apply(part, store)
                .map_err(BackupError::io("write", &target.join(file_name(module))))?;
        }
        bytes += segment.bytes;
        before = Some((segment, path));
    }
    let Some((last, _)) = before else {
        return Err(BackupError::damaged(&chain.folder, "it has no cut"));
    };
    for (module, store) in &stores {
        let path = target.join(file_name(module));
        let draft = path.with_extension(files::DRAFT);
        store
            .sync_all()
            .and_then(|()| fs::rename(&draft, &path))
            .map_err(BackupError::io("write", &path))?;
    }
    sync_folder(target).map_err(BackupError::io("write", target))?;
    Ok(Restored {
        cut: last.footer.cut,
        folder: chain.folder.clone(),
        modules: names(chain),
        segments: chain.segments.len(),
        bytes,
    })
}

/// Copies the file of a base and checks it.
fn copy(chain: &Chain, file: &BaseFile, target: &Path) -> Result<File, BackupError> {
    let from = chain.folder.join(file_name(&file.module));
    let to = target
        .join(file_name(&file.module))
        .with_extension(files::DRAFT);
    let mut hash = Context::new(&SHA256);
    let copied = (|| -> io::Result<File> {
        let mut source = File::open(&from)?;
        let mut copy = create(&to)?;
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            match source.read(&mut buffer)? {
                0 => return Ok(copy),
                read => {
                    hash.update(&buffer[..read]);
                    copy.write_all(&buffer[..read])?;
                }
            }
        }
    })();
    let copy = copied.map_err(BackupError::io("copy", &from))?;
    if hex(hash.finish().as_ref()) != file.sha256 {
        return Err(BackupError::damaged(&from, "its checksum is wrong"));
    }
    Ok(copy)
}

/// Whether a segment is the next one, in every respect.
fn follows(
    chain: &Chain,
    before: Option<&Segment>,
    segment: &Segment,
    number: u64,
) -> Result<(), &'static str> {
    let footer = &segment.footer;
    if footer.base != chain.base.id || footer.sequence != number {
        return Err("it belongs to another place");
    }
    let previous = before.map_or(&chain.hash, |before| &before.hash);
    if footer.previous != *previous {
        return Err("what came before it is not what is there");
    }
    for file in &chain.base.stores {
        let Some(own) = part(segment, &file.module) else {
            return Err("a store is missing in it");
        };
        let from = match before {
            None => Position::at_base(file.stamp),
            Some(before) => match part(before, &file.module) {
                Some(part) => part.to.clone(),
                None => return Err("a store is missing before it"),
            },
        };
        if own.from != from {
            return Err("the log of a store does not go on");
        }
    }
    Ok(())
}

fn part<'s>(segment: &'s Segment, module: &str) -> Option<&'s Part> {
    let mut parts = segment.footer.stores.iter();
    parts.find(|part| part.module == module)
}

/// Takes away what an attempt made.
fn clear(chain: &Chain, target: &Path) {
    for file in &chain.base.stores {
        let path = target.join(file_name(&file.module));
        drop(fs::remove_file(path.with_extension(files::DRAFT))); // it may not have come so far
        drop(fs::remove_file(path));
    }
}

/// Asks SQLite whether the file is a sound database.
async fn check(target: &Path, module: &str) -> Result<(), BackupError> {
    match tenon_store::find_damage(&target.join(file_name(module))).await? {
        None => Ok(()),
        Some(problem) => Err(BackupError::Unsound {
            module: module.to_owned(),
            problem,
        }),
    }
}
