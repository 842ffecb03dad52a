//! Schedules: a job at each tick of a cron expression, once, however many instances run.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Zoned;
use jiff::tz::TimeZone;
use tenon_kernel::{CallCtx, Interface, Timestamp};
use tenon_store::{Db, Queryable as _, StoreError, Tx, retrying};

use crate::{Enqueue as _, Job, JobOptions};

/// A cron expression and the job it enqueues.
#[derive(Clone)]
pub struct Schedule {
    name: &'static str,
    cron: Cron,
    job: Arc<dyn EnqueueTick>,
}

impl Schedule {
    /// `name` is durable; `cron` has five fields, in UTC.
    ///
    /// A tick whose predecessor still waits enqueues nothing. After a pause of all instances the latest missed
    /// tick fires, once. A schedule that was never seen before does not fire for the past.
    ///
    /// # Panics
    ///
    /// If `cron` is not a cron expression of five fields.
    pub fn cron<J: Job>(name: &'static str, cron: &'static str, job: J) -> Self {
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let cron = match parser.parse(cron) {
            Ok(parsed) => parsed,
            Err(error) => panic!("schedule {name}: {cron} is not a cron expression: {error}"),
        };
        Self {
            name,
            cron,
            job: Arc::new(job),
        }
    }

    /// Its durable name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The latest tick at or before `now`.
    pub(crate) fn latest_tick(&self, now: Timestamp) -> Option<Timestamp> {
        let tick = self
            .cron
            .find_previous_occurrence(&in_utc(now)?, true)
            .ok()?;
        Some(Timestamp::from_unix_seconds(tick.timestamp().as_second()))
    }

    /// Enqueues the job for `tick`, unless some instance has done it; `first_seen` is when this instance started.
    ///
    /// The row of the schedule only moves forward, in the transaction that enqueues: whoever moves it fires.
    pub(crate) async fn fire(
        &self,
        db: &Db,
        tick: Timestamp,
        first_seen: Timestamp,
    ) -> Result<bool, StoreError> {
        retrying(|| async {
            let mut ctx = CallCtx::service(db.env(), Interface::Job, db.module());
            let mut tx = db.begin(&mut ctx, "jobs.tick").await?;
            let now = tx.now();
            tx.query(
                "INSERT INTO schedules (name, last_tick, updated_at) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO NOTHING",
            )
            .bind(self.name)
            .bind(self.latest_tick(first_seen).unwrap_or(first_seen))
            .bind(now)
            .execute()
            .await?;
            let moved = tx
                .query("UPDATE schedules SET last_tick = $2, updated_at = $3 WHERE name = $1 AND last_tick < $2")
                .bind(self.name)
                .bind(tick)
                .bind(now)
                .execute()
                .await?;
            if moved == 1 {
                self.job.enqueue(&mut tx, self.name).await?;
            }
            tx.commit().await?;
            Ok(moved == 1)
        })
        .await
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schedule")
            .field("name", &self.name)
            .field("cron", &self.cron.as_str())
            .finish_non_exhaustive()
    }
}

/// A job with its type erased.
#[async_trait]
trait EnqueueTick: Send + Sync {
    async fn enqueue(&self, tx: &mut Tx<'_>, schedule: &'static str) -> Result<(), StoreError>;
}

#[async_trait]
impl<J: Job> EnqueueTick for J {
    async fn enqueue(&self, tx: &mut Tx<'_>, schedule: &'static str) -> Result<(), StoreError> {
        let options = JobOptions {
            unique_key: Some(format!("schedule:{schedule}")),
            ..JobOptions::default()
        };
        tx.enqueue(self, options).await.map(drop)
    }
}

/// Whole seconds: croner counts in those.
fn in_utc(at: Timestamp) -> Option<Zoned> {
    Some(
        jiff::Timestamp::from_second(at.as_unix_seconds())
            .ok()?
            .to_zoned(TimeZone::UTC),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Sweep;

    impl Job for Sweep {
        const KIND: &'static str = "test.sweep";
        const TIMEOUT: Duration = Duration::from_secs(1);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn the_latest_tick_is_at_or_before_now() {
        let schedule = Schedule::cron("sweep", "*/15 * * * *", Sweep);
        assert_eq!(
            schedule.latest_tick(at("2026-03-01T09:29:59.999999Z")),
            Some(at("2026-03-01T09:15:00Z"))
        );
        assert_eq!(
            schedule.latest_tick(at("2026-03-01T09:30:00Z")),
            Some(at("2026-03-01T09:30:00Z"))
        );
        assert_eq!(
            schedule.latest_tick(at("2026-03-01T09:30:00.5Z")),
            Some(at("2026-03-01T09:30:00Z"))
        );
    }

    #[test]
    #[should_panic(expected = "is not a cron expression")]
    fn six_fields_are_refused() {
        drop(Schedule::cron("sweep", "0 */15 * * * *", Sweep));
    }
}
