//! The shipper beside a running process, and alone for a command.

use std::time::Duration;

use tenon_kernel::Env;
use tenon_store::Db;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::shipper::{Asked, Shipper, TakenBase, Turn};
use crate::status::Status;
use crate::{BackupError, BackupSettings};

/// Between attempts while nothing can be shipped.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How often the age of the last cut is shown, also while an attempt hangs.
const SHOW: Duration = Duration::from_secs(1);
/// Between two looks at a base that a command waits for.
const LOOK: Duration = Duration::from_millis(10);

/// A backup that is made while the process runs.
pub struct Backup {
    asks: mpsc::Sender<Asked>,
    status: Status,
    stop: CancellationToken,
    task: JoinHandle<Shipper>,
}

/// A backup that has ended. Keep it until the stores are closed: it has their files open, and closing a handle of
/// them would drop the locks that SQLite holds in this process.
pub struct Ended {
    _shipper: Option<Shipper>,
}

/// Asks for bases.
#[derive(Clone)]
pub struct Asking(mpsc::Sender<Asked>);

impl Backup {
    /// Ships the SQLite stores from now on; `None` if no directory is set, or there is nothing to ship.
    ///
    /// # Errors
    ///
    /// A store whose file cannot be read. Trouble with the directory is no error: it is tried again and again, and
    /// [`Status::trouble`] names it.
    pub fn start(
        settings: &BackupSettings,
        stores: &[Db],
        env: &Env,
    ) -> Result<Option<Self>, BackupError> {
        if !settings.is_on() || stores.iter().all(|db| db.log().is_none()) {
            return Ok(None);
        }
        let shipper = Shipper::new(settings, stores, env)?;
        let (asks, asked) = mpsc::channel(8);
        let stop = CancellationToken::new();
        Ok(Some(Self {
            status: shipper.status.clone(),
            task: tokio::spawn(run(shipper, settings.interval(), asked, stop.clone())),
            asks,
            stop,
        }))
    }

    /// How it is doing.
    pub fn status(&self) -> Status {
        self.status.clone()
    }

    /// What asks it for a base.
    pub fn asking(&self) -> Asking {
        Asking(self.asks.clone())
    }

    /// Ships the rest. Call it once nothing writes any more, before the stores are closed.
    pub async fn finish(self) -> Ended {
        self.stop.cancel();
        let shipper = self.task.await;
        if let Err(error) = &shipper {
            tracing::error!(%error, "the shipper failed");
        }
        Ended {
            _shipper: shipper.ok(),
        }
    }
}

impl Asking {
    /// Takes a base now; returns once its first cut is on the disk.
    ///
    /// # Errors
    ///
    /// Says why there is none.
    pub async fn base(&self) -> Result<TakenBase, String> {
        let (asked, answer) = oneshot::channel();
        let stopping = |()| BackupError::Stopping.to_string();
        self.0.send(asked).await.map_err(|_| stopping(()))?;
        answer.await.map_err(|_| stopping(()))?
    }
}

/// Takes a base of stores that no server has open, and ships what they hold; for a command that opened them.
///
/// # Errors
///
/// Whatever keeps it from being whole.
pub async fn take_base(
    settings: &BackupSettings,
    stores: &[Db],
    env: &Env,
) -> Result<(TakenBase, Ended), BackupError> {
    let mut shipper = Shipper::new(settings, stores, env)?;
    let (asked, mut answer) = oneshot::channel();
    shipper.ask(asked);
    loop {
        shipper.turn().await;
        match answer.try_recv() {
            Ok(Ok(taken)) => {
                shipper.finish().await;
                let ended = Ended {
                    _shipper: Some(shipper),
                };
                return Ok((taken, ended));
            }
            Ok(Err(problem)) => return Err(BackupError::NoBase { problem }),
            Err(oneshot::error::TryRecvError::Empty) => {
                if let Some(problem) = shipper.status.seen().trouble {
                    return Err(BackupError::NoBase { problem });
                }
                tokio::time::sleep(LOOK).await;
            }
            Err(oneshot::error::TryRecvError::Closed) => return Err(BackupError::Stopping),
        }
    }
}

async fn run(
    mut shipper: Shipper,
    interval: Duration,
    mut asked: mpsc::Receiver<Asked>,
    stop: CancellationToken,
) -> Shipper {
    let mut pause = interval;
    let mut show = tokio::time::interval(SHOW);
    loop {
        let began = Instant::now();
        let turn = {
            let status = shipper.status.clone();
            let mut turn = std::pin::pin!(shipper.turn());
            loop {
                tokio::select! {
                    turn = &mut turn => break turn,
                    _ = show.tick() => status.show_age(),
                }
            }
        };
        pause = match turn {
            Turn::Done => interval,
            Turn::GivenUp => interval / 5,
            Turn::Failed => (pause * 2).min(LONGEST_PAUSE),
        };
        tokio::select! {
            () = stop.cancelled() => break,
            Some(asked) = asked.recv() => shipper.ask(asked),
            () = tokio::time::sleep_until(began + pause) => {}
        }
    }
    shipper.finish().await;
    shipper
}
