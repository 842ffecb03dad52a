//! The shipper: cut after cut, a new base now and then or when it cannot prove that it missed nothing.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use tenon_kernel::{Env, Timestamp};
use tenon_store::Db;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::base::{self, Fresh, Source};
use crate::chain::{self, Chain};
use crate::cut::{self, At, Move, blocking};
use crate::directory::{self, End};
use crate::error::chain as all_of;
use crate::position::Position;
use crate::status::Status;
use crate::{BackupError, BackupSettings, status};

/// How long all writers may be made to stand still until the busiest one does; it grows while cuts are given up, so
/// that one is made in the end.
const PATIENCE: Duration = Duration::from_millis(50);
const LONGEST_PATIENCE: Duration = Duration::from_millis(250);
/// After a base that took too long.
const REST: Duration = Duration::from_hours(1);
/// At the end nobody else waits.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

/// A base that was taken, with the first cut that follows it.
#[derive(Debug, Clone, Serialize)]
pub struct TakenBase {
    /// Where it lies.
    pub folder: PathBuf,
    /// The first moment that can be restored from it.
    pub cut: Timestamp,
    /// Of the copies of the files.
    pub bytes: u64,
}

/// What a turn came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// What was due.
    Done,
    /// A writer was busy: to be tried again soon.
    GivenUp,
    /// Something is wrong.
    Failed,
}

/// Somebody who asked for a base; told why there is none, if so.
pub(crate) type Asked = oneshot::Sender<Result<TakenBase, String>>;

/// Ships the stores of a process. Nothing here makes a request fail or wait, but for the moment of a cut.
pub(crate) struct Shipper {
    settings: BackupSettings,
    env: Env,
    sources: Arc<[Source]>,
    pub(crate) status: Status,
    /// The lock of the directory, held for as long as it is shipped to.
    owned: Option<File>,
    current: Option<Current>,
    pending: Option<Pending>,
    /// Asked for a base and not heard yet.
    asked: Vec<Asked>,
    patience: Duration,
    /// Over all bases: no two cuts have one time, whatever happens to the clock.
    last_cut: Timestamp,
    /// No base before.
    rests_until: Timestamp,
}

/// What is shipped to.
struct Current {
    at: At,
    begun: Timestamp,
    /// Of the copies of the files.
    bytes: u64,
    /// To be told of its first cut.
    asked: Vec<Asked>,
}

/// A base that is being copied.
struct Pending {
    task: JoinHandle<Result<Fresh, BackupError>>,
    folder: PathBuf,
    stop: Arc<AtomicBool>,
    asked: Vec<Asked>,
}

impl Shipper {
    /// Ships the stores among `stores` that were opened for it.
    pub(crate) fn new(
        settings: &BackupSettings,
        stores: &[Db],
        env: &Env,
    ) -> Result<Self, BackupError> {
        let logs = stores.iter().filter_map(Db::log);
        let sources: Vec<_> = logs.map(Source::open).collect::<Result<_, _>>()?;
        Ok(Self {
            status: Status::new(env, settings.late_after()),
            settings: settings.clone(),
            env: env.clone(),
            sources: sources.into(),
            owned: None,
            current: None,
            pending: None,
            asked: Vec::new(),
            patience: PATIENCE,
            last_cut: Timestamp::EPOCH,
            rests_until: Timestamp::EPOCH,
        })
    }

    /// Asks for a new base.
    pub(crate) fn ask(&mut self, asked: Asked) {
        self.asked.push(asked);
    }

    /// Does what is due: owns the directory, takes a base, makes a cut.
    pub(crate) async fn turn(&mut self) -> Turn {
        let outcome = self.try_turn().await;
        match outcome {
            Ok(()) => return Turn::Done,
            Err(BackupError::Busy) => {
                status::given_up();
                self.patience = (self.patience * 2).min(LONGEST_PATIENCE);
                return Turn::GivenUp;
            }
            Err(error) => {
                if matches!(error, BackupError::Gap { .. }) {
                    tracing::warn!(error = all_of(&error), "a new base is taken");
                    self.drop_current(&error);
                }
                self.status.failed(all_of(&error));
            }
        }
        self.relieve().await;
        Turn::Failed
    }

