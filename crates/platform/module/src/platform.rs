//! What must always be true of the platform's tables in every module's store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_store::{Db, Engine, Queryable as _, StoreError};

use crate::{Invariant, Violation};

/// Leases are renewed or rescued within seconds; sagas are swept within their sweeper's interval.
const PATIENCE: Duration = Duration::from_mins(15);

/// A rule that a statement checks: it selects `subject`, `expected` and `actual` of what breaks it.
struct Rule {
    db: Db,
    name: &'static str,
    description: &'static str,
    sql: &'static str,
    /// What `$1` is, if the statement has it: this long ago.
    ago: Option<Duration>,
}

#[derive(sqlx::FromRow)]
struct ViolationRow {
    subject: String,
    expected: String,
    actual: String,
}

/// Returns the rules that hold in every module's store.
pub fn platform_invariants(db: &Db) -> Vec<Arc<dyn Invariant>> {
    let feed = match db.engine() {
        Engine::Sqlite => FEED_SQLITE,
        Engine::Postgres => FEED_POSTGRES,
    };
    let rule = |name, description, sql, ago| {
        Arc::new(Rule {
            db: db.clone(),
            name,
            description,
            sql,
            ago,
        }) as Arc<dyn Invariant>
    };
    vec![
        rule(
            "platform.leases_end",
            "no job or event is held by a worker that is gone",
            LEASES,
            Some(PATIENCE),
        ),
        rule(
            "platform.sequences_are_whole",
            "the events of each subject are numbered without gaps",
            SEQUENCES,
            None,
        ),
        rule(
            "platform.feed_is_whole",
            "the positions of the feed have no gaps",
            feed,
            None,
        ),
        rule(
            "platform.events_arrive_once",
            "a consumer has each position of a feed once",
            ARRIVALS,
            None,
        ),
        rule(
            "platform.nothing_is_dead",
            "no job or event was given up",
            DEAD,
            None,
        ),
        rule(
            "platform.sagas_move",
            "no unfinished saga is long past its wake-up",
            SAGAS,
            Some(PATIENCE),
        ),
        rule(
            "platform.operations_end",
            "no operation goes on after its job",
            OPERATIONS,
            None,
        ),
    ]
}

const LEASES: &str = "
    SELECT 'jobs/' || CAST(seq AS text) || ' ' || kind AS subject,
           'finished or rescued' AS expected, 'running, lease expired' AS actual
      FROM jobs WHERE state = 'running' AND leased_until < $1
    UNION ALL
    SELECT 'inbox/' || CAST(seq AS text) || ' ' || consumer || ' ' || type,
           'finished or rescued', 'running, lease expired'
      FROM inbox WHERE state = 'running' AND leased_until < $1
    LIMIT 100";

const SEQUENCES: &str = "
    SELECT outbox.subject AS subject,
           CAST(MIN(outbox.sequence) AS text) || ' to ' || CAST(MIN(event_subjects.last_sequence) AS text) AS expected,
           CAST(COUNT(*) AS text) || ' events, the last is ' || CAST(MAX(outbox.sequence) AS text) AS actual
      FROM outbox LEFT JOIN event_subjects ON event_subjects.subject = outbox.subject
     GROUP BY outbox.subject
    HAVING COUNT(*) <> MAX(outbox.sequence) - MIN(outbox.sequence) + 1
        OR MIN(event_subjects.last_sequence) IS NULL
        OR MAX(outbox.sequence) <> MIN(event_subjects.last_sequence)
     LIMIT 100";

/// Of the newest era, which begins where 22 bits are zero: `tenon_events::ERA_BITS`.
const FEED_SQLITE: &str = "
    SELECT 'outbox' AS subject,
           CAST(MAX(id) - MIN(id) + 1 AS text) || ' positions' AS expected,
           CAST(COUNT(*) AS text) || ' events' AS actual
      FROM outbox WHERE id > (((SELECT MAX(id) FROM outbox) - 1) >> 22) << 22
    HAVING COUNT(*) <> MAX(id) - MIN(id) + 1";

const FEED_POSTGRES: &str = "
    SELECT 'outbox' AS subject,
           CAST(MAX(feedposition) - MIN(feedposition) + 1 AS text) || ' positions up to '
               || CAST((SELECT position FROM feed_head) AS text) AS expected,
           CAST(COUNT(*) AS text) || ' events up to ' || CAST(MAX(feedposition) AS text) AS actual
      FROM outbox WHERE feedposition > ((SELECT position FROM feed_head) >> 22) << 22
    HAVING COUNT(*) <> MAX(feedposition) - MIN(feedposition) + 1
        OR MAX(feedposition) <> (SELECT position FROM feed_head)";

const ARRIVALS: &str = "
    SELECT consumer || ' <- ' || source || ' ' || CAST(position AS text) AS subject,
           '1 event' AS expected,
           CAST(COUNT(*) AS text) || ' events' AS actual
      FROM inbox
     GROUP BY consumer, source, position
    HAVING COUNT(*) <> 1
     LIMIT 100";

const DEAD: &str = "
    SELECT 'jobs/' || CAST(seq AS text) || ' ' || kind AS subject,
           'done' AS expected, 'dead: ' || COALESCE(reason, '') AS actual
      FROM jobs WHERE state = 'dead'
    UNION ALL
    SELECT 'inbox/' || CAST(seq AS text) || ' ' || consumer || ' ' || type || ' ' || subject,
           'done', 'dead: ' || COALESCE(reason, '')
      FROM inbox WHERE state = 'dead'
    LIMIT 100";

const SAGAS: &str = "
    SELECT kind || ' at ' || step AS subject,
           'a later step' AS expected, status AS actual
      FROM sagas WHERE wake_at < $1
     LIMIT 100";

const OPERATIONS: &str = "
    SELECT 'operations/' || operations.kind AS subject,
           'a job that will end it' AS expected, COALESCE(jobs.state, 'no job') AS actual
      FROM operations LEFT JOIN jobs ON jobs.id = operations.job_id
     WHERE operations.ended_at IS NULL
       AND (jobs.state IS NULL OR jobs.state IN ('done', 'dead', 'cancelled'))
     LIMIT 100";

#[async_trait]
impl Invariant for Rule {
    fn name(&self) -> &'static str {
        self.name
    }

    fn description(&self) -> &'static str {
        self.description
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let mut reader = self.db.read(ctx);
        let mut query = reader.query(self.sql);
        if let Some(ago) = self.ago {
            query = query.bind(self.db.env().now() - ago);
        }
        let rows: Vec<ViolationRow> = query.fetch_all().await?;
        let module = self.db.module();
        Ok(rows
            .into_iter()
            .map(|row| Violation {
                subject: format!("{module}: {}", row.subject),
                expected: row.expected,
                actual: row.actual,
            })
            .collect())
    }
}
