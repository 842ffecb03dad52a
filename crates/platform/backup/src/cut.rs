//! One cut: everything that is committed in all stores at one moment, and nothing later.
//!
//! Most of it is copied beside the writers; then all writers wait for as long as it takes to copy what came meanwhile.
//! No module calls another inside a unit of work, so what all stores hold at that moment is what a crash could have left.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use tenon_kernel::{Env, Timestamp};
use tenon_store::HeldLog;
use tokio::time::{Instant, timeout};

use crate::base::Source;
use crate::chain::SegmentName;
use crate::files::Draft;
use crate::position::{Position, Stamp};
use crate::segment::{FORMAT, Footer, Part, Run};
use crate::{BackupError, status};

/// A log of this length is moved into its file, as soon as it is shipped.
const LONG_LOG: u64 = 4 * 1024 * 1024;
/// Each time it has grown by so much the writer waits for readers, for so long, so that the log can begin anew.
const VERY_LONG_LOG: u64 = 4 * LONG_LOG;
const READERS_PATIENCE: Duration = Duration::from_millis(100);

/// What a chain of segments is at.
#[derive(Debug, Clone)]
pub(crate) struct At {
    pub(crate) folder: PathBuf,
    pub(crate) base: String,
    /// Of the last segment; 0 if there is none.
    pub(crate) sequence: u64,
    /// The hash of the last segment, or of the base's description.
    pub(crate) previous: String,
    pub(crate) last_cut: Timestamp,
    /// In the order of the sources.
    pub(crate) positions: Vec<Position>,
}

/// Which logs are moved into their files, once they are shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// None: a base is being copied.
    Nothing,
    /// Long ones.
    Long,
    /// All: the stores are about to be closed.
    Everything,
}

/// What a cut came to.
pub(crate) struct Cut {
    pub(crate) at: At,
    /// When all writers stood still.
    pub(crate) moment: Timestamp,
    /// 0 if nothing was written since the last cut.
    pub(crate) bytes: u64,
}

/// Makes a cut and has it on the disk.
///
/// # Errors
///
/// [`BackupError::Busy`] if not all writers stand still within `patience`; [`BackupError::Gap`] if what is in the logs
/// is not known to follow what was shipped.
pub(crate) async fn make(
    sources: &Arc<[Source]>,
    at: &At,
    env: &Env,
    patience: Duration,
    moving: Move,
) -> Result<Cut, BackupError> {
    let (draft, parts) = beside(Arc::clone(sources), at.clone()).await?;

    let holds = sources.iter().map(async |source: &Source| {
        let held = source.log.hold().await?;
        Ok::<_, BackupError>((held, Instant::now()))
    });
    let held = match timeout(patience, try_join_all(holds)).await {
        Ok(held) => held?,
        Err(_) => return Err(BackupError::Busy),
    };
    let first = held.iter().map(|(_, since)| *since).min();
    let moment = env.now();
    let (mut parts, rest) = remainder(Arc::clone(sources), parts).await?;
    let mut due = Vec::new();
    for (index, (held, _)) in held.into_iter().enumerate() {
        if is_due(&parts[index].to, moving) {
            due.push((index, held));
        } // else it goes on at once
    }
    status::stood_still(first.map(|first| first.elapsed()).unwrap_or_default());
    for (index, held) in due {
        move_log(&sources[index], held, &mut parts[index]).await?;
    }

    // Whatever happens to the clock, cuts come one after the other.
    let cut = moment.max(at.last_cut + Duration::from_micros(1));
    finish(at.clone(), draft, parts, rest, cut, moment).await
}

/// Copies what is committed by now; then once more, so that as little as can be is left for when writers wait.
async fn beside(sources: Arc<[Source]>, at: At) -> Result<(Draft, Vec<Part>), BackupError> {
    blocking(move || {
        let mut draft = Draft::begin(&at.folder);
        let parts = sources.iter().zip(at.positions).map(|(source, from)| Part {
            module: source.module().to_owned(),
            to: from.clone(),
            from,
            runs: Vec::new(),
        });
        let mut parts: Vec<_> = parts.collect();
        for _ in 0..2 {
            for (source, part) in sources.iter().zip(&mut parts) {
                let step = part.to.advance(&source.log)?;
                part.runs.extend(step.copy(&source.log, &mut draft)?);
                part.to = step.to;
            }
        }
        Ok((draft, parts))
    })
    .await
}

/// Copies what was committed since into memory: no writer waits for the disk of the backup.
async fn remainder(
    sources: Arc<[Source]>,
    mut parts: Vec<Part>,
) -> Result<(Vec<Part>, Vec<(Vec<u8>, Option<Run>)>), BackupError> {
    blocking(move || {
        let mut rest = Vec::new();
        for (source, part) in sources.iter().zip(&mut parts) {
            let step = part.to.advance(&source.log)?;
            rest.push((step.collect(&source.log)?, step.run(0)));
            part.to = step.to;
        }
        Ok((parts, rest))
    })
    .await
}

fn is_due(position: &Position, moving: Move) -> bool {
    match moving {
        Move::Nothing => false,
        Move::Long => !position.moved && position.log_bytes() > LONG_LOG,
        Move::Everything => !position.moved,
    }
}

/// Moves a log whose every frame was copied into its file. If a reader is in the way it is tried again at the next cut.
async fn move_log(source: &Source, mut held: HeldLog, part: &mut Part) -> Result<(), BackupError> {
    let grown = |position: &Position| position.log_bytes() / VERY_LONG_LOG;
    let patience = if grown(&part.to) > grown(&part.from) {
        READERS_PATIENCE
    } else {
        Duration::ZERO
    };
    let checkpoint = held.checkpoint(patience).await?;
    if checkpoint.frames != part.to.mark.frames {
        return Err(BackupError::Gap {
            module: source.module().to_owned(),
            problem: "somebody else wrote while the writer stood still",
        });
    }
    part.to.moved = checkpoint.moved == checkpoint.frames;
    part.to.stamp = Stamp::of(source.log.file())?;
    Ok(())
}

async fn finish(
    mut at: At,
    mut draft: Draft,
    mut parts: Vec<Part>,
    rest: Vec<(Vec<u8>, Option<Run>)>,
    cut: Timestamp,
    moment: Timestamp,
) -> Result<Cut, BackupError> {
    blocking(move || {
        let is_new = at.sequence == 0 || parts.iter().any(|part| part.from != part.to);
        if !is_new {
            let bytes = 0;
            return Ok(Cut { at, moment, bytes });
        }
        for (part, (bytes, run)) in parts.iter_mut().zip(rest) {
            if tenon_chaos::is_planted("backup.remainder-forgotten") {
                continue;
            }
            let offset = draft.length();
            draft.write(&bytes)?;
            part.runs.extend(run.map(|run| Run { offset, ..run }));
        }
        at.positions = parts.iter().map(|part| part.to.clone()).collect();
        at.sequence += 1;
        at.last_cut = cut;
        let footer = Footer {
            format: FORMAT,
            base: at.base.clone(),
            sequence: at.sequence,
            cut,
            previous: at.previous,
            stores: parts,
        };
        let name = SegmentName {
            sequence: at.sequence,
            cut,
        };
        let (hash, bytes) = footer.finish(draft, &name.path(&at.folder))?;
        at.previous = hash;
        Ok(Cut { at, moment, bytes })
    })
    .await
}

/// Reads and writes files where nothing else waits for it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(BackupError::Stopping), // the runtime is shutting down
    }
}