    /// Ships the rest before the stores are closed, and leaves the files so that the next start goes on from here.
    pub(crate) async fn finish(&mut self) {
        if let Some(pending) = self.pending.take() {
            pending.stop.store(true, Ordering::Relaxed);
            drop(pending.task.await);
            discard(pending.folder).await;
        }
        if self.current.is_some() {
            self.patience = LAST_PATIENCE;
            if let Err(error) = self.cut(Move::Everything).await {
                tracing::error!(error = all_of(&error), "the last cut was not made");
            }
        }
    }

    async fn try_turn(&mut self) -> Result<(), BackupError> {
        self.own().await?;
        self.settle_base().await?;
        self.give_up_slow_base().await?;
        let now = self.env.now();
        let is_due = match &self.current {
            None => true,
            Some(current) => now.since(current.begun) >= self.settings.between_bases(),
        };
        let is_due = is_due && now >= self.rests_until;
        if (is_due || !self.asked.is_empty()) && self.pending.is_none() {
            self.begin_base(now);
        }
        match (&self.current, &self.pending) {
            (Some(_), Some(_)) => self.cut(Move::Nothing).await,
            (Some(_), None) => self.cut(Move::Long).await,
            (None, _) => Ok(()),
        }
    }

    /// Gets hold of the directory, and goes on where it ends if that can be proved.
    async fn own(&mut self) -> Result<(), BackupError> {
        if self.owned.is_some() {
            return Ok(());
        }
        let (path, sources) = (self.settings.directory.clone(), Arc::clone(&self.sources));
        let (owned, last_cut, end) = blocking(move || {
            let owned = directory::own(&path)?;
            let newest = Chain::all(&path)?.pop();
            let last_cut = newest.as_ref().and_then(Chain::last_cut);
            let end = newest.map_or(Ok(None), |newest| directory::end_of(newest, &sources));
            Ok((owned, last_cut, end))
        })
        .await?;
        self.owned = Some(owned);
        self.last_cut = last_cut.unwrap_or_default();
        match end {
            Ok(Some(End { at, begun, bytes })) => {
                let (folder, sequence) = (at.folder.display(), at.sequence);
                tracing::info!(%folder, sequence, "the backup goes on");
                self.current = Some(Current {
                    at,
                    begun,
                    bytes,
                    asked: Vec::new(),
                });
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(error = all_of(&error), "a new base is taken"),
        }
        Ok(())
    }

    fn begin_base(&mut self, now: Timestamp) {
        let folder = chain::new_folder(&self.settings.directory, now);
        let stop = Arc::new(AtomicBool::new(false));
        let task = {
            let (sources, folder) = (Arc::clone(&self.sources), folder.clone());
            let stop = Arc::clone(&stop);
            tokio::task::spawn_blocking(move || base::take(&sources, &folder, now, &stop))
        };
        self.pending = Some(Pending {
            task,
            folder,
            stop,
            asked: std::mem::take(&mut self.asked),
        });
    }

    /// Ships to the new base, once it is copied.
    async fn settle_base(&mut self) -> Result<(), BackupError> {
        let is_ready = |pending: &mut Pending| pending.task.is_finished();
        let Some(pending) = self.pending.take_if(is_ready) else {
            return Ok(());
        };
        let taken = match pending.task.await {
            Ok(taken) => taken,
            Err(_) => Err(BackupError::Stopping),
        };
        match taken {
            Ok(fresh) => {
                let bytes = fresh.base.stores.iter().map(|file| file.bytes).sum();
                status::base_taken(bytes);
                tracing::info!(folder = %fresh.folder.display(), bytes, "a base was taken");
                self.current = Some(Current {
                    at: At {
                        folder: fresh.folder,
                        base: fresh.base.id,
                        sequence: 0,
                        previous: fresh.hash,
                        last_cut: self.last_cut,
                        positions: fresh.positions,
                    },
                    begun: fresh.base.begun,
                    bytes,
                    asked: pending.asked,
                });
                Ok(())
            }
            Err(error) => {
                refuse(pending.asked, &error);
                discard(pending.folder).await;
                Err(error)
            }
        }
    }

    /// Logs are not moved while a base is copied. One that grows too long ends that; shipping goes on.
    async fn give_up_slow_base(&mut self) -> Result<(), BackupError> {
        let positions = self
            .current
            .iter()
            .flat_map(|current| &current.at.positions);
        let bytes = positions.map(Position::log_bytes).max().unwrap_or_default();
        if bytes <= self.settings.max_log_bytes {
            return Ok(());
        }
        let Some(pending) = self.pending.take() else {
            return Ok(());
        };
        pending.stop.store(true, Ordering::Relaxed);
        drop(pending.task.await); // it ends within a moment
        discard(pending.folder).await;
        self.rests_until = self.env.now() + REST;
        let error = BackupError::TooSlow { bytes };
        refuse(pending.asked, &error);
        Err(error)
    }

    async fn cut(&mut self, moving: Move) -> Result<(), BackupError> {
        let Some(current) = &mut self.current else {
            return Ok(());
        };
        let made = cut::make(&self.sources, &current.at, &self.env, self.patience, moving).await?;
        let is_first = current.at.sequence == 0;
        current.at = made.at;
        let (folder, cut) = (current.at.folder.clone(), current.at.last_cut);
        self.last_cut = cut;
        for asked in std::mem::take(&mut current.asked) {
            let taken = TakenBase {
                folder: folder.clone(),
                cut,
                bytes: current.bytes,
            };
            drop(asked.send(Ok(taken))); // who asked may have left
        }
        self.patience = PATIENCE;
        self.status.shipped(folder, cut, made.moment, made.bytes);
        if is_first {
            self.forget_old(cut).await;
        }
        Ok(())
    }

    /// Removes bases that no moment within the time to keep needs, and those that never came to a cut.
    async fn forget_old(&self, now: Timestamp) {
        let path = self.settings.directory.clone();
        let current = self.current.iter().map(|current| current.at.folder.clone());
        let pending = self.pending.iter().map(|pending| pending.folder.clone());
        let in_use: Vec<PathBuf> = current.chain(pending).collect();
        let until = now - self.settings.kept();
        let done = blocking(move || directory::forget_old(&path, until, &in_use)).await;
        if let Err(error) = done {
            tracing::warn!(error = all_of(&error), "old backups are not removed");
        }
    }

    /// Keeps logs from growing for ever while nothing can be shipped: sales go on, and what was not shipped is given up.
    async fn relieve(&mut self) {
        let length = |source: &Source| fs::metadata(source.log.wal()).map_or(0, |log| log.len());
        let longest = self.sources.iter().map(length).max().unwrap_or_default();
        if self.current.is_some() && longest > self.settings.max_log_bytes {
            let error = BackupError::Gap {
                module: "a store".to_owned(),
                problem: "its log grew too long before it could be shipped",
            };
            tracing::error!(bytes = longest, "what was not shipped is given up");
            self.drop_current(&error);
        }
        if self.current.is_some() || self.pending.is_some() {
            return;
        }
        for source in self.sources.iter() {
            if length(source) <= 4 * 1024 * 1024 {
                continue;
            }
            let hold = tokio::time::timeout(LONGEST_PATIENCE, source.log.hold()).await;
            if let Ok(Ok(mut held)) = hold
                && let Err(error) = held.checkpoint(Duration::ZERO).await
            {
                tracing::warn!(module = source.module(), %error, "the log was not moved into the file");
            }
        }
    }

    fn drop_current(&mut self, error: &BackupError) {
        if let Some(pending) = &self.pending {
            // It may have been begun before the gap: then it has the same.
            pending.stop.store(true, Ordering::Relaxed);
        }
        if let Some(current) = self.current.take() {
            refuse(current.asked, error);
        }
    }
}

/// Tells those who asked for a base why there is none.
fn refuse(asked: Vec<Asked>, error: &BackupError) {
    for asked in asked {
        drop(asked.send(Err(all_of(error)))); // who asked may have left
    }
}

/// Takes away what came to nothing; what is left is removed after the next base.
async fn discard(folder: PathBuf) {
    let removed = blocking(move || {
        if folder.exists() {
            chain::remove(&folder)
        } else {
            Ok(())
        }
    });
    if let Err(error) = removed.await {
        tracing::warn!(error = all_of(&error), "half a base is left");
    }
}
